"""The address of a story or a list may change; what once led to it still does."""

import random
from contextlib import suppress

import pytest
from django.test import Client

from articles.errors import ArticleError, ChangeError
from articles.models import Article, Author, Redirect, Section, Topic
from articles.services import change_address, publish, withdraw
from articles.shown import every_page
from tests.articles.test_shown import edit
from tests.conftest import Committing
from tests.makers import (
    make_article,
    make_author,
    make_comment,
    make_draft,
    make_section,
    make_topic,
)
from tests.press.asking import Site

pytestmark = pytest.mark.django_db


def moved(slug: str = "new") -> Article:
    """A story that was published at `.../old/` and then given another slug."""
    article = make_article(headline="Old")
    return change_address(article.pk, slug, editor=None)


def address_of(response: object) -> str:
    return str(getattr(response, "headers", {}).get("Location"))


def test_month_and_feed_id_stay() -> None:
    article = make_article(headline="Old")
    month, feed_id = str(article.path)[:8], article.feed_id

    changed = change_address(article.pk, "New address", editor=None)

    assert (changed.path, changed.slug) == (f"{month}new-address", "new-address")
    assert changed.feed_id == feed_id


def test_the_old_address_leads_on_in_one_step() -> None:
    article = moved()
    old = str(article.path).replace("new", "old")

    response = Client().get(f"/{old}/?page=2")

    assert response.status_code == 301
    assert address_of(response) == f"/{article.path}/?page=2"


def test_two_changes_make_no_chain() -> None:
    article = moved("middle")
    change_address(article.pk, "last", editor=None)

    for slug in ("old", "middle"):
        response = Client().get(f"/{str(article.path).replace('middle', slug)}/")

        assert (response.status_code, address_of(response)[-6:]) == (301, "/last/")


def test_changing_back_makes_no_loop() -> None:
    article = moved()

    back = change_address(article.pk, "old", editor=None)

    assert Client().get(back.get_absolute_url()).status_code == 200
    assert address_of(Client().get(f"/{article.path}/")) == back.get_absolute_url()
    assert Redirect.objects.count() == 1


@pytest.mark.parametrize("seed", range(6))
def test_however_stories_move_every_address_leads_to_a_story_in_one_step(seed: int) -> None:
    chance = random.Random(seed)  # noqa: S311  # Repeatable, and no secret.
    stories = [make_article(headline=name) for name in ("One", "Two", "Three")]
    addresses = {story.get_absolute_url() for story in stories}

    for _ in range(12):
        story = chance.choice(stories)
        with suppress(ChangeError):  # Another story stands there.
            story = change_address(story.pk, chance.choice("abcd"), editor=None)
        addresses.add(Article.objects.get(pk=story.pk).get_absolute_url())

    live = {story.get_absolute_url() for story in Article.objects.all()}
    for address in addresses:
        response = Client().get(address)
        assert response.status_code == (200 if address in live else 301), address
        assert address in live or address_of(response) in live


def test_the_same_slug_again_changes_nothing() -> None:
    article = moved()

    change_address(article.pk, "new", editor=None)

    assert Redirect.objects.count() == 1


def test_a_new_story_may_take_an_old_address_and_wins_there() -> None:
    article = moved()

    heir = make_article(headline="Old")

    assert str(heir.path) == str(article.path).replace("new", "old")
    assert Client().get(heir.get_absolute_url()).status_code == 200


def test_what_moved_last_from_an_address_is_found_there() -> None:
    moved()
    heir = make_article(headline="Old")
    old = heir.get_absolute_url()

    heir = change_address(heir.pk, "heir", editor=None)

    assert address_of(Client().get(old)) == heir.get_absolute_url()


def test_another_storys_address_is_refused() -> None:
    make_article(headline="Taken")
    article = make_article(headline="Free")

    with pytest.raises(ChangeError, match="Another story"):
        change_address(article.pk, "taken", editor=None)

    article.refresh_from_db()
    assert str(article.path).endswith("/free")


@pytest.mark.parametrize("slug", ["", "  ", "!!!", "🚢"])
def test_an_address_needs_a_letter(slug: str) -> None:
    article = make_article()

    with pytest.raises(ChangeError, match="at least one letter"):
        change_address(article.pk, slug, editor=None)


def test_a_draft_has_no_address_to_change() -> None:
    with pytest.raises(ArticleError, match="never public"):
        change_address(make_draft().pk, "new", editor=None)


def test_a_withdrawn_story_keeps_its_note_at_every_address() -> None:
    article = moved()
    withdraw(article.pk, editor=None, note="It was wrong.")

    response = Client().get(f"/{str(article.path).replace('new', 'old')}/", follow=True)

    assert response.status_code == 410
    assert "It was wrong." in response.content.decode()


def test_it_may_return_to_readers_at_its_new_address() -> None:
    article = moved()
    withdraw(article.pk, editor=None, note="It was wrong.")

    publish(article.pk, editor=None)

    assert Client().get(f"/{article.path}/").status_code == 200


def test_the_conversation_follows() -> None:
    article = moved()
    comment = make_comment(article=article)
    old = str(article.path).replace("new", "old")

    conversation = Client().get(f"/{old}/comments/")
    one = Client().get(f"/{old}/comments/{comment.pk}/")

    assert address_of(conversation) == f"/{article.path}/comments/"
    assert address_of(one) == f"/{article.path}/comments/{comment.pk}/"


def test_a_comment_sent_to_the_old_address_is_sent_again_to_the_new() -> None:
    article = moved()
    old = str(article.path).replace("new", "old")

    response = Client().post(
        f"/{old}/comments/", {"body": "Well seen."}, headers={"Sec-Fetch-Site": "same-origin"}
    )

    assert (response.status_code, address_of(response)) == (308, f"/{article.path}/comments/")


# Lists -------------------------------------------------------------------------------------


class Sea:
    """A section, a topic and an author, each with the slug "a", and a story of theirs."""

    def __init__(self) -> None:
        self.section, self.topic = make_section(slug="a"), make_topic(slug="a")
        self.author = make_author(slug="a")
        make_article(section=self.section, topics=(self.topic,), bylines=(self.author,))

    def rename(self, slug: str) -> None:
        for row in (self.section, self.topic, self.author):
            row.refresh_from_db()
            edit(type(row), row, slug=slug)


def leads_to(address: str) -> str:
    response = Client().get(address)
    return address if response.status_code == 200 else address_of(response)


@pytest.mark.parametrize("kind", ["section", "topic", "author"])
def test_a_list_and_its_feed_are_found_at_their_old_slug(kind: str) -> None:
    sea = Sea()

    sea.rename("b")

    assert leads_to(f"/{kind}/a/") == f"/{kind}/b/"
    assert leads_to(f"/{kind}/a/?page=2") == f"/{kind}/b/?page=2"
    assert leads_to(f"/{kind}/a/feed/") == f"/{kind}/b/feed/"
    assert Client().get(f"/{kind}/a/").status_code == 301
    assert Client().get(f"/{kind}/z/").status_code == 404


def test_lists_that_move_often_make_no_chain_and_no_loop() -> None:
    sea = Sea()

    for slug in "bcabd":
        sea.rename(slug)

    for kind in ("section", "topic", "author"):
        assert [leads_to(f"/{kind}/{slug}/") for slug in "abcd"] == [f"/{kind}/d/"] * 4
    assert Redirect.objects.count() == 9


def test_a_new_list_wins_at_the_old_address_of_another() -> None:
    Sea().rename("b")

    heir = make_topic("Heir", slug="a")
    before = leads_to("/topic/a/")
    make_article(topics=(heir,))

    assert before == "/topic/b/"  # Nobody may know of a topic without a story.
    assert leads_to("/topic/a/") == "/topic/a/"
    edit(Topic, heir, slug="c")
    assert leads_to("/topic/a/") == "/topic/c/"


def test_no_old_slug_leads_to_what_is_not_public() -> None:
    section, topic, author = make_section(slug="a"), make_topic(slug="a"), make_author(slug="a")
    make_draft(topics=(topic,))
    rows: list[tuple[type[Section | Topic | Author], Section | Topic | Author]]
    rows = [(Section, section), (Topic, topic), (Author, author)]
    for model, row in rows:
        edit(model, row, slug="secret")
    section.delete()
    author.delete()

    for kind in ("section", "topic", "author"):
        assert Client().get(f"/{kind}/a/").status_code == 404


def test_no_stored_page_links_to_the_old_address(committing: Committing) -> None:
    """Every page there is, stored before the slugs change and asked for again after it."""
    sea, site = Sea(), Site()
    pages = [path for path in every_page() if site.get(path).status == 200]
    old = [f"/{kind}/a/".encode() for kind in ("section", "topic", "author")]
    assert sum(any(link in site.get(path).body for link in old) for path in pages) >= 8

    with committing():
        sea.rename("b")

    showing = {path for path in pages for link in old if link in site.get(path).body}
    assert showing == set()
