"""From a file to pixels: upright, in sRGB, on white, still."""

import pytest
from PIL import Image, ImageCms

from articles.pictures.reading import open_picture, upright_srgb
from articles.pictures.refusals import Refusal, RefusedError
from tests.articles.pictures.files import (
    deep_png,
    frames,
    is_near,
    noise,
    saved,
    with_exif,
)

SRGB = ImageCms.ImageCmsProfile(ImageCms.createProfile("sRGB")).tobytes()


def read(content: bytes, longest: int = 2400) -> Image.Image:
    return upright_srgb(open_picture(content), longest)


def test_a_large_picture_is_made_smaller_and_a_small_one_is_not_made_larger() -> None:
    assert read(saved("JPEG", size=(4000, 3000)), 1600).size == (1600, 1200)
    assert read(saved("JPEG", size=(300, 200)), 1600).size == (300, 200)


@pytest.mark.parametrize("orientation", range(1, 9))
@pytest.mark.parametrize("kind", ["JPEG", "PNG", "WEBP", "TIFF"])
def test_a_picture_is_turned_upright(orientation: int, kind: str) -> None:
    turned = orientation >= 5

    picture = read(with_exif({0x0112: orientation}, kind, (60, 40)))

    assert picture.size == ((40, 60) if turned else (60, 40))


def test_orientation_six_brings_the_left_side_to_the_top() -> None:
    lying = Image.new("RGB", (60, 40), "blue")
    lying.paste("red", (0, 0, 20, 40))
    exif = Image.Exif()
    exif[0x0112] = 6

    picture = read(_png(lying, exif=exif))

    assert is_near(picture.getpixel((20, 5)), (255, 0, 0))
    assert is_near(picture.getpixel((20, 55)), (0, 0, 255))


def _png(picture: Image.Image, **options: object) -> bytes:
    import io

    out = io.BytesIO()
    picture.save(out, "PNG", **options)
    return out.getvalue()


@pytest.mark.filterwarnings("ignore:Corrupt EXIF data:UserWarning")
def test_a_damaged_exif_block_does_not_cost_the_picture() -> None:
    assert read(saved("JPEG", exif=b"Exif\0\0MM\0\x2a\xff\xff\xff\xff")).size == (64, 40)


def test_nothing_but_pixels_is_left() -> None:
    told = saved("JPEG", icc_profile=SRGB, comment=b"Taken at home", xmp=b"<x:xmpmeta/>")

    assert read(told).info == {}


def test_transparency_becomes_white() -> None:
    assert read(saved("PNG", "RGBA")).getpixel((4, 4)) == (255, 255, 255)


def test_sixteen_bits_become_eight() -> None:
    grey = _png(Image.new("I;16", (8, 8), 32_768))

    assert read(grey).getpixel((4, 4)) == (128, 128, 128)
    assert is_near(read(deep_png()).getpixel((4, 4)), (0x12, 0x80, 0xFF))


@pytest.mark.parametrize("mode", ["RGB", "RGBA"])
def test_colours_are_shown_as_their_profile_means_them(mode: str) -> None:
    swapped = SRGB.replace(b"rXYZ", b"----").replace(b"bXYZ", b"rXYZ").replace(b"----", b"bXYZ")
    red = _png(Image.new(mode, (8, 8), "red"), icc_profile=swapped)

    assert is_near(read(red).getpixel((4, 4)), (0, 0, 255))


def test_a_profile_that_cannot_be_used_is_left_out() -> None:
    assert is_near(read(saved("PNG", icc_profile=b"no profile")).getpixel((4, 4)), (0, 128, 128))


def test_the_four_inks_of_a_printer_become_three_colours() -> None:
    picture = read(saved("JPEG", "CMYK"))

    assert picture.mode == "RGB"
    assert is_near(picture.getpixel((4, 4)), (255, 0, 0))


@pytest.mark.parametrize("mode", ["1", "L", "LA", "P", "RGB", "RGBA"])
def test_every_mode_of_a_png_is_made_smaller(mode: str) -> None:
    wide = _png(Image.new(mode, (3200, 10)))

    assert read(wide, 1600).size == (1600, 5)


@pytest.mark.parametrize("kind", ["GIF", "WEBP", "AVIF", "PNG", "TIFF", "MPO"])
def test_a_moving_picture_stands_still_at_its_first_frame(kind: str) -> None:
    assert is_near(read(frames(kind)).getpixel((4, 4)), (255, 0, 0))


@pytest.mark.parametrize("kind", ["JPEG", "PNG", "WEBP", "AVIF", "GIF", "TIFF"])
def test_a_spoiled_picture_is_refused(kind: str) -> None:
    whole = noise(kind)
    spoiled = bytes(byte ^ 0xFF if at > len(whole) // 2 else byte for at, byte in enumerate(whole))

    with pytest.raises(RefusedError) as refused:
        read(spoiled[: len(whole) * 3 // 4])

    assert refused.value.refusal == Refusal.DAMAGED
