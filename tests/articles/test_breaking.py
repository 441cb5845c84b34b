"""The line above the lead, which ends by itself."""

from datetime import timedelta

import pytest
import time_machine
from django.conf import settings
from django.db import IntegrityError, transaction
from django.test import Client
from django.utils import timezone

from articles.errors import BreakingLineError
from articles.front import front_page
from articles.models import BreakingLine
from articles.services import (
    change_address,
    end_breaking_line,
    set_breaking_line,
    withdraw,
)
from tests.makers import make_article, make_author, make_draft, make_section, make_staff

pytestmark = pytest.mark.django_db
LASTING = timedelta(hours=2)


def test_a_line_stands_on_the_front_page_alone_and_names_who_set_it() -> None:
    story, editor = make_article(), make_staff()

    line = set_breaking_line(
        "  Trial \n called off ", link=story.get_absolute_url(), editor=editor
    )

    assert (line.text, line.set_by) == ("Trial called off", editor)
    assert line.ends_at - line.set_at == LASTING
    front = Client().get("/").content.decode()
    assert f'<a href="{story.get_absolute_url()}">Trial called off</a>' in front
    for elsewhere in ("/latest/", story.get_absolute_url(), story.section.get_absolute_url()):  # type: ignore[union-attr]  # Published.
        assert "Trial called off" not in Client().get(elsewhere).content.decode()


def test_a_line_ends_by_itself_and_says_when_the_page_changes() -> None:
    line = set_breaking_line("Trial called off", editor=None)
    assert front_page().changes_at == line.ends_at

    with time_machine.travel(line.ends_at, tick=False):
        assert front_page().breaking is None
        assert front_page().changes_at is None
        assert "Trial called off" not in Client().get("/").content.decode()


def test_one_line_runs_and_the_next_one_takes_its_place() -> None:
    first = set_breaking_line("Trial called off", editor=None)

    second = set_breaking_line("Trial is on again", editor=None)

    first.refresh_from_db()
    assert front_page().breaking == second
    assert first.ends_at == second.set_at
    assert list(BreakingLine.objects.all()) == [second, first]


def test_a_line_can_follow_one_that_ended_by_itself() -> None:
    with time_machine.travel(timezone.now() - timedelta(hours=3)):
        old = set_breaking_line("Trial called off", editor=None)

    new = set_breaking_line("Trial is on again", editor=None)

    ends_at = old.ends_at
    old.refresh_from_db()
    assert old.ends_at == ends_at
    assert front_page().breaking == new


def test_a_line_ended_by_hand_is_gone_at_once() -> None:
    set_breaking_line("Trial called off", editor=None)

    end_breaking_line()
    end_breaking_line()

    assert front_page().breaking is None


def test_a_line_that_leads_to_a_withdrawn_story_ends_with_it() -> None:
    story, other = make_article(), make_article()
    set_breaking_line("Trial called off", link=story.get_absolute_url(), editor=None)

    withdraw(other.pk, editor=None, note="Wrong.")
    assert front_page().breaking is not None

    withdraw(story.pk, editor=None, note="Wrong.")
    assert front_page().breaking is None


@pytest.mark.parametrize("page", ["", "history/"])
def test_a_line_ends_with_a_story_that_has_moved_since(page: str) -> None:
    story = make_article()
    set_breaking_line("Trial called off", link=f"{story.get_absolute_url()}{page}", editor=None)
    change_address(story.pk, "called-off", editor=None)
    assert front_page().breaking is not None

    withdraw(story.pk, editor=None, note="Wrong.")

    assert front_page().breaking is None


def test_a_line_stays_where_another_story_took_the_address_it_leads_to() -> None:
    moved, other = make_article(), make_article()
    old = moved.get_absolute_url()
    change_address(moved.pk, "elsewhere", editor=None)
    change_address(other.pk, old.split("/")[-2], editor=None)
    set_breaking_line("Trial called off", link=old, editor=None)

    withdraw(moved.pk, editor=None, note="Wrong.")
    assert front_page().breaking is not None

    withdraw(other.pk, editor=None, note="Wrong.")
    assert front_page().breaking is None


@pytest.mark.parametrize(
    ("text", "lasting", "field"),
    [
        ("", LASTING, "text"),
        (" \n ", LASTING, "text"),
        ("x" * 121, LASTING, "text"),
        ("Trial", timedelta(hours=12, seconds=1), "hours"),
        ("Trial", timedelta(0), "hours"),
        ("Trial", -LASTING, "hours"),
    ],
)
def test_what_cannot_stand_there_is_said_at_its_field(
    text: str, lasting: timedelta, field: str
) -> None:
    with pytest.raises(BreakingLineError) as error:
        set_breaking_line(text, lasting=lasting, editor=None)

    assert error.value.field == field
    assert not BreakingLine.objects.exists()


def test_the_longest_line_is_kept() -> None:
    line = set_breaking_line("x" * 120, lasting=timedelta(hours=12), editor=None)

    assert front_page().breaking == line


def test_a_line_leads_to_any_page_that_readers_find() -> None:
    story = make_article()
    rows = [story, story.section, story.bylines.get()]
    paths = [row.get_absolute_url() for row in rows if row is not None]

    for path in [*paths, "/latest/", "/", f"{story.get_absolute_url()}history/"]:
        for typed in (
            path,
            f"{settings.SITE_URL}{path}",
            f"http://127.0.0.1:8000{path}",
            f" {path} ",
        ):
            assert set_breaking_line("Trial", link=typed, editor=None).link == path


@pytest.mark.parametrize(
    "link",
    [
        "https://elsewhere.example/",
        "//elsewhere.example/",
        "http://[::1/",
        "javascript:alert(1)",
        "nonsense",
        "/admin/",
        "/accounts/login/",
        "/robots.txt",
        "/section/nowhere/",
        "/2026/11/nothing/",
        "/latest/?page=2",
        "/healthz",
        "/\0/",
        f"/search/{'x' * 300}/",
    ],
)
def test_a_line_leads_nowhere_else(link: str) -> None:
    with pytest.raises(BreakingLineError) as error:
        set_breaking_line("Trial", link=link, editor=None)

    assert error.value.field == "link"


def test_a_line_does_not_lead_to_what_readers_cannot_see() -> None:
    withdrawn = withdraw(make_article().pk, editor=None, note="Wrong.")
    assert make_draft().path is None

    with pytest.raises(BreakingLineError):
        set_breaking_line("Trial", link=withdrawn.get_absolute_url(), editor=None)


@pytest.mark.parametrize(
    ("text", "hours"), [("Trial", 12.1), ("Trial", -1), ("", 1)], ids=["long", "back", "empty"]
)
def test_the_database_refuses_what_the_service_never_writes(text: str, hours: float) -> None:
    now = timezone.now()

    with pytest.raises(IntegrityError), transaction.atomic():
        BreakingLine.objects.create(text=text, set_at=now, ends_at=now + timedelta(hours=hours))


def test_the_database_holds_one_current_line() -> None:
    now = timezone.now()
    rows = [BreakingLine(text="Trial", set_at=now, ends_at=now + LASTING) for _ in range(2)]

    with pytest.raises(IntegrityError), transaction.atomic():
        BreakingLine.objects.bulk_create(rows)


def test_of_two_editors_at_once_the_second_is_told(monkeypatch: pytest.MonkeyPatch) -> None:
    set_breaking_line("Trial called off", editor=None)
    monkeypatch.setattr(
        "articles.services.front.end_breaking_line", lambda **_: None
    )  # What the second one does not see yet.

    with pytest.raises(BreakingLineError, match="Another editor"):
        set_breaking_line("Trial is on", editor=None)


def test_what_an_editor_types_is_inert() -> None:
    make_article(section=make_section(), bylines=(make_author(),))

    set_breaking_line("<script>alert(1)</script>", editor=None)

    assert "<script>alert" not in Client().get("/").content.decode()


def test_a_line_runs_on_a_page_without_stories_too() -> None:
    set_breaking_line("Trial called off", editor=None)

    assert "Trial called off" in Client().get("/").content.decode()
