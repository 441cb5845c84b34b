"""The title's own sign and card."""

import io
import json

import pytest
from django.conf import settings
from django.core.files.base import ContentFile
from django.test import Client
from django.urls import reverse
from PIL import Image
from PIL.PngImagePlugin import PngImageFile

from articles.pictures import logo
from articles.services import draw_site_card, rendition_file, sweep_title_pictures, title_edited
from articles.tasks import sweep_pictures
from newsroom.kit.models import Site
from tests.articles.pictures.files import opened, saved
from tests.conftest import Committing
from tests.makers import make_article, make_staff
from tests.press.asking import Site as Readers

pytestmark = pytest.mark.django_db
PAGE = "admin:this_site"
ORDER = {"sections-TOTAL_FORMS": "0", "sections-INITIAL_FORMS": "0"}


def post(client: Client, **fields: object) -> Site:
    typed = {"name": "The Watch", "tagline": "Navies, daily"} | ORDER | fields
    client.post(reverse(PAGE), typed)
    return Site.current()


@pytest.fixture
def desk(client: Client) -> Client:
    client.force_login(make_staff())
    return client


def test_a_logo_becomes_a_png_at_most_600_pixels_wide_and_stays_transparent(desk: Client) -> None:
    drawing = saved("WEBP", "RGBA", (1200, 300), lossless=True)

    site = post(desk, new_logo=ContentFile(drawing, name="logo.webp"))

    content = (settings.MEDIA_DIR / site.logo).read_bytes()
    picture = opened(content)
    assert (picture.format, picture.size, picture.mode) == ("PNG", (600, 150), "RGBA")
    assert picture.info == {}
    assert (settings.MEDIA_DIR / site.logo).samefile(rendition_file(site.logo))


def test_a_sign_of_too_many_pixels_is_refused_unread(
    desk: Client, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(logo, "LIGHT", 99)
    monkeypatch.setattr(PngImageFile, "load", lambda _: pytest.fail("It was read."))
    upload = ContentFile(saved("PNG", size=(10, 10)), name="logo.png")

    answer = desk.post(
        reverse(PAGE), {"name": "The Watch", "tagline": "Navies"} | ORDER | {"new_logo": upload}
    )

    assert "more than 16 million pixels" in answer.content.decode()
    assert not Site.current().logo


def test_the_logo_is_the_icon_and_the_publishers(desk: Client) -> None:
    site = post(desk, new_logo=ContentFile(saved("PNG"), name="logo.png"))

    page = Client().get(make_article().get_absolute_url()).content.decode()

    assert f'<link rel="icon" href="/media/{site.logo}" type="image/png">' in page
    begin = page.index('<script type="application/ld+json">') + 35
    story = json.loads(page[begin : page.index("</script>", begin)])
    story = story[0] if isinstance(story, list) else story
    assert story["publisher"]["logo"] == f"http://localhost:8000/media/{site.logo}"


def test_a_new_logo_has_a_new_name_and_the_old_file_is_gone(
    desk: Client, django_capture_on_commit_callbacks: object
) -> None:
    old = post(desk, new_logo=ContentFile(saved("PNG"), name="a.png")).logo

    with django_capture_on_commit_callbacks(execute=True):  # type: ignore[operator]  # A fixture.
        new = post(desk, new_logo=ContentFile(saved("PNG", size=(80, 80)), name="b.png")).logo

    assert new != old
    assert not (settings.MEDIA_DIR / old).exists()
    assert not rendition_file(old).exists()


def test_saving_the_page_without_a_file_keeps_the_logo_and_a_box_takes_it_away(
    desk: Client,
) -> None:
    logo = post(desk, new_logo=ContentFile(saved("PNG"), name="a.png")).logo

    assert post(desk).logo == logo
    assert post(desk, no_logo="on").logo == ""


def test_a_drawing_that_cannot_be_a_logo_is_refused_at_its_field(desk: Client) -> None:
    typed = {"name": "The Watch"} | ORDER
    typed["new_logo"] = ContentFile(b"<svg/>", name="logo.svg")  # type: ignore[assignment]  # A file.

    page = desk.post(reverse(PAGE), typed)

    assert "Export it as a PNG" in page.content.decode()
    assert Site.current().logo == ""


def test_the_card_of_the_title_is_drawn_anew_with_its_words(desk: Client) -> None:
    first = post(desk).card
    assert opened((settings.MEDIA_DIR / first).read_bytes()).size == (1200, 630)
    assert post(desk, contact_email="desk@example.org").card == first

    assert post(desk, tagline="Armies, weekly").card != first
    front = Client().get("/").content.decode()
    assert f"http://localhost:8000/media/{Site.current().card}" in front


def test_the_sweep_draws_the_first_card_and_lays_out_what_is_lost() -> None:
    Site.objects.create(pk=1, name="The Watch")

    sweep_pictures()

    card = Site.current().card
    (settings.MEDIA_DIR / card).unlink()
    sweep_title_pictures()
    assert (settings.MEDIA_DIR / card).exists()
    assert Site.current().card == card


def test_no_stored_page_keeps_a_card_or_a_sign_that_is_gone(committing: Committing) -> None:
    Site.objects.create(pk=1, name="The Watch")
    readers = Readers()
    before = readers.stored("/").body
    assert b"/media/" not in before

    with committing():
        sweep_title_pictures()
    first = Site.current().card
    assert f"/media/{first}".encode() in readers.stored("/").body

    with committing():
        draw_site_card()
    after = readers.stored("/").body
    assert f"/media/{Site.current().card}".encode() in after
    assert first.encode() not in after

    with committing():
        title_edited(logo=saved("PNG"))
    assert f"/media/{Site.current().logo}".encode() in readers.stored("/latest/").body


def test_a_title_nobody_named_has_no_card() -> None:
    sweep_title_pictures()

    assert Site.current().social_image is None


def test_what_is_lost_for_good_is_logged(caplog: pytest.LogCaptureFixture) -> None:
    Site.objects.create(pk=1, name="The Watch")
    draw_site_card()
    out = io.BytesIO()
    Image.new("RGBA", (8, 8)).save(out, "PNG")
    title_edited(logo=out.getvalue())
    logo = Site.current().logo
    for file in (settings.MEDIA_DIR / logo, rendition_file(logo)):
        file.unlink()

    sweep_title_pictures()

    assert [record.message for record in caplog.records] == ["picture of the title not placed"]
