"""What an editor fills in about a story."""

from collections.abc import Sequence
from typing import Any

from django import forms
from django.contrib import admin
from django.contrib.admin.widgets import AutocompleteSelect, AutocompleteSelectMultiple
from django.http import QueryDict
from django.utils.translation import gettext_lazy as _
from django_prose_editor.fields import ProseEditorFormField
from django_prose_editor.widgets import AdminProseEditorWidget

from articles.admin.gallery import GalleryForms, rows_of, sent_rows
from articles.admin.uploads import PictureField, PicturesField, Sent
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
from articles.services import Upload, Words, keep_photo
from newsroom.kit.html import EXTENSIONS, clean_html
from newsroom.kit.tables import captions_as_lines, lines_as_captions

BYLINES = 4
SEE_ALSO = 3
PASTE = {"PasteFromOffice": True}
SHOWN = (
    "headline", "standfirst", "dateline", "body", "sources", "section", "kind", "lead_photo",
    "note",
)  # fmt: skip


def _choose(model: type[Any], name: str, **options: Any) -> AutocompleteSelect:
    return AutocompleteSelect(model._meta.get_field(name), admin.site, **options)


class StoryForm(forms.Form):
    """A story as one form: its words, its picture, where it stands."""

    began_from = forms.IntegerField(widget=forms.HiddenInput, required=False)
    form_key = forms.UUIDField(widget=forms.HiddenInput, required=False)
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
    dateline = forms.CharField(
        label=_("Dateline"),
        max_length=80,
        required=False,
        help_text=_("The place it was filed from; opens the text, in small capitals."),
    )
    body = ProseEditorFormField(
        label=_("Text"),
        help_text=_(
            "[1] leads to the first source. A quotation whose last line begins with a dash says"
            " who spoke; one that repeats words of the text is set large in the margin. A line"
            " above a table that begins with “Table:” becomes its caption."
        ),
        required=False,
        config={"extensions": EXTENSIONS | PASTE},
        widget=AdminProseEditorWidget,
    )
    sources = forms.CharField(
        label=_("Sources"),
        max_length=8000,
        required=False,
        widget=forms.Textarea(attrs={"rows": 4}),
        help_text=_(
            "One a line, with its address if it has one. The text names the first as [1]; readers"
            " find the list at the end, and the way back."
        ),
    )
    lead_photo = forms.ModelChoiceField(
        label=_("Photo"), queryset=Photo.objects.all(), required=False
    )
    new_photo = PictureField(
        label=_("Or upload one"),
        required=False,
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
    new_pictures = PicturesField(
        label=_("Add several files at once"),
        required=False,
        help_text=_(
            "Each becomes a row above when you save; give it a description there. A gallery holds"
            " up to 24 pictures."
        ),
    )
    gallery_credit = forms.CharField(
        label=_("Credit of the new files"), max_length=120, required=False
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
    mail_choice = forms.ChoiceField(
        label=_("Mail"),
        choices=Article.MailChoice.choices,
        initial=Article.MailChoice.AT_ONCE,  # Nobody calls a story breaking by saying nothing.
    )
    note = forms.CharField(label=_("Note to the desk"), max_length=200, required=False)

    def __init__(
        self,
        *args: Any,
        article: Article | None = None,
        refused: Sequence[str] = (),
        **kwargs: Any,
    ) -> None:
        super().__init__(*args, **kwargs)
        self.article = article
        self.refused = list(refused)  # Files of a gallery, with the reason.
        self.fits: list[Upload] = []  # Files of a gallery that are to be kept.
        shown = article.newest if article else None
        self.gallery = GalleryForms(
            self.data if self.is_bound else None, rows_of(shown) if shown else []
        )
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
            # Each chosen topic has its own way out; select2's for all of them is no list item.
            field.widget.is_required = name == "topics"
        if article is not None and article.path is not None:
            self.fields["slug"].disabled = True
            self.fields["slug"].help_text = _("It was published: moving it has a page of its own.")

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
        return lines_as_captions(clean_html(self.cleaned_data["body"]))

    def clean_new_pictures(self) -> list[Sent]:
        """Those that are pictures are kept, as many as the gallery has room for beside the rows
        that are filled; what is wrong with each other one is said with its name."""
        sent: list[Sent] = self.cleaned_data["new_pictures"]
        room = Revision.MOST_PICTURES - sum(form.shown is not None for form in self.gallery)
        full = _("A gallery holds up to 24 pictures.")
        pictures = [(file.name, file.upload) for file in sent if file.upload]
        self.fits = [upload for _name, upload in pictures[: max(room, 0)]]
        self.refused += [f"{file.name}: {file.refused}" for file in sent if file.refused]
        self.refused += [f"{name}: {full}" for name, _upload in pictures[max(room, 0) :]]
        if room < 0:
            self.refused.append(str(full))
        if self.refused:
            raise forms.ValidationError(self.refused)
        return sent

    def is_valid(self) -> bool:
        mine, gallery = super().is_valid(), self.gallery.is_valid()
        return mine and gallery

    def with_uploads_kept(self) -> "StoryForm":
        """The form as sent, each picture that came in kept as a photo and chosen: whatever else
        is wrong, no file has to be chosen again. A file that is refused is none; the form goes
        on saying why."""
        self.is_valid()
        data: QueryDict = self.data.copy()  # type: ignore[attr-defined]  # A QueryDict, when bound.
        files = self.files.copy()
        typed = self.cleaned_data
        if upload := typed.get("new_photo"):
            said = {"caption": typed.get("lead_caption", ""), "alt": typed.get("lead_alt", "")}
            photo = keep_photo(upload, credit=typed.get("credit", ""), **said)
            data["lead_photo"] = str(photo.pk)
            files.pop("new_photo")
        for upload in self.fits:
            photo = keep_photo(upload, credit=typed.get("gallery_credit", ""))
            number = sent_rows(data)
            data[f"picture-{number}-photo"] = str(photo.pk)
            data[f"picture-{number}-position"] = str(number + 1)
        files.pop("new_pictures", None)
        return StoryForm(
            data, files, article=self.article, initial=self.initial, refused=self.refused
        )

    def words(self) -> Words:
        """What was typed, as a revision takes it."""
        typed = self.cleaned_data
        photo, caption, alt = typed["lead_photo"], typed["lead_caption"], typed["lead_alt"]
        if photo is not None:
            # What the photo itself says need not be said again for this story.
            caption = "" if caption == photo.caption else caption
            alt = "" if alt == photo.alt else alt
        return Words(
            headline=typed["headline"],
            standfirst=typed["standfirst"],
            dateline=typed["dateline"],
            sources=typed["sources"],
            body=typed["body"],
            section=typed["section"],
            kind=typed["kind"],
            topics=list(typed["topics"]),
            bylines=self._chosen("byline", BYLINES),
            see_also=self._chosen("see_also", SEE_ALSO),
            gallery=self.gallery.pictures(),
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
    for name in SHOWN:
        shown[name] = getattr(revision, name)
    shown["body"] = captions_as_lines(revision.body)
    for place, byline in enumerate(revision.byline_rows.all(), start=1):
        shown[f"byline_{place}"] = byline.author_id
    for place, row in enumerate(revision.see_also_rows.all(), start=1):
        shown[f"see_also_{place}"] = row.article_id
    return shown
