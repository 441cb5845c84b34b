"""Photos at the desk: taken in, filled in from the file, described, deleted."""

import io
import re
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest
from django.core.files.base import ContentFile
from django.db import transaction
from django.test import Client
from django.urls import reverse
from PIL import Image
from PIL.ExifTags import IFD
from PIL.PngImagePlugin import PngImageFile

from articles.errors import PictureError
from articles.models import Article, Photo, Rendition
from articles.pictures.marking import Marks, save_options
from articles.pictures.reading import LARGEST_FILE
from articles.pictures.words import said_by
from articles.services import (
    add_photo,
    check_upload,
    delete_photo,
    make_renditions,
    rendition_file,
)
from newsroom.press.packing import date_of
from tests.articles.pictures.files import opened, saved
from tests.makers import make_author, make_photo, make_section, make_staff, picture_file

pytestmark = pytest.mark.django_db


def told_file(size: tuple[int, int] = (64, 40)) -> ContentFile[bytes]:
    """A JPEG with a caption, a creator, a credit, a copyright and a moment."""
    block = Image.Exif()
    block.update({0x010E: "The frigate", 0x013B: "A. Berg", 0x8298: "© A. Berg"})
    block.get_ifd(IFD.Exif)[0x9003] = "2026:11:03 14:05:06"
    options = save_options(Marks("A. Berg", "Berg/Watch", "© A. Berg"), "jpeg")
    return ContentFile(saved("JPEG", size=size, **(options | {"exif": block})), name="told.jpg")


def test_the_original_is_kept_as_it_came_under_a_random_name() -> None:
    content = picture_file().read()

    photo = add_photo(ContentFile(content, name="../../secret name.png"))

    assert re.fullmatch(r"originals/[0-9a-f]{32}", photo.original.name or "")
    assert Path(photo.original.path).read_bytes() == content
    assert re.fullmatch(r"[a-z2-7]{26}\.jpg", photo.renditions.get().name)


def test_the_first_jpeg_is_there_at_once_and_the_rest_is_promised() -> None:
    photo = add_photo(ContentFile(saved("PNG", size=(2000, 1000)), name="wide"))

    row = photo.renditions.get()
    assert (row.format, row.purpose, row.width, row.height) == ("jpeg", "picture", 960, 480)
    assert row.bytes == rendition_file(row.name).stat().st_size
    assert photo.making == Photo.Making.WAITING
    assert list(Photo.objects.waiting()) == [photo]


def test_a_picture_too_large_to_be_read_here_is_read_in_a_process_of_its_own() -> None:
    photo = add_photo(ContentFile(saved("PNG", "L", (5000, 4000)), name="large"))

    assert photo.renditions.get().width == 960


def test_no_pixel_of_a_large_picture_is_read_here(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(PngImageFile, "load", lambda _: pytest.fail("It was read."))

    checked = check_upload(ContentFile(saved("PNG", "L", (5000, 4000)), name="large"))

    assert checked.plain.width == 960


def test_what_the_file_says_of_itself_fills_in_what_nobody_typed() -> None:
    photo = add_photo(told_file(), alt="A grey ship")

    assert (photo.caption, photo.credit, photo.alt) == ("The frigate", "Berg/Watch", "A grey ship")
    assert (photo.creator, photo.copyright) == ("A. Berg", "© A. Berg")
    assert photo.taken_at == datetime(2026, 11, 3, 14, 5, 6, tzinfo=UTC)


def test_what_the_editor_typed_wins() -> None:
    photo = add_photo(told_file(), caption="A quay", credit="Navy")

    assert (photo.caption, photo.credit, photo.creator) == ("A quay", "Navy", "A. Berg")


def test_a_caption_longer_than_the_field_is_cut_with_an_ellipsis() -> None:
    exif = Image.Exif()
    exif[0x010E] = "word " * 400

    photo = add_photo(ContentFile(saved("JPEG", exif=exif), name="long"))

    assert len(photo.caption) == 500
    assert photo.caption.endswith("…")


def test_a_file_that_is_too_large_is_not_even_read() -> None:
    upload = ContentFile(b"")
    upload.size = LARGEST_FILE + 1

    with pytest.raises(PictureError, match="40 MB"):
        check_upload(upload)


def test_a_refused_file_leaves_nothing_behind() -> None:
    with pytest.raises(PictureError):
        add_photo(ContentFile(b"no picture"))

    assert not Photo.objects.exists()


@pytest.mark.django_db(transaction=True)
def test_deleting_a_photo_takes_its_files_along() -> None:
    photo = make_photo(soon=False)
    make_renditions(photo.pk)
    files = [rendition_file(name) for name in photo.renditions.values_list("name", flat=True)]
    original = Path(photo.original.path)
    assert len(files) > 3

    delete_photo(photo.pk)

    assert not any(file.exists() for file in (*files, original))


# At the desk -------------------------------------------------------------------------------


@pytest.fixture
def desk(client: Client) -> Client:
    client.force_login(make_staff())
    return client


def test_the_photo_form_keeps_what_the_file_says_where_the_editor_leaves_a_gap(
    desk: Client,
) -> None:
    typed = {"upload": told_file(), "caption": "", "credit": "Navy", "stays": "0.5 0.0"}

    desk.post(reverse("admin:articles_photo_add"), typed)

    photo = Photo.objects.get()
    assert (photo.caption, photo.credit, photo.creator) == ("The frigate", "Navy", "A. Berg")
    assert (photo.focal_x, photo.focal_y) == (0.5, 0.0)


def test_the_photo_form_says_at_the_file_why_it_is_refused(desk: Client) -> None:
    drawing = ContentFile(b"<svg xmlns='http://www.w3.org/2000/svg'/>", name="logo.svg")

    page = desk.post(reverse("admin:articles_photo_add"), {"upload": drawing})

    assert "Export it as a PNG" in str(page.context["adminform"].form.errors["upload"])


def test_the_story_form_takes_the_words_of_an_uploaded_file(desk: Client) -> None:
    typed: dict[str, Any] = {
        "headline": "Hull seven", "body": "<p>Late.</p>", "section": make_section().pk,
        "kind": "news", "byline_1": make_author().pk, "comment_policy": "open",
        "mail_choice": "none", "new_photo": told_file(), "lead_alt": "A grey ship",
    }  # fmt: skip

    desk.post(reverse("admin:articles_article_add"), typed)

    revision = Article.objects.get().newest
    assert revision is not None
    assert revision.lead_photo is not None
    assert revision.photo_caption == "The frigate"
    assert (revision.lead_photo.credit, revision.photo_alt) == ("Berg/Watch", "A grey ship")


def test_a_corrected_credit_reaches_the_files_under_their_old_names(desk: Client) -> None:
    photo = add_photo(told_file(), soon=False)
    make_renditions(photo.pk)
    before = names_of(photo)
    fields = {"caption": "The frigate", "credit": "Dahl/Watch", "stays": "0.5 0.5"}

    desk.post(reverse("admin:articles_photo_change", args=[photo.pk]), fields)
    assert list(Photo.objects.waiting()) == [photo]
    make_renditions(photo.pk)

    after = names_of(photo)
    assert {key: name for key, name in after.items() if key[0] == "picture"} == {
        key: name for key, name in before.items() if key[0] == "picture"
    }
    for name in after.values():
        content = rendition_file(name).read_bytes()
        assert said_by(opened(content), UTC).credit == "Dahl/Watch"
        assert rendition_file(name).stat().st_mtime == date_of(content)


def test_a_moved_focal_point_gives_the_card_a_new_name(desk: Client) -> None:
    wide = Image.effect_noise((1200, 400), 90)
    out = io.BytesIO()
    wide.save(out, "PNG")
    photo = add_photo(ContentFile(out.getvalue(), name="wide"), soon=False)
    make_renditions(photo.pk)
    before = names_of(photo)

    desk.post(reverse("admin:articles_photo_change", args=[photo.pk]), {"stays": "0.0 0.5"})
    make_renditions(photo.pk)

    changed = {key for key, name in names_of(photo).items() if before[key] != name}
    assert changed == {("card", "jpeg", 1200)}
    assert not rendition_file(before["card", "jpeg", 1200]).exists()


def names_of(photo: Photo) -> dict[tuple[str, str, int], str]:
    rows = Rendition.objects.filter(photo=photo)
    return {(row.purpose, row.format, row.width): row.name for row in rows}


def test_a_changed_caption_makes_no_file_anew(desk: Client) -> None:
    photo = add_photo(told_file(), soon=False)
    make_renditions(photo.pk)
    fields = {
        "caption": "Another", "credit": "Berg/Watch", "creator": "A. Berg",
        "copyright": "© A. Berg", "stays": "0.5 0.5", "taken_at_0": "2026-11-03",
        "taken_at_1": "14:05:06",
    }  # fmt: skip

    desk.post(reverse("admin:articles_photo_change", args=[photo.pk]), fields)

    photo.refresh_from_db()
    assert (photo.caption, photo.making) == ("Another", Photo.Making.MADE)


@pytest.mark.parametrize("form", ["jpeg", "webp", "avif"])
def test_staff_see_every_format_before_it_is_public_and_strangers_none(
    desk: Client, form: str
) -> None:
    photo = add_photo(told_file(), soon=False)
    make_renditions(photo.pk)
    address = photo.renditions.filter(format=form, purpose="picture")[0].url

    answer = desk.get(address)

    assert answer["Content-Type"] == f"image/{form}"
    assert answer["Cache-Control"] == "private, no-store"
    assert opened(b"".join(answer)).format == form.upper()
    assert Client().get(address).status_code == 404


def test_the_desk_says_what_became_of_a_photo_and_begins_anew(desk: Client) -> None:
    photo = make_photo(soon=False)
    Photo.objects.update(making=Photo.Making.FAILED, failure="It takes too long.")
    page = reverse("admin:articles_photo_changelist")
    assert b"Only one size could be made It takes too long." in desk.get(page).content

    with transaction.atomic():
        desk.post(page, {"action": "make_again", "_selected_action": [photo.pk]})

    photo.refresh_from_db()
    assert (photo.making, photo.failure) == (Photo.Making.WAITING, "")
