"""A story's address may change; what once led to it still does."""

import random
from contextlib import suppress

import pytest
from django.test import Client

from articles.errors import ArticleError, ChangeError
from articles.models import Article, Redirect
from articles.services import change_address, publish, withdraw
from tests.makers import make_article, make_comment, make_draft

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
