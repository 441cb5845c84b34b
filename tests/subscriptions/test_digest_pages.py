"""The editions' pages are kept as files, and none is served after what it shows has changed."""

from datetime import UTC, date, datetime, timedelta
from io import StringIO

import pytest
import time_machine
from django.core.management import call_command
from django.test import Client

from articles.models import Article
from articles.services import (
    PublicChange,
    change_address,
    publish,
    publish_changes,
    save_revision,
    withdraw,
)
from articles.services.drafts import newest_of
from newsroom.kit.models import Site as Title
from newsroom.mail.models import Mailing
from newsroom.press import store
from subscriptions import shown
from subscriptions.models import Edition
from subscriptions.services import make_editions
from tests.conftest import Committing
from tests.makers import make_article, make_author, make_staff, make_words
from tests.press.asking import Site, kept_connections

pytestmark = pytest.mark.django_db
DAY = date(2026, 11, 25)
PAGES = ("/digests/", "/digests/2026-11-25/", "/digests/feed/")


@pytest.fixture
def site() -> Site:
    return Site()


def make_edition(*stories: Article, day: date = DAY) -> Edition:
    ends_at = datetime(day.year, day.month, day.day, 7, tzinfo=UTC)
    edition = Edition.objects.create(
        on=day, cadence="daily", begins_at=ends_at - timedelta(days=1), ends_at=ends_at
    )
    edition.articles.set(stories)
    return edition


def keep(site: Site) -> None:
    """See that all three are kept."""
    for path in PAGES:
        site.get(path)
        assert site.get(path).from_store, path


def test_control_characters_do_not_break_the_feed(site: Site) -> None:
    Title.objects.create(pk=1, name="The\x02 Watch", tagline="Na\x0cvies")
    make_edition(make_article(headline="Bell\x07 and \ufffe", standfirst="\x1b[0m"))

    body = site.get("/digests/feed/").body.decode()

    assert not set(map(chr, (*range(9), 11, 12, *range(14, 32)))) & set(body)
    assert "Bell" in body


def test_rebuilding_the_pages_renders_every_edition(site: Site) -> None:
    make_edition(make_article())
    make_edition(make_article(), day=DAY - timedelta(days=400))

    with kept_connections():
        call_command("rebuild_pages", stdout=StringIO())

    for path in (*PAGES, "/digests/2025-10-21/"):
        assert site.get(path).from_store, path


def none_is_stale(site: Site) -> bool:
    return not any(site.get(path).from_store for path in PAGES)


def change(article: Article, **words: object) -> None:
    began_from = newest_of(Article.objects.get(pk=article.pk)).number
    kept = {"section": article.section, "bylines": tuple(article.bylines.all())}
    save_revision(article.pk, make_words(**(kept | words)), editor=None, began_from=began_from)
    publish_changes(article.pk, PublicChange("update"), editor=None)


def test_the_pages_are_kept_and_answered_as_django_answered_them(site: Site) -> None:
    make_edition(make_article(headline="Seven ships"))

    for path in PAGES:
        first, second = site.get(path), site.get(path)

        assert (first.from_store, second.from_store) == (False, True), path
        assert first.body == second.body
        assert b"Seven ships" in second.body
        assert "Set-Cookie" not in first.headers


def test_a_page_is_of_nobodys_host_language_or_cookie(site: Site) -> None:
    make_edition(make_article())

    for path in PAGES:
        plain = site.get(path).body
        store.remove([path])
        other = site.get(
            path, host="127.0.0.1:8000", accept_language="de-DE", cookie="theme=dark; csrftoken=a"
        )
        assert not other.from_store
        assert other.body == plain, path


@pytest.mark.parametrize("path", ["/digests/2026-11-24/", "/digests/?page=2", "/digests"])
def test_what_is_no_page_of_an_edition_is_not_kept(site: Site, path: str) -> None:
    make_edition(make_article())

    site.get(path)

    assert not site.get(path).from_store


@time_machine.travel(datetime(2026, 11, 25, 12, tzinfo=UTC), tick=False)
def test_a_new_edition_stands_on_the_pages_at_once(site: Site, committing: Committing) -> None:
    make_edition(make_article(headline="Of yesterday"), day=DAY - timedelta(days=1))
    site.get("/digests/")
    story = make_article(headline="Of today", announce=True)
    at_five = datetime(2026, 11, 25, 5, tzinfo=UTC)
    Mailing.objects.filter(key=f"article:{story.pk}").update(not_before=at_five)

    with committing():
        assert make_editions()

    assert not site.get("/digests/").from_store
    assert all(b"Of today" in site.get(path).body for path in PAGES)


def test_a_withdrawn_story_is_gone_from_every_page_at_once(
    site: Site, committing: Committing
) -> None:
    story = make_article(headline="Seven ships")
    make_edition(story, make_article(headline="Eight ships"))
    keep(site)

    with committing():
        withdraw(story.pk, editor=None, note="It was wrong.")

    assert none_is_stale(site)
    assert all(b"Seven ships" not in site.get(path).body for path in PAGES)

    with committing():
        publish(story.pk, editor=make_staff())

    assert none_is_stale(site)
    assert all(b"Seven ships" in site.get(path).body for path in PAGES)


def test_other_words_stand_there_at_once(site: Site, committing: Committing) -> None:
    story = make_article(headline="Seven ships")
    make_edition(story)
    keep(site)

    with committing():
        change(story, headline="Eight ships")

    assert none_is_stale(site)
    assert all(b"Eight ships" in site.get(path).body for path in PAGES)


def test_a_new_address_stands_there_at_once(site: Site, committing: Committing) -> None:
    story = make_article(headline="Seven ships")
    make_edition(story)
    keep(site)

    with committing():
        change_address(story.pk, "eight-ships", editor=make_staff())

    assert b"/eight-ships/" in site.get("/digests/2026-11-25/").body
    assert b"/eight-ships/" in site.get("/digests/feed/").body


def test_an_authors_new_name_stands_there_at_once(
    site: Site, committing: Committing, client: Client
) -> None:
    author = make_author("Ada One")
    make_edition(make_article(bylines=(author,)))
    keep(site)
    client.force_login(make_staff())

    with committing():
        typed = {"name": "Ada Two", "slug": author.slug, "position": "0"}
        answer = client.post(f"/admin/articles/author/{author.pk}/change/", typed)

    assert answer.status_code == 302, answer.content
    assert b"Ada Two" in site.get("/digests/2026-11-25/").body


def test_only_the_editions_that_hold_the_story_are_purged() -> None:
    story, other = make_article(), make_article()
    make_edition(story)
    make_edition(other, day=DAY - timedelta(days=1))

    assert shown.stories_changed([story.pk]) == set(PAGES)
    assert shown.stories_changed([make_article().pk]) == set()
    assert shown.stories_changed([]) == set()


def test_a_change_that_no_list_shows_purges_no_edition(site: Site, committing: Committing) -> None:
    story = make_article(headline="Seven ships", body="<p>Seven.</p>")
    make_edition(story)
    keep(site)

    with committing():
        change(story, headline="Seven ships", body="<p>Eight.</p>")

    assert all(site.get(path).from_store for path in PAGES)
