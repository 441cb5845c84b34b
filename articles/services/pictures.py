"""Pictures: from an upload to the one rendition that pages show, and to the public folder."""

import base64
import io
import os
import secrets
from collections.abc import Iterable
from contextlib import suppress
from pathlib import Path

from django.conf import settings
from django.core.files.base import File
from django.db import transaction
from django.db.models import F
from django.utils.translation import gettext as _
from PIL import Image, ImageCms, ImageOps

from articles.errors import PictureError
from articles.models import Article, Photo, Rendition

FORMATS = ("JPEG", "PNG", "WEBP", "AVIF", "GIF", "TIFF")
LARGEST_FILE = 40 * 1024 * 1024  # Bytes.
LARGEST_AREA = 60_000_000  # Pixels: more than any camera a newsroom owns.
LONG_SIDE = 1600  # Pixels.
BROKEN = (OSError, ValueError, TypeError, SyntaxError, Image.DecompressionBombError)


def add_photo(upload: File[bytes], *, caption: str = "", credit: str = "", alt: str = "") -> Photo:
    """Keep the original privately and make the rendition that pages show.

    Raises PictureError, with what to do, if the file is no picture the site can show.
    """
    if (upload.size or 0) > LARGEST_FILE:
        raise PictureError(_("The file is larger than 40 MB. Export it smaller."))
    content = upload.read()
    jpeg, width, height = make_jpeg(content)
    name = f"{base64.b32encode(secrets.token_bytes(16)).decode().rstrip('=').lower()}.jpg"
    with transaction.atomic():
        photo = Photo(caption=caption, credit=credit, alt=alt)
        photo.original.save("original", File(io.BytesIO(content)), save=False)
        photo.save()
        write_whole(rendition_file(name), jpeg)
        Rendition.objects.create(photo=photo, name=name, width=width, height=height)
    return photo


def make_jpeg(content: bytes) -> tuple[bytes, int, int]:
    """The picture as a JPEG of at most 1,600 pixels, upright, in sRGB, without metadata.

    Returns the bytes, width and height in pixels. Raises PictureError.
    """
    try:
        with Image.open(io.BytesIO(content), formats=FORMATS) as original:
            if original.width * original.height > LARGEST_AREA:
                raise PictureError(_("The picture has more than 60 million pixels."))
            picture = _upright_rgb(original)
    except BROKEN as error:
        raise PictureError(
            _(
                "This file cannot be read as a picture. Use a JPEG, PNG, WebP, AVIF, GIF or TIFF"
                " that opens on your own machine."
            )
        ) from error
    picture.thumbnail((LONG_SIDE, LONG_SIDE), Image.Resampling.LANCZOS)
    out = io.BytesIO()
    picture.save(out, "JPEG", quality=85, progressive=True, optimize=True)
    return out.getvalue(), picture.width, picture.height


def _upright_rgb(original: Image.Image) -> Image.Image:
    """A new picture of the pixels alone: turned by EXIF, sRGB, flattened on white."""
    if original.format == "JPEG":
        original.draft("RGB", (LONG_SIDE * 2, LONG_SIDE * 2))
    profile = original.info.get("icc_profile")
    picture = ImageOps.exif_transpose(original)
    if picture.has_transparency_data:
        layer = picture.convert("RGBA")
        picture = Image.new("RGB", layer.size, "white")
        picture.paste(layer, mask=layer.getchannel("A"))
    elif profile:
        picture = _to_srgb(picture, profile)
    flat = picture.convert("RGB")
    flat.info.clear()
    return flat


def _to_srgb(picture: Image.Image, profile: bytes) -> Image.Image:
    """Colours as they were meant; a profile that cannot be used leaves them as they are."""
    srgb = ImageCms.createProfile("sRGB")
    try:
        source = ImageCms.ImageCmsProfile(io.BytesIO(profile))
        converted = ImageCms.profileToProfile(picture, source, srgb, outputMode="RGB")
    except (ImageCms.PyCMSError, OSError):
        return picture
    return converted or picture


def rendition_file(name: str) -> Path:
    """Where the private copy of a rendition lies."""
    folder: Path = settings.PRIVATE_DIR / "renditions"
    folder.mkdir(parents=True, exist_ok=True)
    return folder / name


def public_file(name: str) -> Path:
    """Where the public copy lies while a public story shows it."""
    folder: Path = settings.MEDIA_DIR
    folder.mkdir(parents=True, exist_ok=True)
    return folder / name


def write_whole(path: Path, content: bytes) -> None:
    """Write under a dotted name and rename, so that nobody sees half a file."""
    draft = path.with_name(f".{path.name}.{os.getpid()}")
    draft.write_bytes(content)
    draft.replace(path)


def show_pictures(photo_ids: Iterable[int]) -> None:
    """Say in the database which renditions are public: those that a public story shows now,
    or that are the portrait of an author with a public story."""
    public = Article.objects.published()
    for photo_id in photo_ids:
        shown = (
            public.filter(live__lead_photo=photo_id).exists()
            or public.filter(bylines__portrait=photo_id).exists()
        )
        Rendition.objects.filter(photo=photo_id).exclude(public=shown).update(public=shown)


def place_pictures(photo_ids: Iterable[int]) -> None:
    """Bring the public folder to what the database says. May run at any time, twice at once."""
    for rendition in Rendition.objects.filter(photo__in=list(photo_ids)):
        _place(rendition)


def sweep_pictures() -> int:
    """Place every rendition whose file is not where the database wants it; say how many."""
    misplaced = list(Rendition.objects.exclude(public=F("placed")))
    for rendition in misplaced:
        _place(rendition)
    return len(misplaced)


def _place(rendition: Rendition) -> None:
    target = public_file(rendition.name)
    if rendition.public and not target.exists():
        write_whole(target, rendition_file(rendition.name).read_bytes())
    if not rendition.public:
        target.unlink(missing_ok=True)
    # Only as seen here: if another process changed its mind, the sweep looks again.
    Rendition.objects.filter(pk=rendition.pk, public=rendition.public).update(
        placed=rendition.public
    )


@transaction.atomic
def delete_photo(photo_id: int) -> None:
    """Delete a photo that nothing shows, with its files. Raises ProtectedError if in use."""
    photo = Photo.objects.get(pk=photo_id)
    names = list(photo.renditions.values_list("name", flat=True))
    original = photo.original
    photo.delete()

    def remove_files() -> None:
        original.storage.delete(original.name or "")
        for name in names:
            for path in (rendition_file(name), public_file(name)):
                with suppress(FileNotFoundError):
                    path.unlink()

    transaction.on_commit(remove_files, robust=True)
