"""What stands on the front page."""

from datetime import timedelta
from typing import Any

import pytest
from django.test import Client
from django.utils import timezone

from articles.front import FEW_RECENT, RECENT, STRIP, STRIPS, Front, front_page
from articles.models import Article, FrontSlot, Kind, Section
from articles.services import publish, set_breaking_line, withdraw
from articles.services.front import PLACES
from tests.makers import make_article, make_author, make_photo, make_section

pytestmark = pytest.mark.django_db


def make_many(count: int, *sections: Section) -> list[Article]:
    """Stories a minute apart, the newest first, in the sections by turns."""
    now, author = timezone.now(), make_author()
    return [
        make_article(
            headline=f"Story number {n:03}.",
            section=sections[n % len(sections)],
            bylines=(author,),
            moment=now - timedelta(minutes=n),
        )
        for n in range(count)
    ]


def all_of(front: Front) -> list[int]:
    lead = [front.lead] if front.lead else []
    opinion = [front.opinion] if front.opinion else []
    strips = [story for strip in front.strips for story in strip.stories]
    return [story.pk for story in [*lead, *front.seconds, *front.recent, *opinion, *strips]]


def test_without_an_editors_order_the_newest_come_first() -> None:
    stories = make_many(30, make_section(), make_section())

    front = front_page()

    assert all_of(front)[: PLACES + RECENT] == [story.pk for story in stories[: PLACES + RECENT]]


def test_the_editors_order_holds_and_empty_places_take_the_newest() -> None:
    stories = make_many(12, make_section())
    FrontSlot.objects.create(position=1, article=stories[9])
    FrontSlot.objects.create(position=4, article=stories[11])

    front = front_page()

    assert front.lead == stories[9]
    assert front.seconds == [stories[0], stories[1], stories[11], stories[2]]


def test_a_story_stands_once_on_the_page() -> None:
    sections = [make_section() for _ in range(3)]
    stories = make_many(40, *sections)
    FrontSlot.objects.create(position=2, article=stories[30])

    html = Client().get("/").content.decode()

    shown = [html.count(f'href="{story.get_absolute_url()}"') for story in stories]
    assert max(shown) == 1
    assert sum(shown) == PLACES + RECENT + STRIP * len(sections)
    assert len(all_of(front_page())) == len(set(all_of(front_page())))


def test_a_withdrawn_story_gives_up_its_place() -> None:
    stories = make_many(6, make_section())
    FrontSlot.objects.create(position=1, article=stories[5])

    withdraw(stories[5].pk, editor=None, note="It was wrong.")

    assert front_page().lead == stories[0]
    assert stories[5].pk not in all_of(front_page())
    publish(stories[5].pk, editor=None)
    assert front_page().lead == stories[0], "It does not take its old place back."


def test_a_young_title_keeps_stories_for_its_sections() -> None:
    sections = [make_section() for _ in range(6)]
    make_many(24, *sections)

    front = front_page()

    assert len(front.recent) == FEW_RECENT
    assert [strip.section for strip in front.strips] == sections


def test_a_section_that_publishes_seldom_still_has_its_strip() -> None:
    busy, quiet = make_section(), make_section()
    old = make_many(3, quiet)
    Article.objects.update(first_published_at=timezone.now() - timedelta(days=400))
    make_many(60, busy)

    front = front_page()

    assert [strip.section for strip in front.strips] == [busy, quiet]
    assert {story.pk for story in front.strips[1].stories} == {story.pk for story in old}


def test_a_section_with_nothing_left_to_show_has_no_strip() -> None:
    make_section("Empty section")
    make_many(3, make_section())

    assert front_page().strips == []


def test_only_the_first_six_sections_of_the_menu_have_a_strip() -> None:
    sections = [make_section() for _ in range(8)]
    make_many(60, *sections)

    assert [strip.section for strip in front_page().strips] == sections[:STRIPS]


def test_a_section_with_nothing_left_leaves_its_strip_to_the_next_of_the_menu() -> None:
    empty = make_section()
    sections = [make_section() for _ in range(8)]
    make_many(60, *sections)

    strips = [strip.section for strip in front_page().strips]

    assert empty not in strips
    assert strips == sections[:STRIPS]


def test_the_newest_opinion_not_shown_above_stands_with_its_author() -> None:
    author = make_author("Ada Berg", portrait=make_photo())
    moment = timezone.now() - timedelta(days=9)
    make_article(kind=Kind.OPINION, moment=moment - timedelta(days=1))
    opinion = make_article(kind=Kind.OPINION, bylines=(author, make_author()), moment=moment)
    stories = make_many(9, make_section())
    shown_above = make_article(kind=Kind.OPINION)

    front = front_page()

    assert front.lead == shown_above
    assert front.opinion == opinion
    assert front.voice == author
    assert all_of(front).count(opinion.pk) == 1
    assert stories[0] in front.seconds


def test_of_several_authors_the_first_with_a_portrait_lends_the_opinion_a_face() -> None:
    faceless, author = make_author("Ada Berg"), make_author("Bo Dahl", portrait=make_photo())
    moment = timezone.now() - timedelta(days=9)
    opinion = make_article(kind=Kind.OPINION, bylines=(faceless, author), moment=moment)
    make_many(9, make_section())

    front = front_page()
    story = Client().get(opinion.get_absolute_url())

    assert (front.opinion, front.voice) == (opinion, author)
    assert 'class="opinion__portrait"' in Client().get("/").content.decode()
    assert story.context["voice"] == author
    assert 'class="story__portrait"' in story.content.decode()


def test_a_title_without_opinions_has_no_place_for_one() -> None:
    make_many(12, make_section())

    assert front_page().opinion is None
    assert b'id="opinion"' not in Client().get("/").content


@pytest.mark.parametrize("count", [0, 1, 3])
def test_a_title_with_few_stories_shows_them_and_nothing_empty(count: int) -> None:
    stories = make_many(count, make_section())

    html = Client().get("/").content.decode()

    for story in stories:
        assert html.count(f'href="{story.get_absolute_url()}"') == 1
    assert ("The first story will stand here" in html) == (count == 0)
    for absent in ('id="recent"', 'id="opinion"', "front__strips"):
        assert absent not in html
    assert ("front__seconds" in html) == (count > 1)


@pytest.mark.parametrize("count", [9, 60])
def test_the_page_costs_the_same_for_few_stories_and_for_many(
    count: int, django_assert_num_queries: Any
) -> None:
    sections = [make_section() for _ in range(7)]
    portrayed = make_author(portrait=make_photo())
    stories = make_many(count, *sections)
    old = timezone.now() - timedelta(days=30)
    make_article(kind=Kind.OPINION, bylines=(portrayed,), lead_photo=make_photo(), moment=old)
    FrontSlot.objects.create(position=2, article=stories[-1])
    set_breaking_line("Trial called off", editor=None)
    Client().get("/")

    # Twelve for what is shown, the page's version before and after, four to note its end.
    with django_assert_num_queries(18):
        Client().get("/")
