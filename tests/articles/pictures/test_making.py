"""The files that pages show: formats, widths, the card, and what they say of themselves."""

import re
import struct
from collections.abc import Iterator
from pathlib import Path

import pytest
from PIL import Image, IptcImagePlugin

from articles.pictures.making import CARD_WEIGHT, Made, Order, make, widths_of
from articles.pictures.marking import Marks
from articles.pictures.reading import open_picture
from articles.pictures.refusals import RefusedError
from articles.pictures.words import said_by
from tests.articles.pictures.files import is_near, opened, saved, with_exif

MARKS = Marks("A. Berg", "Berg/Watch", "© 2026 A. Berg")
ANYTHING_ELSE = re.compile(
    rb"GPS|exif:|tiff:|stRef|xmpMM|photoshop:(?!Credit)|Iptc4xmp|ICC_PROFILE|JFXX|c2pa|jumb"
    rb"|Make|Model|Adobe|8BIM(?!\x04\x04)|Ducky|MPF\0|Exif\0\0(?=.{0,40}\x87\x69)",
    re.DOTALL,
)


def made(content: bytes, order: Order | None = None) -> list[Made]:
    return list(make(content, order or Order(MARKS)))


@pytest.mark.parametrize(
    ("width", "widths"),
    [
        (6000, [1728, 1280, 960, 640, 480, 320]),
        (1728, [1728, 1280, 960, 640, 480, 320]),
        (1600, [1600, 1280, 960, 640, 480, 320]),
        (1000, [960, 640, 480, 320]),
        (700, [640, 480, 320]),
        (500, [480, 320]),
        (64, [64]),
        (1, [1]),
    ],
)
def test_no_rendition_is_wider_than_the_picture(width: int, widths: list[int]) -> None:
    assert widths_of(width) == widths


def test_each_width_is_made_in_three_formats() -> None:
    files = made(saved("JPEG", size=(700, 350)))

    pictures = [(file.format, file.width, file.height) for file in files[1:]]
    assert pictures == [
        (form, width, width // 2) for width in (640, 480, 320) for form in ("jpeg", "webp", "avif")
    ]
    for file in files:
        picture = opened(file.content)
        assert (picture.format or "").lower() == file.format
        assert picture.size == (file.width, file.height)


def test_the_plain_jpeg_is_one_of_the_widths() -> None:
    for width, plain in ((4000, 960), (1000, 960), (700, 640), (64, 64)):
        (file,) = made(saved("JPEG", size=(width, 40)), Order(MARKS, only_plain=True))
        assert (file.format, file.width) == ("jpeg", plain)


def test_a_tall_picture_is_no_taller_than_a_page_can_use() -> None:
    files = made(saved("PNG", "L", (300, 6000)))

    assert max(file.height for file in files) <= 2400


def test_the_card_is_cut_around_the_focal_point() -> None:
    flag = Image.new("RGB", (3000, 1000), "white")
    flag.paste("red", (0, 0, 1000, 1000))
    flag.paste("blue", (2000, 0, 3000, 1000))
    content = _jpeg(flag)

    left, right = (next(make(content, Order(MARKS, (x, 0.5)))) for x in (0.1, 0.9))

    assert (left.purpose, left.width, left.height) == ("card", 1200, 630)
    assert is_near(opened(left.content).getpixel((20, 300)), (255, 0, 0))
    assert is_near(opened(right.content).getpixel((1180, 300)), (0, 0, 255))


def _jpeg(picture: Image.Image) -> bytes:
    import io

    out = io.BytesIO()
    picture.save(out, "JPEG", quality=95)
    return out.getvalue()


def test_a_card_weighs_less_than_300_kb_whatever_it_shows() -> None:
    loud = Image.effect_noise((2400, 1260), 200).convert("RGB")

    card = next(make(_jpeg(loud), Order(MARKS)))

    assert len(card.content) < CARD_WEIGHT


@pytest.mark.parametrize("size", [(64, 40), (40, 400), (500, 100)])
def test_a_small_picture_stands_on_paper_in_its_card(size: tuple[int, int]) -> None:
    card = opened(next(make(saved("PNG", size=size), Order(MARKS))).content)

    assert card.size == (1200, 630)
    assert is_near(card.getpixel((5, 5)), (0xF3, 0xF1, 0xEA))
    assert is_near(card.getpixel((600, 315)), (0, 128, 128))


def test_each_file_says_who_made_it_and_whose_it_is() -> None:
    for file in made(saved("JPEG", size=(400, 300))):
        picture = opened(file.content)
        said = said_by(picture, None)  # type: ignore[arg-type]  # No moment is read here.
        assert Marks(said.creator, said.credit, said.copyright) == MARKS
        assert picture.getexif()[0x013B] == "A. Berg"
        if file.format == "jpeg":
            records = IptcImagePlugin.getiptcinfo(picture) or {}
            assert records[(2, 110)] == b"Berg/Watch"
            assert records[(2, 116)] == "© 2026 A. Berg".encode()


def test_without_marks_a_file_holds_its_picture_and_nothing_else() -> None:
    for file in made(saved("JPEG", size=(400, 300)), Order(Marks())):
        assert set(opened(file.content).info) <= {
            "jfif", "jfif_version", "jfif_unit", "jfif_density", "progressive", "progression",
            "loop", "background",
        }  # fmt: skip


def test_nothing_of_a_picture_that_says_everything_reaches_readers() -> None:
    exif = Image.Exif()
    exif[0x010F], exif[0x0110], exif[0x9286] = "Make", "Model", b"ASCII\0\0\0secret"
    exif.get_ifd(0x8825).update({1: "N", 2: (59.0, 54.0, 0.0)})
    exif.get_ifd(0x8769).update({0x9003: "2026:11:03 14:05:06", 0x927C: b"maker note"})
    told = saved(
        "JPEG", size=(400, 300), exif=exif, comment=b"Taken at home", dpi=(72, 72),
        xmp=b'<x exif:GPSLatitude="59,54N"/>',
        extra=b"\xff\xed\0\x1cPhotoshop 3.0\x008BIM\x04\x0c\0\0\0\0\0\0",
    )  # fmt: skip
    assert ANYTHING_ELSE.search(told)

    for file in made(told):
        check_clean(file.content)
        assert b"2026:11" not in file.content
        assert b"home" not in file.content


@pytest.mark.filterwarnings("ignore:Corrupt EXIF data:UserWarning")
def test_every_served_file_of_every_real_picture_says_nothing_more(real_material: Path) -> None:
    shown = set()
    for path in sorted(real_material.glob("images/*/*.*")):
        content = path.read_bytes()
        try:
            open_picture(content).load()
            files = made(content, Order(_marks_of(content)))
        except (RefusedError, OSError):  # The truncated ones: see the table's test.
            continue
        shown.add(path.name)
        for file in files:
            check_clean(file.content)
            assert _marks_of(file.content) == _marks_of(content)

    assert shown == {
        "chi.gif", "exif_gps.jpg", "exif_text.png", "hopper.avif", "hopper.gif", "hopper.webp",
        "invalid-exif.jpg", "iptc.jpg", "pil_sample_cmyk.jpg", "C.jpg", "no_manifest.jpg",
    }  # fmt: skip


def _marks_of(content: bytes) -> Marks:
    said = said_by(opened(content), None)  # type: ignore[arg-type]  # No moment is read here.
    return Marks(said.creator, said.credit, said.copyright)


def check_clean(content: bytes) -> None:
    """Read back what the file holds beside its pixels: only what the allow-list has."""
    picture = opened(content)
    exif = picture.getexif()
    assert set(exif) <= {0x013B, 0x8298}
    assert not exif.get_ifd(0x8825)  # GPS.
    assert not exif.get_ifd(0x8769)  # Moments, maker notes.
    assert "icc_profile" not in picture.info
    assert "comment" not in picture.info
    blocks = b"".join(metadata_of(content))
    assert not ANYTHING_ELSE.search(blocks)


def metadata_of(content: bytes) -> Iterator[bytes]:
    """The bytes of a file that are no pixels."""
    if content.startswith(b"\xff\xd8"):
        yield from (body for marker, body in segments(content) if marker >= 0xE0)
    elif content.startswith(b"RIFF"):
        yield from (body for name, body in riff_chunks(content) if name not in {b"VP8 ", b"VP8L"})
    else:
        yield content.partition(b"mdat")[0]
        yield from re.findall(rb"<x:xmpmeta.*?</x:xmpmeta>", content, re.DOTALL)


def segments(content: bytes) -> Iterator[tuple[int, bytes]]:
    """The marker and body of each segment of a JPEG up to its pixels (ITU T.81, annex B)."""
    at = 2
    while content[at + 1] != 0xDA:
        length = int.from_bytes(content[at + 2 : at + 4])
        yield content[at + 1], content[at + 4 : at + 2 + length]
        at += 2 + length


def riff_chunks(content: bytes) -> Iterator[tuple[bytes, bytes]]:
    """The name and body of each chunk of a WebP file (RFC 9649, 2.3)."""
    at = 12
    while at < len(content):
        (length,) = struct.unpack("<I", content[at + 4 : at + 8])
        yield content[at : at + 4], content[at + 8 : at + 8 + length]
        at += 8 + length + length % 2


def test_a_jpeg_has_only_the_segments_of_the_allow_list() -> None:
    for file in made(saved("JPEG", size=(400, 300))):
        if file.format == "jpeg":
            names = [
                body.split(b"\0")[0] for marker, body in segments(file.content) if marker >= 0xE0
            ]
            assert names == [
                b"JFIF", b"Exif", b"Photoshop 3.0", b"http://ns.adobe.com/xap/1.0/",
            ]  # fmt: skip


def test_the_picture_of_a_turned_original_stands_upright() -> None:
    files = made(with_exif({0x0112: 8}, size=(700, 350)))

    assert {(file.width, file.height) for file in files[1:]} == {(320, 640)}
