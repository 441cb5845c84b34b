"""What stands beside a story where it is quoted: its photo, cut, or a drawn card."""

from typing import Any

import pytest
from django.conf import settings
from django.core.files.base import ContentFile
from django.test import Client

from articles.models import Article, Photo, Section, StoryCard
from articles.pictures.making import CARD_WEIGHT
from articles.services import (
    PublicChange,
    add_photo,
    draw_site_card,
    make_renditions,
    place_cards,
    publish,
    publish_changes,
    rendition_file,
    save_revision,
    sweep_cards,
    title_edited,
    withdraw,
)
from newsroom.kit.models import Site
from tests.articles.markup import Page
from tests.articles.pictures.files import opened, saved
from tests.articles.test_shown import edit
from tests.conftest import Committing
from tests.makers import (
    make_article,
    make_author,
    make_draft,
    make_photo,
    make_section,
    make_topic,
    make_words,
)
from tests.press.asking import Site as Readers

pytestmark = pytest.mark.django_db


def social(article: Article) -> dict[str, str | None]:
    """The Open Graph words of a story's page."""
    page = Page(Client().get(article.get_absolute_url()).content.decode())
    tags = [words for tag, words in page.elements if tag == "meta"]
    return {words["property"] or "": words["content"] for words in tags if "property" in words}


def names() -> set[str]:
    """The cards that a stranger can have; the database must say the same."""
    there = {card.name for card in StoryCard.objects.all() if _file(card.name)}
    assert there == {card.name for card in StoryCard.objects.filter(public=True, placed=True)}
    return there


def _file(name: str) -> bool:
    there: bool = (settings.MEDIA_DIR / name).exists()
    return there


def test_a_story_without_a_photo_has_a_drawn_card_from_the_moment_it_is_public(
    committing: Committing,
) -> None:
    with committing():
        article = make_article(headline="Hull seven is late")

    (name,) = names()
    said = social(article)
    assert said["og:image"] == f"http://localhost:8000/media/{name}"
    assert (said["og:image:width"], said["og:image:height"]) == ("1200", "630")
    assert (said["og:image:type"], said["og:image:alt"]) == ("image/jpeg", "Hull seven is late")
    content = (settings.MEDIA_DIR / name).read_bytes()
    assert opened(content).size == (1200, 630)
    assert len(content) < CARD_WEIGHT


def test_a_changed_headline_is_a_new_card_and_the_old_one_is_gone(committing: Committing) -> None:
    with committing():
        article = make_article(headline="Seven ships")
    (old,) = names()
    words = make_words(headline="Eight ships", section=article.section)
    save_revision(article.pk, words, editor=None, began_from=1)

    with committing():
        publish_changes(article.pk, PublicChange("update"), editor=None)

    (new,) = names()
    assert new != old
    assert social(article)["og:image"] == f"http://localhost:8000/media/{new}"


def test_a_changed_text_under_the_same_headline_keeps_the_card(committing: Committing) -> None:
    with committing():
        article = make_article(headline="Seven ships")
    before = names()
    words = make_words(headline="Seven ships", body="<p>New.</p>", section=article.section)
    save_revision(article.pk, words, editor=None, began_from=1)

    with committing():
        publish_changes(article.pk, PublicChange("update"), editor=None)

    assert names() == before


def test_a_withdrawn_storys_card_is_gone_and_comes_back_with_it(committing: Committing) -> None:
    with committing():
        article = make_article()
    before = names()

    with committing():
        withdraw(article.pk, editor=None, note="Gone.")
    assert names() == set()

    with committing():
        publish(article.pk, editor=None, announce=False)
    assert names() == before


def test_a_draft_has_no_card() -> None:
    make_draft()

    assert not StoryCard.objects.exists()


def test_a_story_that_gets_a_photo_has_no_drawn_card_any_more(committing: Committing) -> None:
    with committing():
        article = make_article()
    photo = make_photo(soon=False)
    words = make_words(lead_photo=photo, section=article.section)
    save_revision(article.pk, words, editor=None, began_from=1)

    with committing():
        publish_changes(article.pk, PublicChange("update"), editor=None)

    assert names() == set()
    plain = photo.renditions.get()
    assert social(article)["og:image"] == f"http://localhost:8000/media/{plain.name}"


def test_a_photo_is_quoted_by_its_card_as_soon_as_that_is_made(committing: Committing) -> None:
    upload = ContentFile(saved("JPEG", size=(1400, 900)), name="ship")
    photo = add_photo(upload, alt="A grey ship", soon=False)
    with committing():
        article = make_article(lead_photo=photo)
        make_renditions(photo.pk)

    said = social(article)

    card = photo.renditions.get(purpose="card")
    assert said["og:image"] == f"http://localhost:8000/media/{card.name}"
    assert (said["og:image:width"], said["og:image:height"]) == ("1200", "630")
    assert said["og:image:alt"] == "A grey ship"


def test_the_sweep_draws_what_a_killed_process_promised(committing: Committing) -> None:
    article = make_article()  # Killed: its on_commit hooks never run here.
    assert names() == set()

    sweep_cards()

    assert len(names()) == 1
    withdraw(article.pk, editor=None, note="Gone.")  # Killed as well.
    sweep_cards()
    assert names() == set()


@pytest.mark.parametrize("of", ["section", "title"])
def test_another_name_of_the_section_or_the_title_is_another_card(
    of: str, committing: Committing
) -> None:
    with committing():
        article, beside = make_article(), make_article()
    before, readers = names(), Readers()
    page = article.get_absolute_url()
    readers.stored(page)

    with committing():
        if of == "section":
            edit(Section, article.section, name="Deep sea")
        else:
            Site.objects.update_or_create(pk=1, defaults={"name": "The Other Watch"})
            title_edited(card=True)
    readers.stored(page)
    with committing():
        sweep_cards()

    after = names()
    assert len(after - before) == (1 if of == "section" else 2)
    assert len(after) == 2
    assert not readers.get(page).from_store
    assert social(article)["og:image"] in {f"http://localhost:8000/media/{name}" for name in after}
    sweep_cards()
    assert names() == after
    assert beside.drawn_cards.filter(public=True).count() == 1


def test_a_lost_card_is_drawn_again(committing: Committing) -> None:
    with committing():
        article = make_article()
    card = StoryCard.objects.get()
    for file in (rendition_file(card.name), settings.MEDIA_DIR / card.name):
        file.unlink()

    place_cards(article.pk)

    assert names() == {card.name}


def test_a_card_that_cannot_be_placed_stops_no_other(
    monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    from articles.services import cards

    first, _second = make_article(), make_article()
    real = cards.place_cards

    def fails_for_the_first(article_id: int) -> None:
        if article_id == first.pk:
            raise OSError("No space left on device")
        real(article_id)

    monkeypatch.setattr(cards, "place_cards", fails_for_the_first)

    sweep_cards()

    assert len(names()) == 1
    assert [record.message for record in caplog.records] == ["card not placed"]


# Lists -------------------------------------------------------------------------------------


def make_cut_photo(alt: str) -> Photo:
    photo = add_photo(ContentFile(saved("JPEG", size=(1400, 900)), name="p"), alt=alt, soon=False)
    make_renditions(photo.pk)
    return photo


def quoted(path: str) -> tuple[str | None, str | None]:
    """The picture that the head of this page names, and what it says of it."""
    page = Page(Client().get(path).content.decode())
    said = {tag.get("property"): tag.get("content") for tag in page.all("meta")}
    return said.get("og:image"), said.get("og:image:alt")


def card_of(photo: Photo) -> str:
    return f"http://localhost:8000/media/{photo.renditions.get(purpose='card').name}"


def test_a_list_is_quoted_by_its_newest_photo_and_an_author_by_the_portrait(
    committing: Committing,
) -> None:
    ship, face = make_cut_photo("A grey ship"), make_cut_photo("")
    author, topic = make_author("Ada Berg", portrait=face), make_topic()
    words: dict[str, Any] = {"section": make_section(), "bylines": (author,), "topics": (topic,)}
    with committing():
        make_article(lead_photo=ship, **words)
        make_article(**words)

    for row in (words["section"], topic):
        assert quoted(row.get_absolute_url()) == (card_of(ship), "A grey ship")
    assert quoted("/pictures/") == (card_of(ship), "A grey ship")
    assert quoted(author.get_absolute_url()) == (card_of(face), "Ada Berg")


def test_a_list_without_a_photo_is_quoted_by_the_titles_card(committing: Committing) -> None:
    with committing():
        draw_site_card()
        article = make_article()
        make_draft(section=article.section, lead_photo=make_cut_photo("Not yet"))
    site = Site.current()
    own = (f"http://localhost:8000/media/{site.card}", site.name)

    assert article.section is not None
    for path in (article.section.get_absolute_url(), "/latest/", "/pictures/", "/archive/"):
        assert quoted(path) == own, path
    assert quoted(article.bylines.get().get_absolute_url()) == own
