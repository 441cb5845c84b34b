"""What an original says of itself, to spare the editor typing it: XMP, IPTC, EXIF.

Where two say different things, XMP is believed before IPTC (it knows its own letters) and both
before EXIF, which cameras fill by themselves.
"""

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import UTC, datetime, tzinfo
from typing import Any
from xml.etree.ElementTree import Element, ParseError

from defusedxml.common import DefusedXmlException
from defusedxml.ElementTree import fromstring
from PIL import Image, ImageFile, IptcImagePlugin

from articles.pictures.reading import BROKEN

LARGEST_XMP = 256 * 1024  # Bytes; the words are in the first few thousand.
RDF = "{http://www.w3.org/1999/02/22-rdf-syntax-ns#}"
DC = "{http://purl.org/dc/elements/1.1/}"
PHOTOSHOP = "{http://ns.adobe.com/photoshop/1.0/}"
IPTC_CORE = "{http://iptc.org/std/Iptc4xmpCore/1.0/xmlns/}"
APPLICATION_RECORD = 2  # IIM, chapter 5: what an editor reads.
UTF_8 = b"\x1b%G"  # IIM 1:90, ISO 2022's escape to UTF-8.
EXIF_IFD, TAKEN, TAKEN_OFFSET = 0x8769, 0x9003, 0x9011
DESCRIPTION, ARTIST, COPYRIGHT = 0x010E, 0x013B, 0x8298
# What cameras write where a person would describe the picture.
NO_CAPTIONS = ("digital camera", "dsc", "sony dsc", "minolta dsc", "screenshot", "untitled")


@dataclass(frozen=True)
class Said:
    """The words found; each empty, and the moment None, where the file does not say."""

    caption: str = ""
    credit: str = ""
    creator: str = ""
    copyright: str = ""
    alt: str = ""
    taken_at: datetime | None = None


def said_by(picture: ImageFile.ImageFile, zone: tzinfo) -> Said:
    """What the opened picture says; a moment without a zone is one of `zone`.

    Never fails: a damaged block of words says nothing.
    """
    xmp, iptc, exif = _xmp(picture), _iptc(picture), _exif(picture)
    return Said(
        caption=_first(xmp.get("caption"), iptc.get(120), _caption(exif.get(DESCRIPTION, ""))),
        credit=_first(xmp.get("credit"), iptc.get(110)),
        creator=_first(xmp.get("creator"), iptc.get(80), exif.get(ARTIST)),
        copyright=_first(xmp.get("copyright"), iptc.get(116), exif.get(COPYRIGHT)),
        alt=_first(xmp.get("alt")),
        taken_at=next(_moments(xmp, iptc, exif, zone), None),
    )


def _first(*candidates: str | None) -> str:
    return next((words for words in map(_tidy, candidates) if words), "")


def _tidy(words: str | None) -> str:
    """One line without signs that cannot be seen."""
    return " ".join("".join(c if c.isprintable() else " " for c in words or "").split())


def _caption(words: str) -> str:
    tidy = _tidy(words)
    return "" if tidy.lower().endswith(NO_CAPTIONS) and len(tidy.split()) <= 3 else tidy


# XMP (ISO 16684-1) -------------------------------------------------------------------------


def _xmp(picture: ImageFile.ImageFile) -> dict[str, str]:
    packet = picture.info.get("xmp") or b""
    content = packet.encode() if isinstance(packet, str) else bytes(packet)
    if not content or len(content) > LARGEST_XMP:
        return {}
    try:
        root = fromstring(content.strip(b"\0 \r\n"), forbid_dtd=True)
    except (ParseError, DefusedXmlException, ValueError, LookupError):
        return {}
    names = {
        "caption": DC + "description", "credit": PHOTOSHOP + "Credit", "creator": DC + "creator",
        "copyright": DC + "rights", "alt": IPTC_CORE + "AltTextAccessibility",
        "taken": PHOTOSHOP + "DateCreated",
    }  # fmt: skip
    return {name: _property(root, tag) for name, tag in names.items()}


def _property(root: Element, tag: str) -> str:
    """A property's text, whichever of XMP's ways it is written in; a list is joined."""
    for description in root.iter(RDF + "Description"):
        if tag in description.attrib:
            return description.attrib[tag]
        element = description.find(tag)
        if element is not None:
            return _value(element)
    return ""


def _value(element: Element) -> str:
    items = [item.text or "" for item in element.iter(RDF + "li")]
    if element.find(RDF + "Alt") is not None:
        return items[0] if items else ""  # The default language stands first.
    return ", ".join(filter(None, items)) or element.text or ""


# IPTC IIM (4.2) ----------------------------------------------------------------------------


def _iptc(picture: ImageFile.ImageFile) -> dict[int, str]:
    """Record 2 by dataset number."""
    try:
        records: dict[Any, Any] = IptcImagePlugin.getiptcinfo(picture) or {}
    except (*BROKEN, LookupError):
        return {}
    is_utf_8 = records.get((1, 90)) == UTF_8
    return {
        number: ", ".join(_decode(part, is_utf_8=is_utf_8) for part in _parts(value))
        for (record, number), value in records.items()
        if record == APPLICATION_RECORD
    }


def _parts(value: Any) -> list[bytes]:
    return value if isinstance(value, list) else [value]


def _decode(said: bytes, *, is_utf_8: bool) -> str:
    """Most programs write UTF-8 and say so, some do not say so, old ones write Windows-1252."""
    try:
        return said.decode()
    except UnicodeDecodeError:
        return said.decode("utf-8" if is_utf_8 else "cp1252", "replace")


# EXIF (2.32) -------------------------------------------------------------------------------


def _exif(picture: ImageFile.ImageFile) -> dict[int, str]:
    try:
        # Not a PNG's own, which decodes all pixels to look for a block behind them.
        exif = Image.Image.getexif(picture)
        inner = exif.get_ifd(EXIF_IFD)
    except (*BROKEN, LookupError):
        return {}
    found = {tag: exif.get(tag) for tag in (DESCRIPTION, ARTIST, COPYRIGHT)}
    found |= {tag: inner.get(tag) for tag in (TAKEN, TAKEN_OFFSET)}
    return {tag: _text(value) for tag, value in found.items() if isinstance(value, str | bytes)}


def _text(value: str | bytes) -> str:
    """Pillow reads EXIF's text as Latin-1; what was UTF-8 becomes so again."""
    content = value.encode("latin-1", "replace") if isinstance(value, str) else value
    return _decode(content.strip(b"\0 "), is_utf_8=False)


# Moments -----------------------------------------------------------------------------------


def _moments(
    xmp: dict[str, str], iptc: dict[int, str], exif: dict[int, str], zone: tzinfo
) -> Iterator[datetime]:
    """When it was taken, the surest first: the camera's clock, then what people wrote."""
    clock = exif.get(TAKEN, "").strip()
    digits = iptc.get(55, ""), iptc.get(60, "") or "120000"
    tries: list[Callable[[], datetime]] = [
        lambda: datetime.strptime(f"{clock} {exif[TAKEN_OFFSET]}", "%Y:%m:%d %H:%M:%S %z"),
        lambda: datetime.strptime(clock, "%Y:%m:%d %H:%M:%S"),  # noqa: DTZ007 - Its zone is added below.
        lambda: datetime.fromisoformat(xmp.get("taken", "")),
        lambda: datetime.strptime("".join(digits), "%Y%m%d%H%M%S%z"),
        lambda: datetime.strptime("".join(digits)[:14], "%Y%m%d%H%M%S"),  # noqa: DTZ007 - As above.
    ]
    for attempt in tries:
        try:
            moment = attempt()
            aware = moment if moment.tzinfo else moment.replace(tzinfo=zone)
            yield aware.astimezone(UTC)
        except (ValueError, KeyError, OverflowError):
            continue
