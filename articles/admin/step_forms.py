"""What an editor fills in for a step that readers see."""

from typing import Any

from django import forms
from django.utils.timezone import localtime
from django.utils.translation import gettext as _now
from django.utils.translation import gettext_lazy as _

from articles.errors import ArticleError
from articles.models import Article, Revision
from articles.services import MailPlan


def version_label(row: Revision) -> str:
    """A public version as a list names it."""
    return f"{row.number}: {row.headline} ({row.published_at:%Y-%m-%d %H:%M} UTC)"


class PublishForm(forms.Form):
    """How a story is mailed once it is published, and which revision the editor saw."""

    seen = forms.IntegerField(widget=forms.HiddenInput, required=False)
    mail_choice = forms.ChoiceField(
        label=_("How is it mailed?"),
        choices=Article.MailChoice.choices,
        required=False,
        widget=forms.RadioSelect,
    )
    not_before = forms.DateTimeField(
        label=_("No mail before"),
        required=False,
        widget=forms.DateTimeInput(attrs={"type": "datetime-local"}, format="%Y-%m-%dT%H:%M"),
    )

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["not_before"].help_text = _now(
            "To publish now and mail in the morning. Time in %(zone)s, where it is %(now)s now;"
            " a week ahead at most. Empty: as soon as the hold is over. Until then the story's"
            " page counts anew who gets it at that moment."
        ) % {"zone": localtime().tzname(), "now": f"{localtime():%H:%M}"}

    def clean(self) -> dict[str, Any]:
        """A moment that mail cannot wait for is said at its field."""
        cleaned = super().clean() or {}
        try:
            self.plan().check()
        except ArticleError as error:
            self.add_error("not_before", str(error))
        return cleaned

    def plan(self) -> MailPlan:
        """What was decided of the mail; an empty choice leaves it as the story's form says."""
        said = self.cleaned_data
        return MailPlan(said.get("mail_choice", ""), said.get("not_before"))


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
        label=_("What was wrong, or could be misread"),
        max_length=600,
        required=False,
        widget=forms.Textarea(attrs={"rows": 2}),
        help_text=_("For a clarification or correction; readers see it on the story."),
    )
    right = forms.CharField(
        label=_("What is right, or is meant"),
        max_length=600,
        required=False,
        widget=forms.Textarea(attrs={"rows": 2}),
    )
    first_wrong = forms.ModelChoiceField(
        label=_("Wrong from which version on?"),
        queryset=Revision.objects.none(),
        required=False,
        empty_label=None,
        help_text=_(
            "A correction can be mailed to those who got this version or a later one;"
            " you see to how many before it goes."
        ),
    )

    def __init__(self, *args: Any, article: Article, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        field: Any = self.fields["first_wrong"]
        field.queryset = article.revisions.filter(published_at__isnull=False).order_by("number")
        field.label_from_instance = version_label


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
            (row.pk, version_label(row)) for row in versions
        ]
