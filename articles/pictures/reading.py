"""From the bytes of an upload to pixels: upright, in sRGB, flattened on white, none too many."""

import io
import re
import struct
import warnings
from collections.abc import Iterator
from contextlib import contextmanager

from PIL import Image, ImageCms, ImageFile, JpegImagePlugin

from articles.pictures.refusals import Refusal, RefusedError

FORMATS = ("JPEG", "PNG", "WEBP", "AVIF", "GIF", "TIFF")
LARGEST_FILE = 40 * 1024 * 1024  # Bytes.
LARGEST_AREA = 60_000_000  # Pixels: more than any camera a newsroom owns.
LIGHT = 16_000_000  # Pixels: a larger picture is read in a process of its own.
MOST_SCANS = 100  # A progressive JPEG has about ten; each is a walk over the whole picture.
START_OF_SCAN = b"\xff\xda"  # ITU T.81, B.1.1.3; escaped wherever it stands in pixels.
TOO_LARGE = (Image.DecompressionBombError, Image.DecompressionBombWarning)
# What Pillow raises on damaged files; RuntimeError is its AVIF decoder's.
BROKEN = (OSError, ValueError, TypeError, SyntaxError, RuntimeError, struct.error)
KNOWN = re.compile(
    rb"\xff\xd8|\x89PNG|GIF8|RIFF....WEBP|II[*+]|MM\0[*+]|....ftypavi[fs]", re.DOTALL
)
HEIC = re.compile(rb"....ftyp(hei[cxms]|hev[cx]|mif1|msf1)", re.DOTALL)
SVG = re.compile(rb"\s*(<\?xml|<!--|<!doctype svg|<svg)", re.IGNORECASE)
ORIENTATION = 0x0112  # EXIF 2.32, table 4.
TURNS = {
    2: Image.Transpose.FLIP_LEFT_RIGHT,
    3: Image.Transpose.ROTATE_180,
    4: Image.Transpose.FLIP_TOP_BOTTOM,
    5: Image.Transpose.TRANSPOSE,
    6: Image.Transpose.ROTATE_270,
    7: Image.Transpose.TRANSVERSE,
    8: Image.Transpose.ROTATE_90,
}

# Pillow looks at the size before it decodes: it warns above its limit, which is an error here.
Image.MAX_IMAGE_PIXELS = LARGEST_AREA
warnings.filterwarnings("error", category=Image.DecompressionBombWarning)
# And of every damaged block of words in a file, which costs nothing but the words.
warnings.filterwarnings("ignore", category=UserWarning, module=r"PIL\.TiffImagePlugin")


def open_picture(content: bytes) -> ImageFile.ImageFile:
    """The picture with its header read and no pixel decoded.

    Raises RefusedError if it is too large, or no picture that the site knows.
    """
    if len(content) > LARGEST_FILE:
        raise RefusedError(Refusal.TOO_HEAVY)
    if content.count(START_OF_SCAN) > MOST_SCANS and content.startswith(b"\xff\xd8"):
        raise RefusedError(Refusal.TOO_MANY_SCANS)
    try:
        return Image.open(io.BytesIO(content), formats=FORMATS)
    except TOO_LARGE as error:
        raise RefusedError(Refusal.TOO_MANY_PIXELS) from error
    except BROKEN as error:
        raise RefusedError(_what_else(content)) from error


def upright_srgb(original: Image.Image, longest: int) -> Image.Image:
    """A new picture of the pixels alone, its longer side at most `longest` pixels.

    Turned by EXIF, in sRGB, transparency on white, the first frame of many, no metadata.
    Raises RefusedError if the pixels cannot be decoded.
    """
    with _refusing():
        return _upright_srgb(original, longest)


def transparent(original: Image.Image) -> Image.Image:
    """The pixels with their transparency. Raises RefusedError if they cannot be decoded."""
    with _refusing():
        original.load()
        return _smooth(original).convert("RGBA")


@contextmanager
def _refusing() -> Iterator[None]:
    try:
        yield
    except TOO_LARGE as error:
        raise RefusedError(Refusal.TOO_MANY_PIXELS) from error
    except MemoryError as error:
        raise RefusedError(Refusal.TOO_HUNGRY) from error
    except BROKEN as error:
        raise RefusedError(Refusal.DAMAGED) from error


def _what_else(content: bytes) -> Refusal:
    """What a file is that cannot be opened, as far as the sentence needs it."""
    if HEIC.match(content):
        return Refusal.HEIC
    if SVG.match(content) and b"<svg" in content[:4000].lower():
        return Refusal.SVG
    return Refusal.DAMAGED if KNOWN.match(content) else Refusal.UNKNOWN


def _upright_srgb(original: Image.Image, longest: int) -> Image.Image:
    if isinstance(original, JpegImagePlugin.JpegImageFile):  # A large one is decoded smaller.
        share = min(1, longest / max(original.size))
        original.draft("RGB", (int(original.width * share), int(original.height * share)))
    original.load()
    turn, profile = _turn_of(original), original.info.get("icc_profile")
    picture = _smooth(original)
    picture.thumbnail((longest, longest), Image.Resampling.LANCZOS)
    if turn is not None:
        picture = picture.transpose(turn)
    if picture.mode == "RGBA":
        layer, picture = picture, Image.new("RGB", picture.size, "white")
        picture.paste(layer, mask=layer.getchannel("A"))
    if profile:
        picture = _to_srgb(picture, profile)
    flat = picture.convert("RGB")
    flat.info.clear()
    return flat


def _turn_of(original: Image.Image) -> Image.Transpose | None:
    """How the camera was held; a damaged EXIF block says nothing, and the picture stays."""
    try:
        return TURNS.get(int(original.getexif().get(ORIENTATION, 1)))
    except BROKEN:
        return None


def _smooth(picture: Image.Image) -> Image.Image:
    """In a mode whose pixels can be averaged: no palettes, no single bits, no 16 bits."""
    if picture.mode in {"I", "F"}:  # Measurements of 32 bits: nobody says which are black.
        raise RefusedError(Refusal.UNKNOWN)
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
