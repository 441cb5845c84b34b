"""Pictures: from an upload to the one rendition that pages show, and to the public folder."""

import base64
import io
import logging
import secrets
import warnings
from collections.abc import Iterable
from functools import partial
from pathlib import Path

from django.conf import settings
from django.core.files.base import File
from django.db import transaction
from django.db.models import F
from django.utils.translation import gettext as _
from PIL import Image, ImageCms, ImageOps

from articles.errors import PictureError
from articles.models import Article, Author, Photo, Rendition, RevisionPhoto

FORMATS = ("JPEG", "PNG", "WEBP", "AVIF", "GIF", "TIFF")
LARGEST_FILE = 40 * 1024 * 1024  # Bytes.
LARGEST_AREA = 60_000_000  # Pixels: more than any camera a newsroom owns.
LONG_SIDE = 1600  # Pixels.
TOO_LARGE = (Image.DecompressionBombError, Image.DecompressionBombWarning)
# What Pillow raises on damaged files; RuntimeError is its AVIF decoder's.
BROKEN = (OSError, ValueError, TypeError, SyntaxError, RuntimeError)

# Pillow looks at the size before it decodes: it warns above its limit, which is an error here.
Image.MAX_IMAGE_PIXELS = LARGEST_AREA
warnings.filterwarnings("error", category=Image.DecompressionBombWarning)
logger = logging.getLogger(__name__)


def add_photo(upload: File[bytes], *, caption: str = "", credit: str = "", alt: str = "") -> Photo:
    """Keep the original privately and make the rendition that pages show.

    Raises PictureError, with what to do, if the file is no picture the site can show.
    """
    if (upload.size or 0) > LARGEST_FILE:
        raise PictureError(_("The file is larger than 40 MB. Export it smaller."))
    upload.seek(0)
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
            picture = _upright_rgb(original)
    except TOO_LARGE as error:
        raise PictureError(
            _("The picture has more than 60 million pixels. Export it smaller.")
        ) from error
    except BROKEN as error:
        raise PictureError(
            _(
                "This file cannot be read as a picture. Use a JPEG, PNG, WebP, AVIF, GIF or TIFF"
                " that opens on your own machine."
            )
        ) from error
    out = io.BytesIO()
    picture.save(out, "JPEG", quality=85, progressive=True, optimize=True)
    return out.getvalue(), picture.width, picture.height


def _upright_rgb(original: Image.Image) -> Image.Image:
    """A new picture of the pixels alone: small, turned by EXIF, sRGB, flattened on white."""
    if original.format == "JPEG":
        original.draft("RGB", (LONG_SIDE * 2, LONG_SIDE * 2))  # Decodes a large one at a half.
    profile = original.info.get("icc_profile")
    ImageOps.exif_transpose(original, in_place=True)
    picture = _smooth(original)
    picture.thumbnail((LONG_SIDE, LONG_SIDE), Image.Resampling.LANCZOS)
    if picture.mode == "RGBA":
        layer, picture = picture, Image.new("RGB", picture.size, "white")
        picture.paste(layer, mask=layer.getchannel("A"))
    if profile:
        picture = _to_srgb(picture, profile)
    flat = picture.convert("RGB")
    flat.info.clear()
    return flat


def _smooth(picture: Image.Image) -> Image.Image:
    """In a mode whose pixels can be averaged: no palettes, no single bits, no 16 bits."""
    if picture.mode.startswith("I;16"):
        return picture.point(lambda value: value * (1 / 256)).convert("L")
    if picture.has_transparency_data:
        return picture.convert("RGBA")
    if picture.mode in {"L", "RGB", "CMYK"}:
        return picture
    return picture.convert("L" if picture.mode == "1" else "RGB")


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
    draft = path.with_name(f".{secrets.token_hex(8)}")
    draft.write_bytes(content)
    draft.replace(path)


@transaction.atomic
def refresh_pictures(photo_ids: Iterable[int]) -> None:
    """Say in the database which of these photos readers may see; move the files on commit.

    Public are the lead photo and the gallery of a public story, and the portrait of an author
    who has one.
    """
    ids = sorted(set(photo_ids))
    # Of one who publishes and one who withdraws at once, the later sees what the earlier did.
    list(Photo.objects.select_for_update().filter(pk__in=ids).order_by("pk"))
    renditions = Rendition.objects.filter(photo__in=ids)
    shown = _shown(ids)
    # `placed` is set to the contrary: until the file is moved, the sweep finds it misplaced.
    renditions.filter(photo__in=shown, public=False).update(public=True, placed=False)
    renditions.exclude(photo__in=shown).filter(public=True).update(public=False, placed=True)
    if ids:
        transaction.on_commit(partial(place_pictures, ids), robust=True)


def _shown(ids: list[int]) -> set[int]:
    public = Article.objects.published()
    leads = public.filter(live__lead_photo__in=ids).values_list("live__lead_photo", flat=True)
    portraits = Author.objects.filter(portrait__in=ids, articles__in=public)
    galleries = RevisionPhoto.objects.filter(photo__in=ids, revision__in=public.values("live"))
    in_galleries = galleries.values_list("photo", flat=True)
    return {*leads, *portraits.values_list("portrait", flat=True), *in_galleries}


def place_pictures(photo_ids: Iterable[int]) -> None:
    """Bring the public folder to what the database says. May run at any time, twice at once."""
    renditions = Rendition.objects.filter(photo__in=list(photo_ids))
    for pk in renditions.values_list("pk", flat=True):
        _place(pk)


def sweep_pictures() -> int:
    """Place every rendition whose file is not where the database wants it; say how many.

    One whose file cannot be moved is logged, and the others are placed all the same.
    """
    misplaced = Rendition.objects.exclude(public=F("placed")).values_list("pk", flat=True)
    return sum(_try_to_place(pk) for pk in list(misplaced))


def _try_to_place(pk: int) -> bool:
    try:
        _place(pk)
    except OSError:
        logger.exception("picture not placed", extra={"rendition_id": pk})
        return False
    return True


@transaction.atomic
def _place(pk: int) -> None:
    """With the row held, so that nobody changes his mind between the look and the move."""
    rendition = Rendition.objects.select_for_update().filter(pk=pk).first()
    if rendition is None:
        return
    target = public_file(rendition.name)
    if rendition.public:
        _copy_whole(rendition_file(rendition.name), target)
    else:
        target.unlink(missing_ok=True)
    Rendition.objects.filter(pk=pk).update(placed=rendition.public)


def _copy_whole(source: Path, target: Path) -> None:
    """A second name for the file; a copy where the folders lie on two disks."""
    if target.exists():
        return
    try:
        target.hardlink_to(source)
    except FileExistsError:
        return  # Another process was first with the same bytes.
    except OSError:
        write_whole(target, source.read_bytes())


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
                path.unlink(missing_ok=True)

    transaction.on_commit(remove_files, robust=True)
