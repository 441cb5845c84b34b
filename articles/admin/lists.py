"""Sections, topics, authors, photos, site pages and corrections at the desk."""

from collections.abc import Mapping
from typing import Any, override

from django import forms
from django.contrib import admin, messages
from django.db import transaction
from django.db.models import Q, QuerySet
from django.http import HttpRequest
from django.utils.html import format_html
from django.utils.translation import gettext_lazy as _
from django.utils.translation import ngettext
from django_prose_editor.fields import ProseEditorFormField
from django_prose_editor.widgets import AdminProseEditorWidget

from articles import shown
from articles.admin.purging import ShownAdmin
from articles.errors import PictureError
from articles.models import Article, Author, Correction, Photo, Section, SitePage, Topic
from articles.search import index_soon
from articles.services import (
    add_photo,
    list_moved,
    photo_edited,
    promise_renditions,
    refresh_pictures,
    renew_cards,
)
from newsroom.kit.html import EXTENSIONS, clean_html
from newsroom.kit.tables import captions_as_lines, lines_as_captions

PHOTO_WORDS = [
    "caption", "credit", "alt", "creator", "copyright", "taken_at", "place", "licence",
]  # fmt: skip
# Where the focal point lies, in shares of width and height.
STAYS = [
    ("0.5 0.5", _("the middle")),
    ("0.5 0.0", _("the top")),
    ("0.5 0.25", _("the upper half")),
    ("0.5 1.0", _("the bottom")),
    ("0.0 0.5", _("the left side")),
    ("1.0 0.5", _("the right side")),
    ("0.0 0.0", _("the upper left corner")),
    ("1.0 0.0", _("the upper right corner")),
    ("0.0 1.0", _("the lower left corner")),
    ("1.0 1.0", _("the lower right corner")),
]


class ListedAdmin[Row: Section | Topic | Author](ShownAdmin[Row]):
    """Rows with a list of their own, whose address may change."""

    @override
    @transaction.atomic
    def save_model(
        self, request: HttpRequest, obj: Row, form: forms.ModelForm[Row], change: bool
    ) -> None:
        super().save_model(request, obj, form, change)
        if change and "slug" in form.changed_data:
            list_moved(obj, form.initial["slug"])


class NamedAdmin[Row: Topic | Author](ListedAdmin[Row]):
    """Rows by whose name stories are found."""

    @override
    @transaction.atomic
    def save_model(
        self, request: HttpRequest, obj: Row, form: forms.ModelForm[Row], change: bool
    ) -> None:
        super().save_model(request, obj, form, change)
        if change and "name" in form.changed_data:
            index_soon(obj.articles.all())


class PlaceForm(forms.ModelForm[Section]):
    """A section's place in the list: its field says whose it is."""

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        said = _("Place of %(section)s") % {"section": self.instance.name}
        self.fields["position"].widget.attrs["aria-label"] = said


@admin.register(Section)
class SectionAdmin(ListedAdmin[Section]):
    """Sections, in the order of the menu."""

    list_display = ["name", "position", "description"]
    list_editable = ["position"]
    prepopulated_fields = {"slug": ["name"]}

    @override
    def get_changelist_form(self, request: HttpRequest, **kwargs: Any) -> Any:
        return super().get_changelist_form(request, form=PlaceForm, **kwargs)

    @override
    @transaction.atomic
    def save_model(
        self, request: HttpRequest, obj: Section, form: forms.ModelForm[Section], change: bool
    ) -> None:
        super().save_model(request, obj, form, change)
        if change and "name" in form.changed_data:
            renew_cards(Article.objects.filter(section=obj))

    @override
    def pages_showing(self, row: Section, before: Mapping[str, Any]) -> set[str]:
        return shown.section_changed(row)


@admin.register(Topic)
class TopicAdmin(NamedAdmin[Topic]):
    """What stories are about."""

    list_display = ["name", "kind", "description"]
    list_filter = ["kind"]
    search_fields = ["name"]
    prepopulated_fields = {"slug": ["name"]}

    @override
    def pages_showing(self, row: Topic, before: Mapping[str, Any]) -> set[str]:
        return shown.topic_changed(row, before.get("slug", ""))


@admin.register(Author)
class AuthorAdmin(NamedAdmin[Author]):
    """The names in bylines."""

    list_display = ["name", "role", "expertise"]
    search_fields = ["name"]
    prepopulated_fields = {"slug": ["name"]}
    autocomplete_fields = ["portrait", "user"]
    readonly_fields = ["face"]

    def get_fields(self, request: HttpRequest, obj: Author | None = None) -> Any:
        fields = ["name", "slug", "role", "expertise", "bio", "contact", "portrait", "user"]
        return fields if obj is None else [*fields[:6], "face", *fields[6:]]

    @admin.display(description=_("portrait now"))
    def face(self, author: Author) -> str:
        return thumbnail_of(author.portrait) if author.portrait else str(_("None yet."))

    @override
    def save_model(
        self, request: HttpRequest, obj: Author, form: forms.ModelForm[Author], change: bool
    ) -> None:
        """A portrait is public as long as it is one."""
        before = form.initial.get("portrait")
        super().save_model(request, obj, form, change)
        refresh_pictures(pk for pk in (before, obj.portrait_id) if pk is not None)

    @override
    def pages_showing(self, row: Author, before: Mapping[str, Any]) -> set[str]:
        return shown.author_changed(row, before.get("slug", ""))


def thumbnail_of(photo: Photo) -> str:
    """The photo as small as it is kept; nothing before it is made."""
    narrowest = next(iter(photo.pictures), None)
    if narrowest is None:
        return ""
    return format_html('<img class="desk-thumbnail" src="{}" alt="{}">', narrowest.url, photo.alt)


class PhotoForm(forms.ModelForm[Photo]):
    """A photo's words; its file comes in once, as a picture that can be shown."""

    upload = forms.FileField(
        label=_("Picture"),
        required=False,
        help_text=_("What you leave empty below is taken from the file, where it says it."),
    )
    stays = forms.ChoiceField(
        label=_("Stays in sight"),
        choices=STAYS,
        required=False,
        help_text=_("The part that is kept where a page or a card cuts the picture."),
    )

    class Meta:
        model = Photo
        fields = PHOTO_WORDS
        widgets = {name: forms.Textarea(attrs={"rows": 2}) for name in ("caption", "alt")}

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.initial.setdefault("stays", _part_at(self.instance.focal_x, self.instance.focal_y))
        self.fields["stays"].initial = self.initial["stays"]

    def clean_caption(self) -> str:
        """One line, however it was typed."""
        return " ".join(self.cleaned_data["caption"].split())

    def clean_alt(self) -> str:
        return " ".join(self.cleaned_data["alt"].split())

    def clean(self) -> dict[str, Any] | None:
        """A new photo is made here, so that what is wrong with it stands at its field."""
        cleaned = super().clean()
        is_new = not Photo.objects.filter(pk=self.instance.pk).exists()
        if is_new and not self.errors:
            self._take_in(self.cleaned_data)
        return cleaned

    def _take_in(self, typed: dict[str, Any]) -> None:
        if not typed.get("upload"):
            self.add_error("upload", _("Choose a file."))
            return
        try:
            made = add_photo(typed["upload"])
        except PictureError as error:
            self.add_error("upload", str(error))
            return
        self.instance = made
        for name in PHOTO_WORDS:
            typed[name] = typed[name] or getattr(made, name)

    @override
    def save(self, commit: bool = True) -> Photo:
        if self.cleaned_data["stays"]:
            x, y = self.cleaned_data["stays"].split()
            self.instance.focal_x, self.instance.focal_y = float(x), float(y)
        return super().save(commit)


def _part_at(x: float, y: float) -> str:
    """The choice nearest to a focal point."""
    return min(
        (value for value, _label in STAYS),
        key=lambda value: (float(value.split()[0]) - x) ** 2 + (float(value.split()[1]) - y) ** 2,
    )


@admin.register(Photo)
class PhotoAdmin(ShownAdmin[Photo]):
    """Pictures, by caption."""

    form = PhotoForm
    list_display = ["thumbnail", "caption", "credit", "sizes", "created_at"]
    list_display_links = ["thumbnail", "caption"]
    list_filter = ["making"]
    search_fields = ["caption", "credit", "alt"]
    readonly_fields = ["thumbnail", "sizes"]
    actions = ["make_again"]

    @override
    def pages_showing(self, row: Photo, before: Mapping[str, Any]) -> set[str]:
        return shown.photo_changed(row)

    def get_queryset(self, request: HttpRequest) -> QuerySet[Photo]:
        return super().get_queryset(request).prefetch_related("renditions")

    def get_fields(self, request: HttpRequest, obj: Photo | None = None) -> Any:
        if obj is None:
            return ["upload", *PHOTO_WORDS, "stays"]
        return ["thumbnail", "sizes", *PHOTO_WORDS, "stays"]

    @override
    def save_model(
        self, request: HttpRequest, obj: Photo, form: forms.ModelForm[Photo], change: bool
    ) -> None:
        """What stands inside the picture files is written anew with the words."""
        super().save_model(request, obj, form, change)
        changed = {"focal_x" if name == "stays" else name for name in form.changed_data}
        photo_edited(obj.pk, changed)
        if change and changed & {"caption", "alt"}:
            self._say_who_keeps(request, obj)

    def _say_who_keeps(self, request: HttpRequest, photo: Photo) -> None:
        """Readers of published stories are shown nothing else until a version says so."""
        public = Article.objects.published()
        shows = Q(live__lead_photo=photo) | Q(live__gallery_rows__photo=photo)
        if count := public.filter(shows).distinct().count():
            said = ngettext(
                "%(count)d published story keeps the words it shows with this photo. To change"
                " them there, edit the story and publish the change.",
                "%(count)d published stories keep the words they show with this photo. To change"
                " them there, edit each story and publish the change.",
                count,
            )
            self.message_user(request, said % {"count": count}, messages.WARNING)

    @admin.display(description=_("picture"))
    def thumbnail(self, photo: Photo) -> str:
        return thumbnail_of(photo)

    @admin.display(description=_("sizes"), ordering="making")
    def sizes(self, photo: Photo) -> str:
        return f"{photo.get_making_display()} {photo.failure}".strip()

    @admin.action(description=_("Make the sizes of these photos again"))
    def make_again(self, request: HttpRequest, queryset: QuerySet[Photo]) -> None:
        for pk in queryset.values_list("pk", flat=True):
            promise_renditions(pk)
        self.message_user(request, _("They are made anew, one after the other."))

    def has_delete_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return False  # Revisions refer to it; the record of what readers saw stays.


class SitePageForm(forms.ModelForm[SitePage]):
    """A site page, with the same editor as a story's text."""

    body = ProseEditorFormField(
        label=_("Text"), config={"extensions": EXTENSIONS}, widget=AdminProseEditorWidget
    )

    class Meta:
        model = SitePage
        fields = ["title", "body"]

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.initial["body"] = captions_as_lines(self.instance.body)

    def clean_body(self) -> str:
        return lines_as_captions(clean_html(self.cleaned_data["body"]))


@admin.register(SitePage)
class SitePageAdmin(ShownAdmin[SitePage]):
    """The six pages about the title."""

    form = SitePageForm
    list_display = ["title", "slug", "changed_at"]

    @override
    def pages_showing(self, row: SitePage, before: Mapping[str, Any]) -> set[str]:
        return shown.site_page_changed(row)

    def has_add_permission(self, request: HttpRequest) -> bool:
        return False

    def has_delete_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return False


@admin.register(Correction)
class CorrectionAdmin(admin.ModelAdmin[Correction]):
    """What readers were told; written by publishing, and never edited."""

    list_display = ["article", "kind", "wrong", "right", "at"]
    list_filter = ["kind"]
    list_select_related = ["article__newest", "article__live"]

    def has_add_permission(self, request: HttpRequest) -> bool:
        return False

    def has_change_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return False

    def has_delete_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return False
