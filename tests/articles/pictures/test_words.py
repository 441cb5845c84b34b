"""What an original says of itself, whoever wrote it, however."""

import json
from datetime import UTC, datetime
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo

import pytest
from PIL import Image
from PIL.ExifTags import IFD
from PIL.PngImagePlugin import PngInfo

from articles.pictures.marking import Marks, save_options
from articles.pictures.words import Said, said_by
from tests.articles.pictures.files import opened, saved

OSLO = ZoneInfo("Europe/Oslo")


def said(content: bytes) -> Said:
    return said_by(opened(content), OSLO)


def xmp(properties: str, attributes: str = "") -> bytes:
    return (
        '<x:xmpmeta xmlns:x="adobe:ns:meta/">'
        '<rdf:RDF xmlns:rdf="http://www.w3.org/1999/02/22-rdf-syntax-ns#">'
        '<rdf:Description xmlns:dc="http://purl.org/dc/elements/1.1/"'
        ' xmlns:photoshop="http://ns.adobe.com/photoshop/1.0/"'
        f' xmlns:Iptc4xmpCore="http://iptc.org/std/Iptc4xmpCore/1.0/xmlns/" {attributes}>'
        f"{properties}</rdf:Description></rdf:RDF></x:xmpmeta>"
    ).encode()


def iptc(*records: tuple[int, bytes], utf_8: bool = False) -> bytes:
    """APP13 with these datasets of record 2."""
    body = b"\x1c\x01\x5a\0\x03\x1b%G" if utf_8 else b""
    for number, words in records:
        body += b"\x1c\x02" + bytes([number]) + len(words).to_bytes(2) + words
    resource = b"Photoshop 3.0\0" + b"8BIM\x04\x04\0\0" + len(body).to_bytes(4) + body
    resource += b"\0" * (len(body) % 2)
    return b"\xff\xed" + (len(resource) + 2).to_bytes(2) + resource


def exif(tags: dict[int, Any], inner: dict[int, Any] | None = None) -> bytes:
    block = Image.Exif()
    block.update(tags)
    block.get_ifd(IFD.Exif).update(inner or {})
    return block.tobytes()


def test_the_reference_values_of_the_iptc_are_found_in_xmp_and_in_iim(real_material: Path) -> None:
    (known,) = json.loads(
        (real_material / "images" / "IPTC-Std2021.1-reference-values.json").read_text()
    )
    words = {
        "caption": known["XMP-dc:Description"],
        "credit": known["XMP-photoshop:Credit"],
        "creator": known["XMP-dc:Creator"][0],
        "copyright": " ".join(known["XMP-dc:Rights"].split()),
    }
    packet = xmp(
        f"<dc:description><rdf:Alt><rdf:li>{words['caption']}</rdf:li></rdf:Alt></dc:description>"
        f"<dc:creator><rdf:Seq><rdf:li>{words['creator']}</rdf:li></rdf:Seq></dc:creator>"
        f"<dc:rights><rdf:Alt><rdf:li>{known['XMP-dc:Rights']}</rdf:li></rdf:Alt></dc:rights>"
        "<photoshop:DateCreated>2021-10-20T21:01:01+00:00</photoshop:DateCreated>",
        f'photoshop:Credit="{words["credit"]}"',
    )
    segment = iptc(
        (120, known["IPTC:Caption-Abstract"].encode()),
        (110, known["IPTC:Credit"].encode()),
        (80, known["IPTC:By-line"].encode()),
        (116, known["IPTC:CopyrightNotice"].encode()),
        (55, known["IPTC:DateCreated"].replace(":", "").encode()),
        (60, known["IPTC:TimeCreated"].replace(":", "").encode()),
    )

    expected = Said(**words, taken_at=datetime(2021, 10, 20, 21, 1, 1, tzinfo=UTC))
    assert said(saved("JPEG", xmp=packet)) == expected
    assert said(saved("JPEG", extra=segment)) == expected


@pytest.mark.parametrize("kind", ["JPEG", "PNG", "WEBP", "AVIF", "TIFF"])
def test_xmp_is_read_from_every_format_that_has_it(kind: str) -> None:
    packet = xmp("", 'photoshop:Credit="Berg/Watch" Iptc4xmpCore:AltTextAccessibility="A ship"')
    texts = PngInfo()
    texts.add_itxt("XML:com.adobe.xmp", packet.decode())
    told: dict[str, dict[str, Any]] = {
        "TIFF": {"tiffinfo": {700: packet}},
        "PNG": {"pnginfo": texts},
    }

    found = said(saved(kind, **told.get(kind, {"xmp": packet})))

    assert (found.credit, found.alt) == ("Berg/Watch", "A ship")


@pytest.mark.parametrize(
    ("written", "utf_8"),
    [("Łódź".encode(), True), ("Łódź".encode(), False), (b"M\xfcnchen \x96 \x80", False)],
)
def test_iptc_is_read_in_the_letters_it_was_written_in(written: bytes, *, utf_8: bool) -> None:
    found = said(saved("JPEG", extra=iptc((120, written), utf_8=utf_8)))

    assert found.caption == {True: "Łódź", False: "München – €"}[b"\xc5" in written]


def test_xmp_is_believed_before_iptc_and_both_before_exif() -> None:
    camera = exif({0x010E: "By exif", 0x013B: "E. Exif", 0x8298: "(c) Exif"})
    agency = iptc((120, b"By iptc"), (80, b"I. Iptc"))
    author = xmp("<dc:description><rdf:Alt><rdf:li>By xmp</rdf:li></rdf:Alt></dc:description>")

    found = said(saved("JPEG", exif=camera, extra=agency, xmp=author))

    assert (found.caption, found.creator, found.copyright) == ("By xmp", "I. Iptc", "(c) Exif")


def test_several_creators_are_named_in_one_line() -> None:
    packet = xmp(
        "<dc:creator><rdf:Seq><rdf:li>A. Berg</rdf:li><rdf:li>B. Dahl</rdf:li></rdf:Seq></dc:creator>"
    )

    assert said(saved("JPEG", xmp=packet)).creator == "A. Berg, B. Dahl"


@pytest.mark.parametrize(
    ("inner", "moment"),
    [
        ({0x9003: "2026:11:03 14:05:06"}, datetime(2026, 11, 3, 13, 5, 6, tzinfo=UTC)),
        (
            {0x9003: "2026:11:03 14:05:06", 0x9011: "-05:00"},
            datetime(2026, 11, 3, 19, 5, 6, tzinfo=UTC),
        ),
        ({0x9003: "0000:00:00 00:00:00"}, None),
        ({0x9003: "yesterday"}, None),
    ],
)
def test_the_moment_is_the_cameras_in_its_own_zone_or_the_titles(
    inner: dict[int, str], moment: datetime | None
) -> None:
    assert said(saved("JPEG", exif=exif({}, inner))).taken_at == moment


def test_a_day_without_a_time_is_its_noon() -> None:
    found = said(saved("JPEG", extra=iptc((55, b"20261103"))))

    assert found.taken_at == datetime(2026, 11, 3, 11, tzinfo=UTC)


@pytest.mark.parametrize("words", ["OLYMPUS DIGITAL CAMERA", "SONY DSC", "Screenshot"])
def test_what_a_camera_calls_every_picture_is_no_caption(words: str) -> None:
    assert said(saved("JPEG", exif=exif({0x010E: words}))).caption == ""


@pytest.mark.parametrize(
    "packet",
    [
        b"<x:xmpmeta", b"\xff\xfe\0", b"<!DOCTYPE a [<!ENTITY b 'c'>]><a>&b;</a>", b"\0",
        b"<?xml version='1.0' encoding='no-such'?><a/>", b"<a>" * 300_000,
    ],
)  # fmt: skip
def test_a_damaged_or_hostile_packet_says_nothing(packet: bytes) -> None:
    picture = opened(saved("JPEG"))
    picture.info["xmp"] = packet

    assert said_by(picture, OSLO) == Said()


@pytest.mark.parametrize(
    "segment",
    [
        iptc((120, b"x"))[:-3],
        iptc()[:20],
        b"\xff\xed\0\x16Photoshop 3.0\0\x1c\x02\x78\xff\xff\xff",
    ],
)
def test_damaged_iptc_says_nothing_and_stops_nothing(segment: bytes) -> None:
    fixed = segment[:2] + (len(segment) - 2).to_bytes(2) + segment[4:]

    assert said(saved("JPEG", extra=fixed)).credit == ""


def test_signs_that_cannot_be_seen_are_left_out() -> None:
    found = said(saved("JPEG", extra=iptc((120, b"A\0 ship\x1b \r\n at\x07sea"))))

    assert found.caption == "A ship at sea"


def test_what_we_write_ourselves_is_read_back() -> None:
    marks = Marks("A. Berg & Søn", "<Watch>", "© 2026 Łukasz")

    for form in ("jpeg", "webp", "avif"):
        found = said(saved(form.upper(), **save_options(marks, form)))
        assert Marks(found.creator, found.credit, found.copyright) == marks
