"""Pictures as pages show them: upright, in sRGB, of bounded size, with no word about their maker."""

import io
from pathlib import Path

import pytest
from django.core.files.base import ContentFile
from PIL import Image

from articles.errors import PictureError
from articles.services import add_photo, delete_photo, rendition_file
from articles.services.pictures import make_jpeg
from tests.makers import picture_file

READABLE = {
    "chi.gif", "exif_gps.jpg", "exif_text.png", "hopper.avif", "hopper.gif", "hopper.webp",
    "invalid-exif.jpg", "iptc.jpg", "pil_sample_cmyk.jpg", "C.jpg", "no_manifest.jpg",
}  # fmt: skip


def jpeg(width: int, height: int, **saved: object) -> bytes:
    out = io.BytesIO()
    Image.new("RGB", (width, height), "navy").save(out, "JPEG", **saved)
    return out.getvalue()


def opened(content: bytes) -> Image.Image:
    return Image.open(io.BytesIO(content))


def test_a_large_picture_is_made_smaller_and_a_small_one_is_not_made_larger() -> None:
    assert make_jpeg(jpeg(4000, 3000))[1:] == (1600, 1200)
    assert make_jpeg(jpeg(300, 200))[1:] == (300, 200)


def test_a_picture_is_turned_upright_and_says_nothing_of_its_camera() -> None:
    exif = Image.Exif()
    exif[0x0112] = 6  # Orientation: turned by 90 degrees.
    exif[0x010F] = "A camera"

    content, width, height = make_jpeg(jpeg(60, 40, exif=exif))

    assert (width, height) == (40, 60)
    assert dict(opened(content).getexif()) == {}


def test_transparency_becomes_white() -> None:
    out = io.BytesIO()
    Image.new("RGBA", (8, 8), (0, 0, 0, 0)).save(out, "PNG")

    content, _width, _height = make_jpeg(out.getvalue())

    assert opened(content).getpixel((4, 4)) == (255, 255, 255)


def test_every_real_file_is_shown_or_refused_with_a_sentence(real_material: Path) -> None:
    shown, sentences = set(), []
    for path in sorted(real_material.glob("images/*/*.*")):
        try:
            content, _width, _height = make_jpeg(path.read_bytes())
        except PictureError as error:
            sentences.append(str(error))
            continue
        shown.add(path.name)
        picture = opened(content)
        assert picture.format == "JPEG"
        assert not set(picture.info) & {"exif", "icc_profile", "xmp", "photoshop", "comment"}

    assert shown >= READABLE
    assert all(sentence.endswith(".") for sentence in sentences)


@pytest.mark.parametrize("content", [b"", b"GIF89a", b"<svg xmlns='http://www.w3.org/2000/svg'/>"])
def test_what_is_no_picture_is_refused(content: bytes) -> None:
    with pytest.raises(PictureError, match="JPEG"):
        make_jpeg(content)


def test_a_picture_of_too_many_pixels_is_refused() -> None:
    out = io.BytesIO()
    Image.new("1", (9000, 9000)).save(out, "PNG")

    with pytest.raises(PictureError):
        make_jpeg(out.getvalue())


@pytest.mark.django_db
def test_the_original_is_kept_under_a_random_name() -> None:
    photo = add_photo(ContentFile(picture_file().read(), name="../../secret name.png"))

    assert photo.original.name is not None
    assert photo.original.name.startswith("originals/")
    assert "secret" not in photo.original.name
    assert rendition_file(photo.renditions.get().name).exists()


@pytest.mark.django_db(transaction=True)
def test_deleting_a_photo_takes_its_files_along() -> None:
    photo = add_photo(picture_file())
    private = rendition_file(photo.renditions.get().name)

    delete_photo(photo.pk)

    assert not private.exists()
