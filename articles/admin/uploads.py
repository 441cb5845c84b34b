"""Pictures that come in with a story's form: refused at their field, or kept whatever else is wrong."""

from dataclasses import dataclass
from typing import Any

from django import forms
from django.core.files.uploadedfile import UploadedFile
from django.utils.datastructures import MultiValueDict

from articles.errors import PictureError
from articles.services import Upload, check_upload

ACCEPT = {"accept": "image/*"}


def checked_picture(upload: UploadedFile) -> Upload:
    """The file as read, if the site can show it. Raises ValidationError with what to do."""
    try:
        return check_upload(upload)
    except PictureError as error:
        raise forms.ValidationError(str(error)) from error


class PictureField(forms.FileField):
    """One picture, or none."""

    widget = forms.FileInput(attrs=ACCEPT)

    def clean(self, data: Any, initial: Any = None) -> Upload | None:
        upload = super().clean(data, initial)
        return checked_picture(upload) if upload else None


class SeveralFiles(forms.FileInput):
    """A choice of several files at once."""

    allow_multiple_selected = True

    def value_from_datadict(
        self, data: Any, files: MultiValueDict[str, UploadedFile], name: str
    ) -> list[UploadedFile]:
        return files.getlist(name) if hasattr(files, "getlist") else []


@dataclass(frozen=True)
class Sent:
    """One file of several: as read, or why it is refused."""

    name: str
    upload: Upload | None = None
    refused: str = ""


class PicturesField(forms.FileField):
    """Several pictures. None is refused for another: whoever cleans the form says what is wrong
    with which."""

    widget = SeveralFiles(attrs=ACCEPT | {"multiple": True})

    def clean(self, data: Any, initial: Any = None) -> list[Sent]:
        return [self._sent(file) for file in data or []]

    def _sent(self, file: UploadedFile) -> Sent:
        name = str(file.name)
        try:
            return Sent(name, upload=checked_picture(super().clean(file)))
        except forms.ValidationError as error:
            return Sent(name, refused=" ".join(error.messages))
