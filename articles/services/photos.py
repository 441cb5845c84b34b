"""Photos: taken in, described, deleted."""

import io
from collections.abc import Collection
from dataclasses import asdict, dataclass
from pathlib import Path
from tempfile import NamedTemporaryFile
from typing import Any

from django.core.files.base import File
from django.db import transaction
from django.utils import timezone
from django.utils.text import Truncator

from articles.errors import PictureError
from articles.models import Photo
from articles.pictures.apart import MakerDiedError, make_apart
from articles.pictures.making import Made, Order, make
from articles.pictures.marking import Marks
from articles.pictures.reading import LARGEST_FILE, LIGHT, open_picture
from articles.pictures.refusals import SENTENCES, Refusal, RefusedError
from articles.pictures.words import Said, said_by
from articles.services.placing import remove_files
from articles.services.renditions import hint, keep_file, promise_renditions
from articles.signals import photos_changed

# What stands inside the renditions, or decides how they are cut.
IN_THE_FILES = {"creator", "credit", "copyright", "focal_x", "focal_y"}


@dataclass(frozen=True)
class Upload:
    """A file that is a picture: its bytes, its first rendition, what it says of itself."""

    content: bytes
    plain: Made
    said: Said


def check_upload(upload: File[bytes]) -> Upload:
    """Read the file as a picture, in bounded time and memory.

    Raises PictureError, with what to do, if it is no picture the site can show.
    """
    try:
        if (upload.size or 0) > LARGEST_FILE:
            raise RefusedError(Refusal.TOO_HEAVY)
        upload.seek(0)
        content = upload.read()
        picture = open_picture(content)
        said = said_by(picture, timezone.get_default_timezone())
        return Upload(content, _plain(content, picture.width * picture.height, said), said)
    except RefusedError as error:
        raise PictureError(str(SENTENCES[error.refusal])) from error
    except MakerDiedError as error:
        raise PictureError(str(SENTENCES[Refusal.DAMAGED])) from error


def _plain(content: bytes, area: int, said: Said) -> Made:
    """The one JPEG that is there at once."""
    order = Order(Marks(said.creator, said.credit, said.copyright), only_plain=True)
    if area <= LIGHT:
        return next(make(content, order))
    with NamedTemporaryFile(prefix="newsroom-picture-") as original:
        original.write(content)
        original.flush()
        return make_apart(Path(original.name), order)[0]


def keep_photo(
    upload: Upload, *, caption: str = "", credit: str = "", alt: str = "", soon: bool = True
) -> Photo:
    """Keep the original privately, with its first JPEG; the others are made by a task.

    What is not given is taken from what the file says of itself. Without `soon` no task is
    called, and the sweep finds the photo: for many at once, and where no worker runs yet.
    """
    given = {"caption": caption, "credit": credit, "alt": alt}
    found = {name: _fitting(name, value) for name, value in asdict(upload.said).items()}
    words = found | {name: value for name, value in given.items() if value}
    with transaction.atomic():
        photo = Photo(**words)
        photo.original.save("original", File(io.BytesIO(upload.content)), save=False)
        photo.save()
        keep_file(photo, upload.plain)
        if soon:
            hint(photo.pk)
    return photo


def _fitting(name: str, value: Any) -> Any:
    """Words as long as the field takes; what a file says of itself may be of any length."""
    if not isinstance(value, str):
        return value
    longest: int = getattr(Photo._meta.get_field(name), "max_length", 0)
    return Truncator(value).chars(longest) if longest else value


def add_photo(
    upload: File[bytes], *, caption: str = "", credit: str = "", alt: str = "", soon: bool = True
) -> Photo:
    """Check the file and keep it: see `check_upload` and `keep_photo`. Raises PictureError."""
    checked = check_upload(upload)
    return keep_photo(checked, caption=caption, credit=credit, alt=alt, soon=soon)


@transaction.atomic
def photo_edited(photo_id: int, fields: Collection[str]) -> None:
    """What follows from an editor's change of these fields of a photo.

    Its renditions are written anew if they carry them; pages that show it are told.
    """
    if IN_THE_FILES & set(fields):
        promise_renditions(photo_id)
    photos_changed.send(sender=Photo, photo_ids=[photo_id])


@transaction.atomic
def delete_photo(photo_id: int) -> None:
    """Delete a photo that nothing shows, with its files. Raises ProtectedError if in use."""
    photo = Photo.objects.get(pk=photo_id)
    names = list(photo.renditions.values_list("name", flat=True))
    original = photo.original
    photo.delete()

    def remove_all() -> None:
        original.storage.delete(original.name or "")
        remove_files(names)

    transaction.on_commit(remove_all, robust=True)
