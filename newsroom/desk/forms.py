"""What the owner types about the title."""

from django import forms
from django.utils.translation import gettext_lazy as _

from articles.models import Section
from newsroom.kit.models import Site


class SiteForm(forms.ModelForm[Site]):
    """Name, tagline, publisher, addresses."""

    class Meta:
        model = Site
        fields = ["name", "tagline", "publisher", "postal_address", "contact_email"]
        widgets = {"postal_address": forms.Textarea(attrs={"rows": 4})}


class SectionPlaceForm(forms.ModelForm[Section]):
    """A section's place in the menu."""

    class Meta:
        model = Section
        fields = ["position"]
        labels = {"position": _("Place")}


SectionOrder = forms.modelformset_factory(Section, form=SectionPlaceForm, extra=0)
