"""docs/pictures.md says what becomes of which file; each line is true."""

from collections.abc import Callable

import pytest
from django.conf import settings
from django.core.files.base import ContentFile
from PIL import ImageCms

from articles.errors import PictureError
from articles.pictures.reading import LARGEST_FILE
from articles.pictures.refusals import SENTENCES, Refusal
from articles.services import check_upload
from tests.articles.pictures.files import (
    deep_png,
    frames,
    gif_bomb,
    half,
    noise,
    saved,
    with_exif,
)

PAGE = (settings.BASE_DIR / "docs" / "pictures.md").read_text()
ROWS = [[cell.strip() for cell in line.split("|")[1:-1]] for line in PAGE.splitlines()]
LINES = {row[0]: row[1:] for row in ROWS if len(row) == 3 and row[1] in {"taken", "refused"}}
SRGB = ImageCms.ImageCmsProfile(ImageCms.createProfile("sRGB")).tobytes()
FILES: dict[str, Callable[[], bytes]] = {
    "JPEG": lambda: saved("JPEG"),
    "JPEG, progressive": lambda: saved("JPEG", progressive=True),
    "JPEG, turned by EXIF": lambda: with_exif({0x0112: 6}),
    "JPEG, grey": lambda: saved("JPEG", "L"),
    "JPEG, CMYK": lambda: saved("JPEG", "CMYK"),
    "JPEG with a colour profile": lambda: saved("JPEG", icc_profile=SRGB),
    "JPEG with a second picture (MPO)": lambda: frames("MPO"),
    "PNG": lambda: saved("PNG"),
    "PNG, transparent": lambda: saved("PNG", "RGBA"),
    "PNG, palette": lambda: saved("PNG", "P"),
    "PNG, 16 bit grey": lambda: saved("PNG", "I;16"),
    "PNG, 16 bit colours": deep_png,
    "PNG, animated": lambda: frames("PNG"),
    "WebP": lambda: saved("WEBP"),
    "WebP, animated": lambda: frames("WEBP"),
    "AVIF": lambda: saved("AVIF"),
    "AVIF, animated": lambda: frames("AVIF"),
    "GIF": lambda: saved("GIF"),
    "GIF, animated": lambda: frames("GIF"),
    "TIFF": lambda: saved("TIFF"),
    "TIFF, CMYK": lambda: saved("TIFF", "CMYK"),
    "TIFF, 16 bit grey": lambda: saved("TIFF", "I;16"),
    "TIFF, several pages": lambda: frames("TIFF"),
    "TIFF, 32 bit measurements": lambda: saved("TIFF", "F"),
    "HEIC": lambda: b"\0\0\0\x18ftypheic\0\0\0\0mif1heic" + bytes(200),
    "SVG": lambda: b'<?xml version="1.0"?>\n<svg xmlns="http://www.w3.org/2000/svg"/>',
    "BMP": lambda: saved("BMP"),
    "PDF": lambda: saved("PDF"),
    "web page named .jpg": lambda: b"<!doctype html><title>Not found</title>",
    "empty file": lambda: b"",
    "JPEG, truncated": lambda: half(noise("JPEG")),
    "PNG, truncated": lambda: half(noise("PNG")),
    "WebP, truncated": lambda: half(noise("WEBP")),
    "AVIF, truncated": lambda: half(noise("AVIF")),
    "GIF, truncated": lambda: half(noise("GIF")),
    "TIFF, truncated": lambda: half(noise("TIFF")),
    "huge: over 40 MB": lambda: saved("JPEG") + bytes(LARGEST_FILE),
    "huge: over 60 million pixels": lambda: saved("PNG", "1", (8000, 8000)),
    "bomb: small file, billions of pixels": gif_bomb,
    "bomb: JPEG of over 100 scans": lambda: saved("JPEG") + b"\xff\xda" * 101,
}


def test_the_table_and_the_files_made_for_it_name_the_same_kinds() -> None:
    assert set(LINES) == set(FILES)


@pytest.mark.parametrize("kind", FILES)
def test_a_line_of_the_table_is_true(kind: str) -> None:
    answer, words = LINES[kind]
    upload = ContentFile(FILES[kind](), name="picture")

    if answer == "taken":
        checked = check_upload(upload)
        assert (checked.plain.format, checked.plain.purpose) == ("jpeg", "picture")
        return
    with pytest.raises(PictureError) as refused:
        check_upload(upload)
    assert str(refused.value) == words


def test_every_sentence_stands_in_the_page() -> None:
    assert [reason for reason in Refusal if str(SENTENCES[reason]) not in PAGE] == []
