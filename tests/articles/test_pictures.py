"""Pictures as pages show them: upright, in sRGB, of bounded size, with no word about their maker."""

import errno
import io
import re
from collections.abc import Iterator
from pathlib import Path

import pytest
from articles.services.pictures import LARGEST_FILE, make_jpeg
from django.conf import settings
from django.core.files.base import ContentFile
from PIL import Image, ImageCms

from articles.errors import PictureError
from articles.models import Photo
from articles.services import (
    PublicChange,
    add_photo,
    delete_photo,
    place_pictures,
    publish,
    publish_changes,
    rendition_file,
    save_revision,
    sweep_pictures,
    withdraw,
)
from tests.conftest import Committing
from tests.makers import (
    make_article,
    make_author,
    make_draft,
    make_photo,
    make_words,
    picture_file,
)

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


def test_sixteen_bits_of_grey_become_eight() -> None:
    grey = Image.new("I;16", (8, 8), 32_768)
    out = io.BytesIO()
    grey.save(out, "PNG")

    content, _width, _height = make_jpeg(out.getvalue())

    assert opened(content).getpixel((4, 4)) == (128, 128, 128)


@pytest.mark.parametrize("mode", ["RGB", "RGBA"])
def test_colours_are_shown_as_their_profile_means_them(mode: str) -> None:
    srgb = ImageCms.ImageCmsProfile(ImageCms.createProfile("sRGB")).tobytes()
    swapped = srgb.replace(b"rXYZ", b"----").replace(b"bXYZ", b"rXYZ").replace(b"----", b"bXYZ")
    out = io.BytesIO()
    Image.new(mode, (8, 8), "red").save(out, "PNG", icc_profile=swapped)

    content, _width, _height = make_jpeg(out.getvalue())

    assert is_near(opened(content).getpixel((4, 4)), (0, 0, 255))


def test_a_profile_that_cannot_be_used_is_left_out() -> None:
    content, _width, _height = make_jpeg(jpeg(8, 8, icc_profile=b"no profile"))

    assert is_near(opened(content).getpixel((4, 4)), (0, 0, 128))


def test_the_four_inks_of_a_printer_become_three_colours() -> None:
    out = io.BytesIO()
    Image.new("CMYK", (8, 8), (0, 255, 255, 0)).save(out, "JPEG")

    content, _width, _height = make_jpeg(out.getvalue())

    assert opened(content).mode == "RGB"
    assert is_near(opened(content).getpixel((4, 4)), (255, 0, 0))


@pytest.mark.parametrize("mode", ["1", "L", "LA", "P", "RGB", "RGBA"])
def test_every_mode_of_a_png_is_made_smaller(mode: str) -> None:
    out = io.BytesIO()
    Image.new(mode, (3200, 10)).save(out, "PNG")

    assert make_jpeg(out.getvalue())[1:] == (1600, 5)


def test_a_moving_picture_stands_still_at_its_first_frame() -> None:
    frames = [Image.new("RGB", (8, 8), colour) for colour in ("red", "blue")]
    out = io.BytesIO()
    frames[0].save(out, "GIF", save_all=True, append_images=frames[1:])

    content, _width, _height = make_jpeg(out.getvalue())

    assert is_near(opened(content).getpixel((4, 4)), (255, 0, 0))


def test_the_file_holds_the_picture_and_nothing_else() -> None:
    exif = Image.Exif()
    exif[0x010F] = "A camera"
    srgb = ImageCms.ImageCmsProfile(ImageCms.createProfile("sRGB")).tobytes()
    told = jpeg(
        64,
        64,
        exif=exif,
        icc_profile=srgb,
        xmp=b"<x:xmpmeta/>",
        comment=b"Taken at home",
        dpi=(3, 3),
    )

    content, _width, _height = make_jpeg(told)

    application_and_comment = {*range(0xE0, 0xF0), 0xFE}
    assert set(segments(told)) & application_and_comment == {0xE0, 0xE1, 0xE2, 0xFE}
    assert set(segments(content)) & application_and_comment == {0xE0}  # JFIF's own.


def segments(content: bytes) -> Iterator[int]:
    """The markers of a JPEG's segments up to its pixels (ITU T.81, annex B)."""
    at = 2
    while content[at + 1] != 0xDA:
        yield content[at + 1]
        at += 2 + int.from_bytes(content[at + 2 : at + 4])


def is_near(pixel: object, colour: tuple[int, int, int]) -> bool:
    """JPEG and colour profiles round a little."""
    assert isinstance(pixel, tuple)
    return all(abs(is_ - meant) <= 6 for is_, meant in zip(pixel, colour, strict=True))


@pytest.mark.parametrize("kind", ["JPEG", "PNG", "WEBP", "AVIF", "GIF", "TIFF"])
def test_a_damaged_picture_is_refused_with_a_sentence(kind: str) -> None:
    whole = picture_file(200, 200, kind).read()
    spoiled = bytes(byte ^ 0xFF if at > len(whole) // 2 else byte for at, byte in enumerate(whole))

    for content in (whole[: len(whole) // 2], spoiled[: len(whole) * 3 // 4]):
        with pytest.raises(PictureError, match="that opens on your own machine"):
            make_jpeg(content)


@pytest.mark.parametrize("side", [8000, 12_000])
def test_a_picture_of_too_many_pixels_is_refused_before_it_is_decoded(side: int) -> None:
    out = io.BytesIO()
    Image.new("1", (side, side)).save(out, "PNG")

    with pytest.raises(PictureError, match="60 million"):
        make_jpeg(out.getvalue())


def test_a_file_that_is_too_large_is_not_even_read() -> None:
    upload = ContentFile(b"")
    upload.size = LARGEST_FILE + 1

    with pytest.raises(PictureError, match="40 MB"):
        add_photo(upload)


@pytest.mark.django_db
def test_the_original_is_kept_as_it_came_under_a_random_name() -> None:
    content = picture_file().read()

    photo = add_photo(ContentFile(content, name="../../secret name.png"))

    assert re.fullmatch(r"originals/[0-9a-f]{32}", photo.original.name or "")
    assert Path(photo.original.path).read_bytes() == content
    assert re.fullmatch(r"[a-z2-7]{26}\.jpg", photo.renditions.get().name)


@pytest.mark.django_db
def test_a_photo_is_private_until_a_public_story_shows_it_and_again_after(
    committing: Committing,
) -> None:
    photo = make_photo()
    draft = make_draft(lead_photo=photo)
    assert not is_public(photo)

    with committing():
        publish(draft.pk, editor=None, announce=False)
    assert is_public(photo)

    with committing():
        withdraw(draft.pk, editor=None, note="Gone.")
    assert not is_public(photo)
    assert rendition_file(photo.renditions.get().name).exists()


def is_public(photo: Photo) -> bool:
    """Whether a stranger could have the file; the database must say the same."""
    rendition = Photo.objects.get(pk=photo.pk).renditions.get()
    there: bool = (settings.MEDIA_DIR / rendition.name).exists()
    assert there == rendition.public == rendition.placed
    return there


@pytest.mark.django_db
def test_a_photo_stays_public_while_another_story_shows_it(committing: Committing) -> None:
    photo = make_photo()
    first, second = make_article(lead_photo=photo), make_article(lead_photo=photo)

    with committing():
        withdraw(first.pk, editor=None, note="Gone.")
    assert is_public(photo)

    with committing():
        withdraw(second.pk, editor=None, note="Gone.")
    assert not is_public(photo)


@pytest.mark.django_db
def test_the_photo_of_words_not_yet_published_is_private(committing: Committing) -> None:
    old, new = make_photo(), make_photo()
    with committing():
        article = make_article(lead_photo=old)
        save_revision(article.pk, make_words(lead_photo=new), editor=None, began_from=1)
    assert (is_public(old), is_public(new)) == (True, False)

    with committing():
        publish_changes(article.pk, PublicChange("update"), editor=None)

    assert (is_public(old), is_public(new)) == (False, True)


@pytest.mark.django_db
def test_a_portrait_is_public_while_its_author_has_a_public_story(committing: Committing) -> None:
    portrait = make_photo()
    author = make_author(portrait=portrait)
    with committing():
        article = make_article(bylines=(author,), lead_photo=make_photo())
    assert is_public(portrait)

    with committing():
        withdraw(article.pk, editor=None, note="Gone.")

    assert not is_public(portrait)


@pytest.mark.django_db
def test_a_withdrawn_storys_photo_stays_while_it_is_a_portrait(committing: Committing) -> None:
    photo = make_photo()
    with committing():
        make_article(bylines=(make_author(portrait=photo),))
        article = make_article(lead_photo=photo)

    with committing():
        withdraw(article.pk, editor=None, note="Gone.")

    assert is_public(photo)


@pytest.mark.django_db
def test_the_sweep_does_what_a_killed_process_left(committing: Committing) -> None:
    photo = make_photo()
    make_article(lead_photo=photo)  # Killed: its on_commit hooks never run here.

    assert sweep_pictures() == 1
    assert sweep_pictures() == 0

    assert is_public(photo)


@pytest.mark.django_db
def test_the_sweep_finds_a_file_placed_by_a_process_killed_before_it_could_say_so() -> None:
    photo = make_photo()
    article = make_article(lead_photo=photo)
    rendition = photo.renditions.get()
    (settings.MEDIA_DIR / rendition.name).write_bytes(b"placed")
    withdraw(article.pk, editor=None, note="Gone.")  # Killed as well.

    sweep_pictures()

    assert not is_public(photo)


@pytest.mark.django_db
def test_one_lost_file_does_not_stop_the_sweep(caplog: pytest.LogCaptureFixture) -> None:
    lost, whole = make_photo(), make_photo()
    make_article(lead_photo=lost)
    make_article(lead_photo=whole)
    rendition_file(lost.renditions.get().name).unlink()

    assert sweep_pictures() == 1

    assert is_public(whole)
    assert [record.message for record in caplog.records] == ["picture not placed"]


@pytest.mark.django_db
def test_placing_twice_changes_nothing_and_doubles_no_bytes(committing: Committing) -> None:
    photo = make_photo()
    with committing():
        make_article(lead_photo=photo)

    place_pictures([photo.pk])

    name = photo.renditions.get().name
    assert (settings.MEDIA_DIR / name).samefile(rendition_file(name))
    assert not list(settings.MEDIA_DIR.glob(".*"))


@pytest.mark.django_db
def test_between_two_disks_the_file_is_copied(
    committing: Committing, monkeypatch: pytest.MonkeyPatch
) -> None:
    def refuse(self: Path, target: Path) -> None:
        raise OSError(errno.EXDEV, "Invalid cross-device link")

    monkeypatch.setattr(Path, "hardlink_to", refuse)
    photo = make_photo()

    with committing():
        make_article(lead_photo=photo)

    name = photo.renditions.get().name
    assert is_public(photo)
    assert (settings.MEDIA_DIR / name).read_bytes() == rendition_file(name).read_bytes()
    assert not list(settings.MEDIA_DIR.glob(".*"))


@pytest.mark.django_db(transaction=True)
def test_deleting_a_photo_takes_its_files_along() -> None:
    photo = add_photo(picture_file())
    private = rendition_file(photo.renditions.get().name)
    original = Path(photo.original.path)

    delete_photo(photo.pk)

    assert not private.exists()
    assert not original.exists()
