"""The gallery in a story's form: a row a picture, and two to fill in."""

from collections.abc import Iterable, Iterator, Mapping
from typing import Any

from django import forms
from django.contrib import admin
from django.contrib.admin.widgets import AutocompleteSelect
from django.utils.translation import gettext_lazy as _

from articles.models import Photo, Revision, RevisionPhoto
from articles.services import GalleryPicture

EMPTY = 2  # Rows beside those that are filled.


class PictureForm(forms.Form):
    """A picture: which, in which place, and what is said of it here."""

    photo = forms.ModelChoiceField(label=_("Photo"), queryset=Photo.objects.all(), required=False)
    position = forms.IntegerField(label=_("Place"), min_value=1, max_value=99, required=False)
    caption = forms.CharField(label=_("Caption"), max_length=500, required=False)
    alt = forms.CharField(
        label=_("Description for those who cannot see it"), max_length=300, required=False
    )
    remove = forms.BooleanField(label=_("Take it out"), required=False)

    shown: Photo | None = None  # What the row shows beside its fields.

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        field = self.fields["photo"]
        field.widget = AutocompleteSelect(RevisionPhoto._meta.get_field("photo"), admin.site)
        field.widget.choices = field.choices  # type: ignore[attr-defined]  # A choice field.
        field.widget.is_required = False

    def picture(self) -> GalleryPicture | None:
        """What a revision takes; None for an empty row and one that is taken out."""
        photo: Photo | None = self.cleaned_data["photo"]
        if photo is None or self.cleaned_data["remove"]:
            return None
        said = {name: self.cleaned_data[name] for name in ("caption", "alt")}
        # What the photo itself says need not be said again for this story.
        return GalleryPicture(
            photo,
            **{name: "" if text == getattr(photo, name) else text for name, text in said.items()},
        )


class GalleryForms:
    """The rows together; bound to what was sent if there is any."""

    def __init__(
        self, data: Mapping[str, Any] | None, rows: Iterable[Mapping[str, Any]] = ()
    ) -> None:
        self.is_bound = data is not None
        filled = sent_rows(data) if data is not None else 0
        initial = [] if self.is_bound else list(rows)
        count = filled if self.is_bound else len(initial) + EMPTY
        self.rows = [
            PictureForm(
                data,
                prefix=f"picture-{number}",
                initial=(initial[number] if number < len(initial) else {"position": number + 1}),
            )
            for number in range(count)
        ]
        self._show_photos()

    def __iter__(self) -> Iterator[PictureForm]:
        return iter(self.rows)

    def _show_photos(self) -> None:
        chosen = {form: str(form["photo"].value() or "") for form in self.rows}
        keys = {int(key) for key in chosen.values() if key.isdecimal()}
        photos = Photo.objects.prefetch_related("renditions").in_bulk(keys)
        for form, key in chosen.items():
            form.shown = photos.get(int(key)) if key.isdecimal() else None

    def is_valid(self) -> bool:
        return all(form.is_valid() for form in self.rows)

    @property
    def has_errors(self) -> bool:
        return any(form.errors for form in self.rows)

    def pictures(self) -> list[GalleryPicture]:
        """In the order of their places; rows of one place as they stand."""
        rows = sorted(self.rows, key=lambda form: form.cleaned_data["position"] or 99)
        return [picture for form in rows if (picture := form.picture()) is not None]


def sent_rows(data: Mapping[str, Any]) -> int:
    """How many rows a form sent, at most twice as many as a gallery may hold."""
    rows = range(2 * Revision.MOST_PICTURES)
    return next((n for n in rows if f"picture-{n}-position" not in data), rows.stop)


def rows_of(revision: Revision) -> list[dict[str, Any]]:
    """What the rows show of a revision."""
    return [
        {
            "photo": row.photo_id,
            "position": row.position + 1,
            "caption": row.shown_caption,
            "alt": row.shown_alt,
        }
        for row in revision.gallery_rows.select_related("photo")
    ]
