"""Moderators hear that something waits, at most once an hour."""

from datetime import UTC, datetime

import pytest
import time_machine
from django.contrib.auth.models import Group

from articles.models import Article
from comments.models import Comment
from comments.tasks import remind_moderators
from newsroom.accounts.models import Role, User
from newsroom.mail.models import Delivery
from tests.makers import make_comment, make_staff, make_user

pytestmark = pytest.mark.django_db
NINE = datetime(2026, 11, 24, 9, 10, tzinfo=UTC)


def make_moderator(email: str) -> User:
    person = make_user(email, is_staff=True)
    group, _ = Group.objects.get_or_create(name=Role.MODERATOR)
    person.groups.add(group)
    return person


def told() -> list[str]:
    return sorted(Delivery.objects.values_list("address__typed", flat=True))


def test_each_moderator_is_told_once_in_an_hour(story: Article) -> None:
    make_moderator("mo@example.org")
    make_moderator("di@example.org")
    make_comment(story, state=Comment.State.PENDING)

    for minute in (10, 15, 59):
        with time_machine.travel(NINE.replace(minute=minute), tick=False):
            remind_moderators()

    assert told() == ["di@example.org", "mo@example.org"]


def test_the_next_hour_they_are_told_again_while_something_waits(story: Article) -> None:
    make_moderator("mo@example.org")
    make_comment(story, state=Comment.State.PENDING)

    for hour in (9, 10):
        with time_machine.travel(NINE.replace(hour=hour), tick=False):
            remind_moderators()
    Comment.objects.update(state=Comment.State.SPAM)
    with time_machine.travel(NINE.replace(hour=11), tick=False):
        remind_moderators()

    assert told() == ["mo@example.org"] * 2


def test_nobody_is_told_when_nothing_waits(story: Article) -> None:
    make_moderator("mo@example.org")
    make_comment(story)

    remind_moderators()

    assert told() == []


def test_only_those_who_moderate_are_told(story: Article) -> None:
    make_moderator("mo@example.org")
    make_staff("admin@example.org")
    make_user("reader@example.org")
    gone = make_moderator("gone@example.org")
    gone.is_active = False
    gone.save()
    make_comment(story, state=Comment.State.PENDING)

    remind_moderators()

    assert told() == ["mo@example.org"]


def test_where_nobody_moderates_the_administrators_are_told(story: Article) -> None:
    make_staff("admin@example.org")
    make_comment(story, state=Comment.State.PENDING)

    remind_moderators()

    assert told() == ["admin@example.org"]
