"""Pictures that come in with a story's form: refused at their field, or kept whatever else is wrong."""

from typing import Any

from django import forms
from django.core.files.uploadedfile import UploadedFile
from django.utils.datastructures import MultiValueDict
from django.utils.translation import gettext as _

from articles.errors import PictureError
from articles.services.pictures import LARGEST_FILE, make_jpeg

ACCEPT = {"accept": "image/*"}


def checked_picture(upload: UploadedFile) -> UploadedFile:
    """The file, if the site can show it. Raises ValidationError with what to do."""
    if (upload.size or 0) > LARGEST_FILE:
        raise forms.ValidationError(_("The file is larger than 40 MB. Export it smaller."))
    try:
        make_jpeg(upload.read())
    except PictureError as error:
        raise forms.ValidationError(str(error)) from error
    upload.seek(0)
    return upload


class PictureField(forms.FileField):
    """One picture, or none."""

    widget = forms.FileInput(attrs=ACCEPT)

    def clean(self, data: Any, initial: Any = None) -> UploadedFile | None:
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

    def clean(self, data: Any, initial: Any = None) -> list[UploadedFile]:
        uploads = [super(PicturesField, self).clean(upload, initial) for upload in data or []]
        errors: list[str] = []
        for upload in uploads:
            try:
                checked_picture(upload)
            except forms.ValidationError as error:
                errors.append(f"{upload.name}: {' '.join(error.messages)}")
        if errors:
            raise forms.ValidationError(errors)
        return uploads
