"""Which stories stand below a story, and who is told when that changes."""

import json
import re
from collections.abc import Callable, Iterator
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
from django.core.management import call_command
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from articles import tasks
from articles.errors import ArticleError
from articles.models import Article, RelatedStory, SearchText
from articles.related import lists, refresh, refresh_due, refresh_old, related_to
from articles.related.choosing import Choice, choose
from articles.related.linked import paths_in
from articles.related.picks import allow, drop_pick, move_pick, pick, refuse
from articles.related.weights import Weights
from articles.services import (
    PublicChange,
    change_address,
    import_lines,
    place_on_front,
    publish_changes,
    save_revision,
    withdraw,
)
from articles.signals import related_changed
from tests.articles.test_queries import HIDDEN, hide
from tests.makers import make_article, make_draft, make_section, make_topic, make_words

pytestmark = pytest.mark.django_db

SHIPS = "<p>The frigate's hull was cut open in the yard, and a tender towed the frigate away.</p>"
OTHERS = (
    "<p>A budget of four billion was voted.</p>",
    "<p>Infantry marched over hills in rain.</p>",
    "<p>Satellites image the polar region daily.</p>",
    "<p>Pilots trained at night with goggles.</p>",
    "<p>Hackers probed ministry networks again.</p>",
    "<p>Engineers bridged a river by dawn.</p>",
)


@pytest.fixture
def told() -> Iterator[list[int]]:
    """Keys of the stories whose pages were said to show another list."""
    keys: list[int] = []

    def note(article_ids: list[int], **_: Any) -> None:
        keys.extend(article_ids)

    related_changed.connect(note)
    yield keys
    related_changed.disconnect(note)


def raised_by(act: Callable[[], object]) -> list[list[str]]:
    """The paths of each statement by which versions of pages were raised."""
    with CaptureQueriesContext(connection) as queries:
        act()
    raising = [query["sql"] for query in queries if "INSERT INTO press_pagepath" in query["sql"]]
    return [re.findall(r"'(/[^']*)'", sql) for sql in raising]


def make_fleet() -> tuple[Article, Article]:
    """Two stories of one ship among others of all sorts."""
    section = make_section()
    one = make_article(headline="Frigate hull", body=SHIPS, section=section)
    for body in OTHERS:
        make_article(body=body, section=section)
    two = make_article(headline="Hull of frigate", body=SHIPS, section=section)
    for body in OTHERS:
        make_article(body=body, section=section)
    return one, two


def below(article: Article, most: int = 4) -> list[Article]:
    return related_to(Article.objects.select_related("live").get(pk=article.pk), most)


def test_the_closest_story_comes_first_and_says_why() -> None:
    one, two = make_fleet()

    refresh_due()

    assert below(one)[0] == two
    row = RelatedStory.objects.get(article=one, other=two)
    assert row.score > 0.5
    words = set(row.because.lower().split(", "))
    assert words <= {"frigate", "hull", "tender", "yard", "cut", "open", "towed", "away"}
    assert "frigate" in words


def test_a_list_begins_with_the_publication_in_the_same_transaction() -> None:
    topic = make_topic()
    other = make_article(topics=(topic,))

    story = make_article(topics=(topic,))

    assert below(story) == [other]
    assert SearchText.objects.get(article=story).related_at is None


def test_the_task_chooses_for_a_new_story() -> None:
    one, two = make_fleet()
    refresh_due()
    story = make_article(headline="Frigate hull again", body=SHIPS)

    tasks.refresh_related()

    assert {one, two} == set(below(story)[:2])
    assert SearchText.objects.get(article=story).related_at is not None


def test_the_first_stories_find_each_other() -> None:
    stories = [make_article() for _ in range(3)]

    refresh_due()

    for story in stories:
        assert set(below(story)) == {*stories} - {story}
        assert SearchText.objects.get(article=story).related_at is None  # Short: it stays due.


def test_few_close_stories_are_joined_by_those_of_topics_then_section() -> None:
    section, topic = make_section(), make_topic()
    newest = make_article(body="<p>Alpha.</p>")
    of_section = make_article(section=section, body="<p>Beta.</p>")
    of_topic = make_article(topics=(topic,), body="<p>Gamma.</p>")
    story = make_article(section=section, topics=(topic,), body="<p>Delta.</p>")

    assert below(story) == [of_topic, of_section, newest]


@pytest.mark.parametrize("hidden", HIDDEN)
def test_nothing_hidden_is_related(hidden: Callable[..., Article]) -> None:
    one, _ = make_fleet()
    secret = hidden(headline="Frigate hull", body=SHIPS)

    refresh(SearchText.objects.all())

    assert secret not in below(one, most=8)
    assert not RelatedStory.objects.filter(other=secret).exists()


def test_a_story_hidden_later_is_not_shown_from_that_moment() -> None:
    one, two = make_fleet()
    refresh_due()

    hide(two, embargo_until=timezone.now() + timedelta(hours=1))

    assert two not in below(one, most=8)
    assert len(below(one)) == 4


def test_no_story_stands_below_itself_or_where_the_text_points_to_it() -> None:
    one, two = make_fleet()
    linked = make_article(headline="Frigate hull", body=SHIPS)
    moved = make_article(headline="Frigate hull", body=SHIPS)
    old_path = moved.path
    change_address(moved.pk, "elsewhere", editor=None)
    body = (
        f'{SHIPS}<p><a href="/{linked.path}/#x">here</a> <a href="http://[">bad</a>'
        f' <a href="/{old_path}/">there</a></p>'
    )
    story = make_article(headline="Frigate hull", body=body, see_also=(two,))

    refresh_due()

    assert set(below(story, most=8)).isdisjoint({story, two, linked, moved})
    assert below(story)[0] == one


def test_a_link_that_a_change_brings_takes_the_story_from_below_at_once() -> None:
    one, two = make_fleet()
    refresh_due()
    assert one.live is not None
    words = make_words(
        headline="Frigate hull",
        body=f'{SHIPS}<p><a href="/{two.path}/">See</a></p>',
        section=one.live.section,
    )

    save_revision(one.pk, words, editor=None, began_from=1)
    publish_changes(one.pk, PublicChange("update"), editor=None)

    assert two not in below(one, most=8)


@pytest.mark.parametrize(
    ("href", "found"),
    [
        ("/2026/11/hull/", {"2026/11/hull"}), ("/2026/11/hull", {"2026/11/hull"}),
        ("http://localhost:8000/2026/11/hull/?x#y", {"2026/11/hull"}),
        ("https://elsewhere.example/2026/11/hull/", set()), ("/section/sea/", set()),
        ("mailto:a@example.org", set()), ("http://[::1/2026/11/x/", set()),
        ("../hull/", {"2026/11/hull"}), ("../../../2026/11/hull/", {"2026/11/hull"}),
        ("../../10/hull/?x", {"2026/10/hull"}), ("history/", {"2026/11/own"}),
        ("http://127.0.0.1:8000/2026/11/hull/", {"2026/11/hull"}),
        ("//news.example/2026/11/hull/", {"2026/11/hull"}), ("http://[::1]/2026/11/hull/", {"2026/11/hull"}),
        ("http://news.example@evil.example/2026/11/hull/", set()),
    ],
)  # fmt: skip
def test_links_to_stories_are_seen(href: str, found: set[str], settings: Any) -> None:
    settings.SITE_URL = "http://localhost:8000"
    settings.ALLOWED_HOSTS = ["localhost", "127.0.0.1", "[::1]", "news.example", "*"]

    assert paths_in(f'<a href="{href}">there</a>', "2026/11/own") == found


def test_a_link_in_a_draft_is_relative_to_nothing() -> None:
    assert paths_in('<a href="2026/11/hull/">there</a>', None) == {"2026/11/hull"}


def test_withdrawing_takes_a_story_from_all_lists_and_purges_whose() -> None:
    one, two = make_fleet()
    refresh_due()
    listing = Article.objects.filter(related_rows__other=two)
    pages = {story.get_absolute_url() for story in listing}

    purges = raised_by(lambda: withdraw(two.pk, editor=None, note="Wrong."))

    assert one.get_absolute_url() in pages
    assert pages <= set(purges[0])
    assert two not in below(one, most=8)
    assert len(below(one)) == 4
    assert not RelatedStory.objects.filter(other=two).exists()
    assert not RelatedStory.objects.filter(article=two).exists()


def test_withdrawing_purges_those_who_picked_the_story() -> None:
    story, other = make_article(), make_article()
    pick(story.pk, other.pk)

    purges = raised_by(lambda: withdraw(other.pk, editor=None, note="Wrong."))

    assert story.get_absolute_url() in purges[0]
    assert below(story) == []


def test_a_withdrawal_raises_its_pages_once_whatever_led_to_the_story() -> None:
    one, two = make_fleet()
    pick(one.pk, two.pk)
    place_on_front(two.pk, 1)
    make_article(see_also=(two,))

    purges = raised_by(lambda: withdraw(two.pk, editor=None, note="Wrong."))

    assert len(purges) == 1  # Of two, the later would hold a row out of its order.
    assert {"/", one.get_absolute_url(), two.get_absolute_url()} <= set(purges[0])


def test_a_withdrawal_writes_to_texts_before_lists_as_who_chooses_does() -> None:
    """On PostgreSQL they would wait for each other in a circle."""
    _, two = make_fleet()
    refresh_due()

    with CaptureQueriesContext(connection) as queries:
        withdraw(two.pk, editor=None, note="Wrong.")

    written = [" ".join(query["sql"].split()[:3]) for query in queries]
    of_texts = written.index('UPDATE "articles_searchtext" SET')
    assert of_texts < written.index('DELETE FROM "articles_relatedstory"')


def test_a_story_withdrawn_before_a_list_that_names_it_is_written_is_not_in_it(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    one, two = make_fleet()

    def choose_slowly(row: SearchText, weights: Weights) -> list[Choice]:
        chosen = choose(row, weights)
        assert two.pk in {choice.article_id for choice in chosen}
        withdraw(two.pk, editor=None, note="Wrong.")
        return chosen

    monkeypatch.setattr(lists, "choose", choose_slowly)
    refresh(SearchText.objects.filter(article=one))

    assert not RelatedStory.objects.filter(other=two).exists()


def test_only_lists_that_change_are_told(told: list[int]) -> None:
    one, two = make_fleet()
    refresh_due()
    told.clear()

    assert refresh(SearchText.objects.all()) == []
    assert told == []

    withdraw(two.pk, editor=None, note="Wrong.")
    told.clear()
    fresh = make_article(headline="Frigate hull", body=SHIPS)
    changed = refresh(SearchText.objects.filter(article__in=[one, fresh]))

    assert set(changed) == set(told)
    assert one.pk in changed


def test_the_nightly_task_refreshes_old_lists_in_batches(told: list[int]) -> None:
    one, _ = make_fleet()
    refresh_due()
    make_article(headline="Frigate hull", body=SHIPS)
    refresh_due()
    SearchText.objects.update(related_at=timezone.now() - timedelta(days=1))
    told.clear()

    assert refresh_old(most=3)[0] == 3
    tasks.refresh_all_related()

    assert refresh_old()[0] == 0
    assert one.pk in told
    assert len(told) == len(set(told))


def test_a_text_that_changes_is_due_again() -> None:
    one, _ = make_fleet()
    refresh_due()
    assert one.live is not None
    words = make_words(headline="Budget", body=OTHERS[0], section=one.live.section)

    save_revision(one.pk, words, editor=None, began_from=1)
    publish_changes(one.pk, PublicChange("update"), editor=None)
    refresh_due()

    row = one.related_rows.first()
    assert row is not None
    assert "billion" in row.because


def test_picks_come_first_in_their_order(told: list[int]) -> None:
    one, two = make_fleet()
    refresh_due()
    far, farther = below(one, most=8)[-2:]
    told.clear()

    pick(one.pk, far.pk)
    pick(one.pk, farther.pk)
    pick(one.pk, far.pk)
    move_pick(one.pk, farther.pk, -1)
    move_pick(one.pk, farther.pk, -1)
    refresh_due()

    assert below(one)[:3] == [farther, far, two]
    assert set(told) == {one.pk}
    drop_pick(one.pk, farther.pk)
    assert below(one)[:2] == [far, two]


def test_what_cannot_be_picked_is_refused_with_the_reason() -> None:
    linked, draft = make_article(), make_draft()
    story = make_article(see_also=(linked,))

    for other in (story, draft, linked):
        with pytest.raises(ArticleError):
            pick(story.pk, other.pk)
    for _ in range(4):
        pick(story.pk, make_article().pk)
    with pytest.raises(ArticleError, match="four"):
        pick(story.pk, make_article().pk)


def test_not_this_one_removes_for_good_until_it_is_taken_back() -> None:
    one, two = make_fleet()
    refresh_due()

    refuse(one.pk, two.pk)
    refuse(one.pk, two.pk)
    refresh(SearchText.objects.all())

    assert two not in below(one, most=8)
    assert one in below(two)  # It was said of the one story alone.
    allow(one.pk, two.pk)
    refresh_due()
    assert below(one)[0] == two


def test_picking_takes_a_refusal_back_and_refusing_a_pick() -> None:
    story, other = make_article(), make_article()

    refuse(story.pk, other.pk)
    pick(story.pk, other.pk)
    assert below(story) == [other]
    refuse(story.pk, other.pk)
    assert below(story) == []


def test_a_story_withdrawn_meanwhile_gets_no_list() -> None:
    one, _ = make_fleet()
    row = SearchText.objects.select_related("article__live").get(article=one)
    withdraw(one.pk, editor=None, note="Wrong.")

    assert not lists._refresh(row, Weights())

    assert not RelatedStory.objects.filter(article=one).exists()


@pytest.mark.parametrize("stories", [3, 14])
def test_a_storys_list_takes_two_queries(stories: int, django_assert_num_queries: Any) -> None:
    for _ in range(stories):
        make_article()
    refresh_due()
    story = Article.objects.published().select_related("live")[0]

    with django_assert_num_queries(2):
        assert related_to(story)


def test_the_page_shows_the_list() -> None:
    one, two = make_fleet()
    refresh_due()

    html = Client().get(one.get_absolute_url()).content.decode()

    assert html.index("Related stories") < html.rindex(f'href="{two.get_absolute_url()}"')


def test_the_command_chooses_for_every_story(capsys: pytest.CaptureFixture[str]) -> None:
    one, two = make_fleet()

    call_command("refresh_related")

    assert below(one)[0] == two
    assert "14 of 14 stories" in capsys.readouterr().out


def test_real_stories_are_related_by_what_they_are_about(real_material: Path) -> None:
    lines = (real_material / "articles" / "dvids_full.jsonl").read_text().splitlines()
    rows = [json.loads(line) for line in lines]
    imported = (
        json.dumps({"headline": row["title"], "body": row["body"], "external_id": row["id"]})
        for row in rows
    )
    for report in import_lines(imported, folder=real_material):
        assert not report.failed

    refresh(SearchText.objects.all())

    assert _share(rows, "topic") >= 0.80
    assert _share(rows, "domain") >= 0.67


def _share(rows: list[dict[str, str]], label: str) -> float:
    labels = {row["id"]: row[label] for row in rows}
    same = [
        labels[other.external_id or ""] == labels[article.external_id or ""]
        for article in Article.objects.published().select_related("live")
        for other in related_to(article, most=5)
    ]
    assert len(same) == 5 * len(rows)
    return sum(same) / len(same)
