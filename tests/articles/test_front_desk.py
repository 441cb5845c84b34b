"""The front page at the desk: one page, whose buttons work without a script."""

from typing import Any

import pytest
from django.contrib.auth.models import Group
from django.test import Client
from django.urls import reverse

from articles.front import front_page
from articles.models import Article, BreakingLine, FrontSlot
from articles.services import end_breaking_line, set_breaking_line
from newsroom.accounts.models import User
from tests.makers import make_article, make_draft, make_section, make_user

pytestmark = pytest.mark.django_db
PAGE = "/admin/articles/frontslot/"
VERBS = ("place", "move", "clear", "breaking", "breaking-end")


def make_desk(role: str) -> User:
    user = make_user(is_staff=True)
    user.groups.add(Group.objects.get(name=role))
    return user


@pytest.fixture
def editor(client: Client) -> User:
    user = make_desk("editor")
    client.force_login(user)
    return user


@pytest.fixture
def stories() -> list[Article]:
    section = make_section()
    return [make_article(headline=f"Story {n}", section=section) for n in range(6)]


def arrangement() -> dict[int, int]:
    return dict(FrontSlot.objects.values_list("position", "article_id"))


def test_the_page_shows_the_places_as_they_stand(
    client: Client, editor: User, stories: list[Article]
) -> None:
    FrontSlot.objects.create(position=2, article=stories[0])

    html = client.get(PAGE).content.decode()

    assert html.count("By itself: the newest") == 4
    assert html.count("Placed by an editor") == 1
    assert html.index("Story 5") < html.index("Story 0") < html.index("Story 4")


def test_a_story_is_placed_moved_and_removed_by_buttons(
    client: Client, editor: User, stories: list[Article]
) -> None:
    a, b = stories[0].pk, stories[1].pk

    client.post(f"{PAGE}place/", {"story": a, "position": 1})
    client.post(f"{PAGE}place/", {"story": b, "position": 2})
    client.post(f"{PAGE}move/", {"story": b, "up": ""})
    assert arrangement() == {1: b, 2: a}

    client.post(f"{PAGE}move/", {"story": b, "down": ""})
    client.post(f"{PAGE}clear/", {"story": b})
    assert arrangement() == {1: a}


def test_who_loses_the_last_place_is_named(
    client: Client, editor: User, stories: list[Article]
) -> None:
    for position, story in enumerate(stories[:5], start=1):
        FrontSlot.objects.create(position=position, article=story)

    page = client.post(f"{PAGE}place/", {"story": stories[5].pk, "position": 1}, follow=True)

    assert "“Story 4” lost its place" in page.content.decode()
    assert "“Story 5” stands in place 1." in page.content.decode()


@pytest.mark.parametrize("story", ["", "abc", "999999", "9" * 40, "-1"])
def test_a_story_that_is_none_changes_nothing(
    client: Client, editor: User, stories: list[Article], story: str
) -> None:
    FrontSlot.objects.create(position=1, article=stories[0])

    assert client.post(f"{PAGE}place/", {"story": story, "position": 1}).status_code == 422
    assert client.post(f"{PAGE}move/", {"story": story, "up": ""}).status_code == 302
    assert client.post(f"{PAGE}clear/", {"story": story}).status_code == 302

    assert arrangement() == {1: stories[0].pk}


def test_a_draft_is_no_choice(client: Client, editor: User) -> None:
    draft = make_draft(headline="Secret")

    page = client.post(f"{PAGE}place/", {"story": draft.pk, "position": 1})

    assert page.status_code == 422
    assert "Secret" not in page.content.decode()
    assert arrangement() == {}


def test_a_move_that_comes_too_late_says_so(
    client: Client, editor: User, stories: list[Article]
) -> None:
    page = client.post(f"{PAGE}move/", {"story": stories[0].pk, "up": ""}, follow=True)

    assert "Somebody else changed the front page" in page.content.decode()


def test_without_a_script_the_newest_stories_can_be_chosen(
    client: Client, editor: User, stories: list[Article]
) -> None:
    html = client.get(PAGE).content.decode()

    for story in stories:
        assert f'<option value="{story.pk}">' in html


def test_a_line_is_set_and_ended(client: Client, editor: User, stories: list[Article]) -> None:
    typed = {"text": "Trial called off", "link": stories[0].get_absolute_url(), "hours": 4}

    page = client.post(f"{PAGE}breaking/", typed, follow=True)

    line = front_page().breaking
    assert line is not None
    assert (line.text, line.set_by) == ("Trial called off", editor)
    assert str(editor) in page.content.decode()
    client.post(f"{PAGE}breaking-end/")
    assert front_page().breaking is None
    assert "Trial called off" in client.get(reverse("admin:articles_breakingline_changelist")).text


def test_a_line_lasts_two_hours_unless_told_otherwise(client: Client, editor: User) -> None:
    assert '<option value="2" selected>' in client.get(PAGE).content.decode()


@pytest.mark.parametrize(
    ("field", "value"),
    [("text", ""), ("text", "x" * 121), ("link", "https://elsewhere.example/"), ("hours", "13")],
)
def test_a_line_that_cannot_stand_is_refused_at_its_field_with_all_that_was_typed(
    client: Client, editor: User, field: str, value: str
) -> None:
    typed: dict[str, Any] = {"text": "Trial called off", "link": "/latest/", "hours": "4"}

    page = client.post(f"{PAGE}breaking/", typed | {field: value})

    assert page.status_code == 422
    assert page.context["breaking_form"].errors.keys() == {field}
    assert 'value="/latest/"' in page.content.decode() or field == "link"
    assert not BreakingLine.objects.exists()


def test_nothing_is_changed_by_get(client: Client, editor: User) -> None:
    for verb in VERBS:
        assert client.get(f"{PAGE}{verb}/").status_code == 405


@pytest.mark.parametrize("role", ["reporter", "moderator"])
def test_who_does_not_publish_does_not_arrange(
    client: Client, role: str, stories: list[Article]
) -> None:
    client.force_login(make_desk(role))
    set_breaking_line("Trial called off", editor=None)

    assert client.get(PAGE).status_code == 403
    for verb in VERBS:
        fields = {"story": stories[0].pk, "position": 1, "text": "Mine", "hours": 2}
        assert client.post(f"{PAGE}{verb}/", fields).status_code == 403

    assert arrangement() == {}
    assert BreakingLine.objects.running().get().text == "Trial called off"
    end_breaking_line()


def test_a_stranger_is_sent_to_sign_in(stories: list[Article]) -> None:
    for verb in ("", *(f"{verb}/" for verb in VERBS)):
        assert Client().post(f"{PAGE}{verb}").status_code == 302

    assert arrangement() == {}
