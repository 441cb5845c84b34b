"""What the owner types about the title."""

from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from articles.errors import PictureError
from articles.models import Section
from articles.services import read_logo
from newsroom.kit.models import Site


class SiteForm(forms.ModelForm[Site]):
    """Name, tagline, publisher, addresses, sign."""

    new_logo = forms.FileField(
        label=_("Logo"),
        required=False,
        widget=forms.FileInput(attrs={"accept": "image/*"}),
        help_text=_(
            "A PNG, best with a transparent ground; it is made 600 pixels wide at most. It stands"
            " in the browser's tab and where search engines name the publisher."
        ),
    )
    no_logo = forms.BooleanField(label=_("Take the logo away"), required=False)

    class Meta:
        model = Site
        fields = ["name", "tagline", "publisher", "postal_address", "contact_email"]
        widgets = {"postal_address": forms.Textarea(attrs={"rows": 4})}

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        if not self.instance.logo:
            del self.fields["no_logo"]

    def clean_new_logo(self) -> bytes:
        """The file as a PNG; empty if there is none. Refused here, at its field."""
        upload = self.cleaned_data["new_logo"]
        try:
            return read_logo(upload) if upload else b""
        except PictureError as error:
            raise forms.ValidationError(str(error)) from error


class SectionPlaceForm(forms.ModelForm[Section]):
    """A section's place in the menu."""

    class Meta:
        model = Section
        fields = ["position"]
        labels = {"position": _("Place")}


SectionOrder = forms.modelformset_factory(Section, form=SectionPlaceForm, extra=0)
