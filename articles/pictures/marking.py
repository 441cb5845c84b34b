"""What a rendition says of itself: creator, credit, copyright, and nothing else.

An allow-list, written anew into each file: EXIF (2.32) Artist and Copyright, XMP (ISO 16684-1)
dc:creator, dc:rights and photoshop:Credit, and in a JPEG also IPTC IIM (4.2) in its Photoshop
segment, which agencies' systems read. Nothing of the original's own blocks is copied.
"""

from dataclasses import dataclass
from html import escape as escape_signs
from typing import Any

from PIL import Image

ARTIST, COPYRIGHT = 0x013B, 0x8298  # EXIF tags.
BY_LINE, CREDIT, COPYRIGHT_NOTICE = 80, 110, 116  # IIM datasets of record 2.
IN_UTF_8 = b"\x1c\x01\x5a\x00\x03\x1b%G"  # IIM 1:90: what follows is UTF-8.
LONGEST = 255  # Characters of one field; the site's own fields are shorter.


@dataclass(frozen=True)
class Marks:
    """Who made the picture, whom to name, and whose it is; each may be empty."""

    creator: str = ""
    credit: str = ""
    copyright: str = ""

    def __bool__(self) -> bool:
        return bool(self.creator or self.credit or self.copyright)


def save_options(marks: Marks, form: str) -> dict[str, Any]:
    """What Pillow's `save` takes so that a file of this format ("jpeg", "webp", "avif") has them."""
    if not marks:
        return {}
    options: dict[str, Any] = {"xmp": _xmp(marks)}
    if marks.creator or marks.copyright:
        options["exif"] = _exif(marks)
    if form == "jpeg":
        options["extra"] = _photoshop_segment(_iim(marks))
    return options


def _exif(marks: Marks) -> bytes:
    exif = Image.Exif()
    for tag, words in ((ARTIST, marks.creator), (COPYRIGHT, marks.copyright)):
        if words:
            exif[tag] = words[:LONGEST].encode()  # Bytes: Pillow would make `é` a question mark.
    return exif.tobytes()


def escape(words: str) -> str:
    """As XML 1.0 has it, which knows no control characters."""
    return escape_signs("".join(c for c in words if c.isprintable()), quote=False)


def _xmp(marks: Marks) -> bytes:
    creator = (
        f"<dc:creator><rdf:Seq><rdf:li>{escape(marks.creator)}</rdf:li></rdf:Seq></dc:creator>"
    )
    rights = (
        '<dc:rights><rdf:Alt><rdf:li xml:lang="x-default">'
        f"{escape(marks.copyright)}</rdf:li></rdf:Alt></dc:rights>"
    )
    credit = f"<photoshop:Credit>{escape(marks.credit)}</photoshop:Credit>"
    said = [
        element
        for element, words in (
            (creator, marks.creator), (rights, marks.copyright), (credit, marks.credit),
        )
        if words
    ]  # fmt: skip
    return (
        '<x:xmpmeta xmlns:x="adobe:ns:meta/">'
        '<rdf:RDF xmlns:rdf="http://www.w3.org/1999/02/22-rdf-syntax-ns#">'
        '<rdf:Description rdf:about="" xmlns:dc="http://purl.org/dc/elements/1.1/"'
        ' xmlns:photoshop="http://ns.adobe.com/photoshop/1.0/">'
        f"{''.join(said)}</rdf:Description></rdf:RDF></x:xmpmeta>"
    ).encode()


def _iim(marks: Marks) -> bytes:
    """Records in UTF-8, which the first one says."""
    records = [IN_UTF_8]
    for dataset, words in (
        (BY_LINE, marks.creator), (CREDIT, marks.credit), (COPYRIGHT_NOTICE, marks.copyright),
    ):  # fmt: skip
        if words:
            said = words[:LONGEST].encode()
            records.append(b"\x1c\x02" + bytes([dataset]) + len(said).to_bytes(2) + said)
    return b"".join(records)


def _photoshop_segment(iim: bytes) -> bytes:
    """APP13 with the one resource 0x0404 (Adobe Photoshop File Formats, Image Resources)."""
    padded = iim + b"\0" * (len(iim) % 2)
    resource = b"8BIM\x04\x04\0\0" + len(iim).to_bytes(4) + padded
    body = b"Photoshop 3.0\0" + resource
    return b"\xff\xed" + (len(body) + 2).to_bytes(2) + body
