"""Sections, topics, authors, photos, the front page, site pages and corrections at the desk."""

from collections.abc import Mapping
from typing import Any, override

from django import forms
from django.contrib import admin
from django.db.models import QuerySet
from django.http import HttpRequest
from django.utils.html import format_html
from django.utils.translation import gettext_lazy as _
from django_prose_editor.fields import ProseEditorFormField
from django_prose_editor.widgets import AdminProseEditorWidget

from articles import shown
from articles.admin.purging import ShownAdmin
from articles.errors import PictureError
from articles.models import Author, Correction, FrontSlot, Photo, Section, SitePage, Topic
from articles.services import add_photo, refresh_pictures
from newsroom.kit.html import EXTENSIONS, clean_html


@admin.register(Section)
class SectionAdmin(ShownAdmin[Section]):
    """Sections, in the order of the menu."""

    list_display = ["name", "position", "description"]
    list_editable = ["position"]
    prepopulated_fields = {"slug": ["name"]}

    @override
    def pages_showing(self, row: Section, before: Mapping[str, Any]) -> set[str]:
        return shown.section_changed(row)


@admin.register(Topic)
class TopicAdmin(ShownAdmin[Topic]):
    """What stories are about."""

    list_display = ["name", "kind", "description"]
    list_filter = ["kind"]
    search_fields = ["name"]
    prepopulated_fields = {"slug": ["name"]}

    @override
    def pages_showing(self, row: Topic, before: Mapping[str, Any]) -> set[str]:
        return shown.topic_changed(row, before.get("slug", ""))


@admin.register(Author)
class AuthorAdmin(ShownAdmin[Author]):
    """The names in bylines."""

    list_display = ["name", "role", "expertise"]
    search_fields = ["name"]
    prepopulated_fields = {"slug": ["name"]}
    autocomplete_fields = ["portrait", "user"]

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


class PhotoForm(forms.ModelForm[Photo]):
    """A photo's words; its file comes in once, as a picture that can be shown."""

    upload = forms.FileField(label=_("picture"), required=False)

    class Meta:
        model = Photo
        fields = ["caption", "credit", "alt", "creator", "taken_at", "place", "licence"]

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
        else:
            self.instance = made


@admin.register(Photo)
class PhotoAdmin(ShownAdmin[Photo]):
    """Pictures, by caption."""

    form = PhotoForm
    list_display = ["thumbnail", "caption", "credit", "created_at"]
    list_display_links = ["thumbnail", "caption"]
    search_fields = ["caption", "credit", "alt"]
    readonly_fields = ["thumbnail"]

    @override
    def pages_showing(self, row: Photo, before: Mapping[str, Any]) -> set[str]:
        return shown.photo_changed(row)

    def get_queryset(self, request: HttpRequest) -> QuerySet[Photo]:
        return super().get_queryset(request).prefetch_related("renditions")

    def get_fields(self, request: HttpRequest, obj: Photo | None = None) -> Any:
        return ["upload" if obj is None else "thumbnail", *PhotoForm.Meta.fields]

    @admin.display(description=_("picture"))
    def thumbnail(self, photo: Photo) -> str:
        rendition = photo.rendition
        if rendition is None:
            return ""
        return format_html(
            '<img class="desk-thumbnail" src="{}" alt="{}">', rendition.url, photo.alt
        )

    def has_delete_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return False  # Revisions refer to it; the record of what readers saw stays.


@admin.register(FrontSlot)
class FrontSlotAdmin(ShownAdmin[FrontSlot]):
    """Up to five stories in the editor's order; empty places take the newest."""

    list_display = ["article", "position"]
    list_editable = ["position"]
    autocomplete_fields = ["article"]
    list_select_related = ["article__newest", "article__live"]

    @override
    def pages_showing(self, row: FrontSlot, before: Mapping[str, Any]) -> set[str]:
        return shown.front_changed()


class SitePageForm(forms.ModelForm[SitePage]):
    """A site page, with the same editor as a story's text."""

    body = ProseEditorFormField(
        label=_("Text"), config={"extensions": EXTENSIONS}, widget=AdminProseEditorWidget
    )

    class Meta:
        model = SitePage
        fields = ["title", "body"]

    def clean_body(self) -> str:
        return clean_html(self.cleaned_data["body"])


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
