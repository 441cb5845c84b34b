"""How a photo stands in a page."""

import re
from typing import Any

import pytest
from django.conf import settings
from django.core.files.base import ContentFile
from django.template.loader import render_to_string
from django.test import Client

from articles.markup import shown
from articles.models import Article, Photo
from articles.services import add_photo, make_renditions
from tests.articles.markup import Page
from tests.articles.pictures.files import saved
from tests.makers import make_article

pytestmark = pytest.mark.django_db
STYLES = settings.BASE_DIR / "newsroom/static/newsroom/css/components/picture.css"


def made_photo(size: tuple[int, int] = (1000, 500), **columns: Any) -> Photo:
    upload = ContentFile(saved("JPEG", size=size), name="ship")
    photo = add_photo(upload, alt="A grey ship.", soon=False)
    make_renditions(photo.pk)
    Photo.objects.filter(pk=photo.pk).update(**columns)
    return Photo.objects.get(pk=photo.pk)


def elements(photo: Photo, **inputs: Any) -> list[tuple[str, dict[str, str | None]]]:
    html = render_to_string("articles/_picture.html", {"photo": photo, "alt": "A ship."} | inputs)
    page = Page(html)
    assert page.faults == []
    return page.elements


def widths(srcset: str | None) -> list[int]:
    return [int(width) for width in re.findall(r" (\d+)w", srcset or "")]


def test_a_picture_offers_avif_then_webp_then_jpeg_in_every_width() -> None:
    outer, avif, webp, img = elements(made_photo(), sizes="50vw")

    assert (outer[0], img[0]) == ("picture", "img")
    for (_, source), form in ((avif, "avif"), (webp, "webp")):
        assert source["type"] == f"image/{form}"
        assert source["sizes"] == "50vw"
    for _, words in (avif, webp, img):
        assert widths(words["srcset"]) == [320, 480, 640, 960]
    assert (img[1]["width"], img[1]["height"]) == ("960", "480")
    assert str(img[1]["src"]).endswith(".jpg")


def test_the_lead_is_fetched_first_and_the_rest_when_it_comes_in_sight() -> None:
    photo = made_photo((64, 40))

    _, lead = elements(photo, eager=True)[-1]
    _, other = elements(photo)[-1]

    assert lead["fetchpriority"] == "high"
    assert "loading" not in lead
    assert (other["loading"], other["decoding"]) == ("lazy", "async")
    assert "fetchpriority" not in other


def test_a_small_place_is_offered_no_wide_picture() -> None:
    *_, img = elements(made_photo(), upto=480)

    assert widths(img[1]["srcset"]) == [320, 480]
    assert (img[1]["width"], img[1]["height"]) == ("480", "240")


def test_before_the_task_has_run_there_is_the_one_jpeg() -> None:
    upload = ContentFile(saved("JPEG", size=(1000, 500)), name="ship")

    (_, img) = elements(add_photo(upload, soon=False))

    assert "srcset" not in img[1]
    assert (img[1]["width"], img[1]["height"]) == ("960", "480")


def test_without_any_rendition_a_box_says_what_will_stand_there() -> None:
    photo = made_photo((64, 40))
    photo.renditions.all().delete()

    ((tag, box),) = elements(Photo.objects.get())

    assert (tag, box["role"], box["aria-label"]) == ("span", "img", "A ship.")


def test_where_it_is_cut_the_focal_point_stays_in_sight() -> None:
    photo = made_photo((64, 40), focal_x=0.21, focal_y=1.0)

    assert elements(photo, crop=True)[-1][1]["class"] == "picture picture--x2 picture--y10"
    assert "class" not in elements(photo)[-1][1]


def test_every_class_of_the_focal_point_has_its_rule() -> None:
    photo, rules = made_photo((64, 40)), STYLES.read_text()

    for step in range(11):
        photo.focal_x = photo.focal_y = step / 10
        how = shown(photo, crop=True)
        assert how is not None
        assert all(f".{name} {{" in rules for name in how.classes.split())


def test_a_page_costs_as_many_queries_with_every_rendition_as_with_one(
    django_assert_num_queries: Any,
) -> None:
    photo = made_photo()
    make_article(lead_photo=photo)
    cards = Article.objects.published().for_cards()

    with django_assert_num_queries(3):
        for article in cards:
            assert article.live is not None
            assert article.live.lead_photo is not None
            elements(article.live.lead_photo)


def test_every_picture_of_a_page_names_files_that_are_public() -> None:
    photo = made_photo()
    make_article(lead_photo=photo)

    page = Client().get("/").content.decode()

    assert set(re.findall(r"/media/([a-z2-7]{26}\.\w+)", page)) == {
        row.name for row in photo.pictures
    }
    assert "/desk/renditions/" not in page
