"""Stories that come before readers when their embargo is over."""

from datetime import timedelta

import pytest
import time_machine
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from articles import search
from articles.models import Article
from articles.search import Query
from articles.services import (
    PublicChange,
    lift_embargoes,
    publish_changes,
    refresh_pictures,
    save_revision,
    withdraw,
)
from tests.conftest import Committing
from tests.makers import make_article, make_photo, make_words
from tests.press.asking import Site

pytestmark = pytest.mark.django_db
HOUR = timedelta(hours=1)


def embargo(article: Article) -> None:
    """Until an hour from now, as a row that says so."""
    Article.objects.filter(pk=article.pk).update(embargo_until=timezone.now() + HOUR)
    refresh_pictures([photo.pk for photo in [article.live.lead_photo] if photo])  # type: ignore[union-attr]  # Published.


def test_stored_pages_show_a_story_when_its_embargo_is_over(committing: Committing) -> None:
    story = make_article(headline="Seven frigates", lead_photo=make_photo())
    beside = make_article(see_also=(story,))
    with committing():
        embargo(story)
    search.sweep()
    site = Site()
    pages = ["/", "/latest/", "/feed/", beside.get_absolute_url()]
    assert not any(b"Seven frigates" in site.stored(page).body for page in pages)
    name = story.live.lead_photo.renditions.get().name  # type: ignore[union-attr]  # As above.
    assert site.get(f"/media/{name}").status == 404

    with time_machine.travel(timezone.now() + HOUR), committing():
        assert lift_embargoes() == 1

        assert all(b"Seven frigates" in site.get(page).body for page in pages)
        assert site.get(story.get_absolute_url()).status == 200
        assert search.count(Query("frigates")) == (1, False)
    assert site.get(f"/media/{name}").status == 200
    assert lift_embargoes() == 0


def test_a_correction_made_under_embargo_is_shown_with_the_story(committing: Committing) -> None:
    story = make_article(headline="Seven frigates")
    with committing():
        embargo(story)
    save_revision(story.pk, make_words(headline="Eight"), editor=None, began_from=1)
    told = PublicChange("correction", reason="Wrong.", wrong="Seven.", right="Eight ships.")
    publish_changes(story.pk, told, editor=None)
    site = Site()
    pages = ["/corrections/", "/corrections/feed/"]
    assert not any(b"Eight ships." in site.stored(page).body for page in pages)

    with time_machine.travel(timezone.now() + HOUR), committing():
        lift_embargoes()

        assert all(b"Eight ships." in site.get(page).body for page in pages)


def test_stories_of_one_embargo_are_purged_at_once() -> None:
    """Of two purges, the later could hold a row out of its order."""
    stories = [make_article() for _ in range(2)]
    for story in stories:
        embargo(story)

    with (
        time_machine.travel(timezone.now() + HOUR),
        CaptureQueriesContext(connection) as queries,
    ):
        assert lift_embargoes() == 2

    assert sum("INSERT INTO press_pagepath" in query["sql"] for query in queries) == 1


def test_before_its_moment_nothing_is_lifted() -> None:
    story = make_article()
    embargo(story)

    assert lift_embargoes() == 0
    assert not Article.objects.published().exists()


def test_a_story_withdrawn_meanwhile_stays_withdrawn() -> None:
    story = make_article()
    embargo(story)
    withdraw(story.pk, editor=None, note="It was wrong.")

    with time_machine.travel(timezone.now() + HOUR):
        assert lift_embargoes() == 0
