"""The five places of the front page, as editors give them."""

import pytest

from articles.errors import ArticleError
from articles.front import places
from articles.models import Article, FrontSlot
from articles.services import clear_place, move_on_front, place_on_front, withdraw
from articles.services import front as front_services
from tests.makers import make_article, make_draft, make_section

pytestmark = pytest.mark.django_db


@pytest.fixture
def stories() -> list[Article]:
    section = make_section()
    return [make_article(headline=f"Story {n}", section=section) for n in range(7)]


def arrange(*articles: Article | None) -> None:
    for position, article in enumerate(articles, start=1):
        if article is not None:
            FrontSlot.objects.create(position=position, article=article)


def arrangement() -> list[int | None]:
    given = dict(FrontSlot.objects.values_list("position", "article_id"))
    return [given.get(place) for place in range(1, 6)]


def test_a_story_takes_an_empty_place(stories: list[Article]) -> None:
    fallen = place_on_front(stories[0].pk, 3)

    assert arrangement() == [None, None, stories[0].pk, None, None]
    assert fallen is None


def test_a_new_lead_moves_the_others_down_to_the_next_empty_place(stories: list[Article]) -> None:
    a, b, new, d = (story.pk for story in stories[:4])
    arrange(stories[0], stories[1], None, stories[3])

    place_on_front(new, 1)

    assert arrangement() == [new, a, b, d, None]


def test_a_story_at_the_end_moves_the_others_up_to_the_empty_place(stories: list[Article]) -> None:
    a, b, c, d, new = (story.pk for story in stories[:5])
    arrange(None, *stories[:4])

    place_on_front(new, 5)

    assert arrangement() == [a, b, c, d, new]


def test_where_no_place_is_empty_the_last_story_leaves_the_page(stories: list[Article]) -> None:
    arrange(*stories[:5])

    fallen = place_on_front(stories[6].pk, 1)

    assert arrangement() == [stories[6].pk, *(story.pk for story in stories[:4])]
    assert fallen == stories[4].pk


@pytest.mark.parametrize(
    ("moved", "position", "expected"),
    [(0, 4, [1, 2, 3, 0, 4]), (4, 1, [4, 0, 1, 2, 3]), (2, 3, [0, 1, 2, 3, 4])],
)
def test_a_moved_story_closes_the_gap_it_leaves(
    stories: list[Article], moved: int, position: int, expected: list[int]
) -> None:
    arrange(*stories[:5])

    place_on_front(stories[moved].pk, position)

    assert arrangement() == [stories[n].pk for n in expected]


def test_up_and_down_change_places_with_the_neighbour_and_stop_at_the_ends(
    stories: list[Article],
) -> None:
    a, b = stories[0].pk, stories[1].pk
    arrange(stories[0], stories[1])

    move_on_front(b, -1)
    assert arrangement()[:3] == [b, a, None]

    move_on_front(b, -1)
    move_on_front(a, 1)
    assert arrangement()[:3] == [b, None, a]


def test_moving_a_story_that_another_editor_took_off_changes_nothing(
    stories: list[Article],
) -> None:
    arrange(stories[0])

    move_on_front(stories[1].pk, -1)
    clear_place(stories[1].pk)

    assert arrangement() == [stories[0].pk, None, None, None, None]


def test_a_cleared_place_stays_empty_for_the_newest(stories: list[Article]) -> None:
    arrange(stories[0], stories[1], stories[2])

    clear_place(stories[1].pk)

    assert arrangement()[:3] == [stories[0].pk, None, stories[2].pk]
    assert places()[1] == (2, stories[6], False)


def test_the_desk_sees_the_places_as_readers_do(stories: list[Article]) -> None:
    arrange(None, stories[0])

    assert places() == [
        (1, stories[6], False),
        (2, stories[0], True),
        (3, stories[5], False),
        (4, stories[4], False),
        (5, stories[3], False),
    ]


@pytest.mark.parametrize("position", [0, 6, -1])
def test_there_are_five_places(stories: list[Article], position: int) -> None:
    with pytest.raises(ArticleError):
        place_on_front(stories[0].pk, position)


def test_only_what_readers_see_has_a_place(stories: list[Article]) -> None:
    withdrawn = withdraw(stories[0].pk, editor=None, note="Wrong.")

    for hidden in (withdrawn, make_draft()):
        with pytest.raises(ArticleError, match="published"):
            place_on_front(hidden.pk, 1)

    assert arrangement() == [None] * 5


def test_a_withdrawn_story_leaves_no_row_behind(stories: list[Article]) -> None:
    arrange(stories[0], stories[1])

    withdraw(stories[0].pk, editor=None, note="Wrong.")

    assert arrangement() == [None, stories[1].pk, None, None, None]


def test_an_editor_who_meets_another_one_sees_what_was_done_and_goes_on(
    stories: list[Article], monkeypatch: pytest.MonkeyPatch
) -> None:
    arrange(stories[0])
    truly, looks = front_services._slots, iter([True])

    def outdated() -> list[FrontSlot]:
        """At the first look the other editor's row is not committed yet."""
        return [] if next(looks, False) else truly()

    monkeypatch.setattr(front_services, "_slots", outdated)

    place_on_front(stories[1].pk, 1)

    assert arrangement() == [stories[1].pk, stories[0].pk, None, None, None]
