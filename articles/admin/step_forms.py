"""What an editor fills in for a step that readers see."""

from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from articles.models import Revision


class ChangeForm(forms.Form):
    """What readers are told about a change to a published story."""

    seen = forms.IntegerField(widget=forms.HiddenInput, required=False)
    kind = forms.ChoiceField(
        label=_("What kind of change is this?"),
        choices=[choice for choice in Revision.Change.choices if choice[0] != "first"],
        widget=forms.RadioSelect,
    )
    reason = forms.CharField(
        label=_("Reason"),
        max_length=300,
        required=False,
        help_text=_("Stands in the public record. Needed for a clarification or correction."),
    )
    wrong = forms.CharField(
        label=_("What was wrong"),
        max_length=600,
        required=False,
        widget=forms.Textarea(attrs={"rows": 2}),
        help_text=_("For a clarification or correction; readers see it on the story."),
    )
    right = forms.CharField(
        label=_("What is right"),
        max_length=600,
        required=False,
        widget=forms.Textarea(attrs={"rows": 2}),
    )


class WithdrawForm(forms.Form):
    """What readers find where the story was."""

    note = forms.CharField(
        label=_("Note to readers"), max_length=600, widget=forms.Textarea(attrs={"rows": 3})
    )


class AddressForm(forms.Form):
    """The last part of a story's address."""

    slug = forms.CharField(
        label=_("New address"),
        max_length=100,
        help_text=_("Letters, digits and hyphens; others are written as the nearest letters."),
    )


class StrikeOutForm(forms.Form):
    """Which version, why, and that it is meant."""

    version = forms.TypedChoiceField(label=_("Version"), coerce=int)
    reason = forms.CharField(
        label=_("Reason"),
        max_length=300,
        help_text=_("Stands in the public record in place of the text. Do not repeat the text."),
    )
    sure = forms.BooleanField(label=_("Strike the text out for good"))

    def __init__(self, *args: Any, versions: list[Revision], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["version"].choices = [  # type: ignore[attr-defined]  # A choice field.
            (row.pk, f"{row.number}: {row.headline} ({row.published_at:%Y-%m-%d %H:%M} UTC)")
            for row in versions
        ]
