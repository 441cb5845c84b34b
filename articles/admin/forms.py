"""What an editor fills in about a story."""

from typing import Any

from django import forms
from django.contrib import admin
from django.contrib.admin.widgets import AutocompleteSelect, AutocompleteSelectMultiple
from django.utils.translation import gettext_lazy as _
from django_prose_editor.fields import ProseEditorFormField
from django_prose_editor.widgets import AdminProseEditorWidget

from articles.errors import PictureError
from articles.models import (
    Article,
    Author,
    Kind,
    Photo,
    Revision,
    RevisionByline,
    RevisionSeeAlso,
    Section,
    Topic,
)
from articles.services import Upload, Words, check_upload, keep_photo
from newsroom.kit.html import EXTENSIONS, clean_html

BYLINES = 4
SEE_ALSO = 3
PASTE = {"PasteFromOffice": True}


def _choose(model: type[Any], name: str, **options: Any) -> AutocompleteSelect:
    return AutocompleteSelect(model._meta.get_field(name), admin.site, **options)


class StoryForm(forms.Form):
    """A story as one form: its words, its picture, where it stands."""

    began_from = forms.IntegerField(widget=forms.HiddenInput, required=False)
    headline = forms.CharField(
        label=_("Headline"),
        max_length=200,
        required=False,
        widget=forms.Textarea(attrs={"rows": 2, "data-count": "90", "autofocus": True}),
        help_text=_("Up to 90 characters stand well on every page."),
    )
    standfirst = forms.CharField(
        label=_("Standfirst"),
        max_length=600,
        required=False,
        widget=forms.Textarea(attrs={"rows": 3}),
    )
    body = ProseEditorFormField(
        label=_("Text"),
        required=False,
        config={"extensions": EXTENSIONS | PASTE},
        widget=AdminProseEditorWidget,
    )
    lead_photo = forms.ModelChoiceField(
        label=_("Photo"), queryset=Photo.objects.all(), required=False
    )
    new_photo = forms.FileField(
        label=_("Or upload one"),
        required=False,
        widget=forms.FileInput(attrs={"accept": "image/*"}),
        help_text=_(
            "JPEG, PNG, WebP, AVIF, GIF or TIFF, up to 40 MB. The file itself is never shown."
        ),
    )
    lead_caption = forms.CharField(label=_("Caption"), max_length=500, required=False)
    credit = forms.CharField(
        label=_("Credit"),
        max_length=120,
        required=False,
        help_text=_(
            "For a new photo. Caption, credit and description are taken from the file where it has"
            " them and you type none."
        ),
    )
    lead_alt = forms.CharField(
        label=_("Description for those who cannot see it"),
        max_length=300,
        required=False,
        help_text=_("What the picture shows; needed before publication."),
    )
    section = forms.ModelChoiceField(label=_("Section"), queryset=Section.objects.all())
    kind = forms.ChoiceField(label=_("Kind"), choices=Kind.choices, initial=Kind.NEWS)
    topics = forms.ModelMultipleChoiceField(
        label=_("Topics"), queryset=Topic.objects.all(), required=False
    )
    slug = forms.SlugField(
        label=_("Address"),
        max_length=100,
        required=False,
        help_text=_("Made from the headline if left empty."),
    )
    comment_policy = forms.ChoiceField(label=_("Comments"), choices=Article.CommentPolicy.choices)
    mail_choice = forms.ChoiceField(label=_("Mail"), choices=Article.MailChoice.choices)
    note = forms.CharField(label=_("Note to the desk"), max_length=200, required=False)

    def __init__(self, *args: Any, article: Article | None = None, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.article = article
        self.fields["lead_photo"].widget = _choose(Revision, "lead_photo")
        self.fields["topics"].widget = AutocompleteSelectMultiple(
            Revision._meta.get_field("topics"), admin.site
        )
        for names, model, name, field_name, label in (
            (BYLINES, RevisionByline, "author", "byline", _("Byline")),
            (SEE_ALSO, RevisionSeeAlso, "article", "see_also", _("See also")),
        ):
            queryset = (
                Author.objects.all() if model is RevisionByline else Article.objects.published()
            )
            for place in range(1, names + 1):
                self.fields[f"{field_name}_{place}"] = forms.ModelChoiceField(
                    label=f"{label} {place}",
                    queryset=queryset,
                    required=False,
                    widget=_choose(model, name),
                )
        for name in ("lead_photo", "topics", *self._numbered()):
            field = self.fields[name]
            field.widget.choices = field.choices  # type: ignore[attr-defined]  # Choice fields, all of them.
            field.widget.is_required = False
        if article is not None and article.path is not None:
            self.fields["slug"].disabled = True
            self.fields["slug"].help_text = _("It was published: the address stays.")

    def _numbered(self) -> list[str]:
        bylines = [f"byline_{place}" for place in range(1, BYLINES + 1)]
        return bylines + [f"see_also_{place}" for place in range(1, SEE_ALSO + 1)]

    @property
    def byline_fields(self) -> list[forms.BoundField]:
        return [self[f"byline_{place}"] for place in range(1, BYLINES + 1)]

    @property
    def see_also_fields(self) -> list[forms.BoundField]:
        return [self[f"see_also_{place}"] for place in range(1, SEE_ALSO + 1)]

    def clean_body(self) -> str:
        return clean_html(self.cleaned_data["body"])

    def clean_new_photo(self) -> Upload | None:
        """Refused here, at its field, if it is no picture the site can show."""
        upload = self.cleaned_data["new_photo"]
        if upload is None:
            return None
        try:
            return check_upload(upload)
        except PictureError as error:
            raise forms.ValidationError(str(error)) from error

    def words(self) -> Words:
        """What was typed, as a revision takes it; a new photo is kept first."""
        typed = self.cleaned_data
        photo, caption, alt = typed["lead_photo"], typed["lead_caption"], typed["lead_alt"]
        if typed["new_photo"]:
            photo = keep_photo(
                typed["new_photo"], caption=caption, credit=typed["credit"], alt=alt
            )
        if photo is not None:
            # What the photo itself says need not be said again for this story.
            caption = "" if caption == photo.caption else caption
            alt = "" if alt == photo.alt else alt
        return Words(
            headline=typed["headline"],
            standfirst=typed["standfirst"],
            body=typed["body"],
            section=typed["section"],
            kind=typed["kind"],
            topics=list(typed["topics"]),
            bylines=self._chosen("byline", BYLINES),
            see_also=self._chosen("see_also", SEE_ALSO),
            lead_photo=photo,
            lead_caption=caption if photo else "",
            lead_alt=alt if photo else "",
            note=typed["note"],
        )

    def _chosen(self, name: str, count: int) -> list[Any]:
        chosen = [self.cleaned_data[f"{name}_{place}"] for place in range(1, count + 1)]
        return [row for row in chosen if row is not None]

    def settings(self) -> dict[str, str]:
        """What is set about the story beside its words."""
        names = ["comment_policy", "mail_choice"]
        if not self.fields["slug"].disabled:
            names.append("slug")
        return {name: self.cleaned_data[name] for name in names}


def initial_of(article: Article, revision: Revision) -> dict[str, Any]:
    """What the form shows of a story and its revision."""
    shown: dict[str, Any] = {
        "began_from": revision.number,
        "slug": article.slug,
        "comment_policy": article.comment_policy,
        "mail_choice": article.mail_choice,
        "lead_caption": revision.photo_caption,
        "lead_alt": revision.photo_alt,
        "topics": list(revision.topics.all()),
    }
    for name in ("headline", "standfirst", "body", "section", "kind", "lead_photo", "note"):
        shown[name] = getattr(revision, name)
    for place, byline in enumerate(revision.byline_rows.all(), start=1):
        shown[f"byline_{place}"] = byline.author_id
    for place, row in enumerate(revision.see_also_rows.all(), start=1):
        shown[f"see_also_{place}"] = row.article_id
    return shown


class ChangeForm(forms.Form):
    """What readers are told about a change to a published story."""

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
