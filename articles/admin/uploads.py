"""Pictures that come in with a story's form: refused at their field, or kept whatever else is wrong."""

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


class PicturesField(forms.FileField):
    """Several pictures; what is wrong with one is said with its name."""

    widget = SeveralFiles(attrs=ACCEPT | {"multiple": True})

    def clean(self, data: Any, initial: Any = None) -> list[Upload]:
        files = [super(PicturesField, self).clean(upload, initial) for upload in data or []]
        uploads: list[Upload] = []
        errors: list[str] = []
        for file in files:
            try:
                uploads.append(checked_picture(file))
            except forms.ValidationError as error:
                errors.append(f"{file.name}: {' '.join(error.messages)}")
        if errors:
            raise forms.ValidationError(errors)
        return uploads
