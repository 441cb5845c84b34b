"""Numbers at the desk: what is counted, what is drawn, and that nobody is watched for it."""

import re
from datetime import UTC, date, datetime, timedelta
from itertools import pairwise
from typing import Any
from xml.etree import ElementTree as ET

import pytest
import time_machine
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.utils import timezone
from hypothesis import given
from hypothesis import strategies as st

from newsroom.accounts.models import Role
from newsroom.mail.models import Delivery
from newsroom.mail.services import suppress
from subscriptions import charts
from subscriptions.charts import Words, column_chart, line_chart, scale_for
from subscriptions.models import Event, Subscriber, Subscription
from subscriptions.services import leave, numbers
from tests.mail.notices import make_sent
from tests.makers import make_subscriber, make_topic
from tests.subscriptions.test_admin import make_person

PAGE = "/admin/subscriptions/subscriber/numbers/"
WORDS = Words("days", "Days", "From 1 to 2.", "Day", ["came", "went"])


@pytest.fixture
def editor(client: Client) -> Client:
    from newsroom.desk.roles import assign_roles

    assign_roles()
    client.force_login(make_person(Role.EDITOR))
    return client


def make_joined(at: datetime, left: datetime | None = None, **more: Any) -> Subscriber:
    reader = make_subscriber(confirmed_at=at, wants_since=at, **more)
    Subscription.objects.filter(subscriber=reader).update(wished_at=at)
    Event.objects.create(subscriber=reader, what="confirmed", at=at)
    if left is not None:
        Event.objects.create(subscriber=reader, what="left", at=left)
        Subscriber.objects.filter(pk=reader.pk).update(state="left", left_at=left)
    return reader


@pytest.mark.django_db
@time_machine.travel(datetime(2026, 11, 25, 12, tzinfo=UTC), tick=False)
def test_the_days_are_reckoned_back_from_today() -> None:
    make_joined(datetime(2026, 10, 1, tzinfo=UTC))
    make_joined(datetime(2026, 11, 23, 9, tzinfo=UTC))
    make_joined(datetime(2026, 11, 23, 9, tzinfo=UTC), left=datetime(2026, 11, 25, 9, tzinfo=UTC))
    make_subscriber(state="pending")

    found = numbers.subscribers_by_day(4)

    assert [(day.day, count) for day, count in found] == [(22, 1), (23, 3), (24, 3), (25, 2)]


@pytest.mark.django_db
@time_machine.travel(datetime(2026, 11, 25, 12, tzinfo=UTC), tick=False)
def test_days_and_weeks_are_those_of_the_titles_zone(settings: Any) -> None:
    settings.TIME_ZONE = "Asia/Tokyo"
    make_joined(datetime(2026, 11, 22, 16, tzinfo=UTC))  # Monday, one in the morning there.

    assert numbers.subscribers_by_day(4)[-3:-1] == [
        (date(2026, 11, 23), 1), (date(2026, 11, 24), 1),
    ]  # fmt: skip
    assert numbers.joins_and_leaves(2) == [
        (date(2026, 11, 16), 0, 0), (date(2026, 11, 23), 1, 0),
    ]  # fmt: skip


@pytest.mark.django_db
@time_machine.travel(datetime(2026, 11, 25, 12, tzinfo=UTC), tick=False)
def test_who_came_and_went_is_told_by_week_and_for_one_wish_or_rhythm() -> None:
    topic = make_topic("Ice")
    word = f"topic:{topic.pk}"
    last_week, this_week = (datetime(2026, 11, day, tzinfo=UTC) for day in (18, 24))
    make_joined(last_week, left=this_week, wishes={word: "daily"})
    make_joined(last_week, wishes={word: "weekly"})
    make_joined(this_week)

    def told(rows: numbers.Weeks) -> list[tuple[int, int]]:
        return [(came, went) for _monday, came, went in rows]

    assert told(numbers.joins_and_leaves(2)) == [(2, 0), (1, 1)]
    assert told(numbers.wish_joins_and_leaves(2, word=word)) == [(2, 0), (0, 1)]
    assert told(numbers.wish_joins_and_leaves(2, cadence="daily")) == [(1, 0), (0, 1)]
    assert told(numbers.wish_joins_and_leaves(2, word="all")) == [(0, 0), (1, 0)]


@pytest.mark.django_db
def test_wishes_are_counted_by_rhythm_with_who_came_and_left() -> None:
    topic = make_topic("Ice")
    for cadence in ("daily", "daily", "weekly"):
        make_subscriber(wishes={f"topic:{topic.pk}": cadence})
    leave(make_subscriber(wishes={f"topic:{topic.pk}": "daily"}).pk)
    make_subscriber()

    first, second = numbers.wishes(30)

    assert (first.name, first.cells) == ("Topic: Ice", [0, 2, 1, 3, 4, 1])
    assert (second.name, second.total) == ("Each new story", 1)


@pytest.mark.django_db
def test_someone_who_never_confirmed_and_withdraws_is_nobody_who_left() -> None:
    leave(make_subscriber(state="pending").pk)

    assert [event.what for event in Event.objects.all()] == ["withdrew"]
    assert sum(went for _monday, _came, went in numbers.joins_and_leaves(4)) == 0


@pytest.mark.django_db
def test_a_mailing_tells_what_was_sent_came_back_and_failed() -> None:
    delivery = make_sent("ann@example.org")
    Delivery.objects.filter(pk=delivery.pk).update(state="bounced")

    (row,) = numbers.mailings()

    assert (row.sent, row.failed, row.bounced, row.others) == (0, 0, 1, 0)


@pytest.mark.django_db
def test_those_who_are_subscribed_and_get_nothing_are_told() -> None:
    suppress(make_subscriber().address, "hard_bounce")
    leave(make_subscriber().pk)

    assert numbers.counts_now()["stopped"] == 1


@pytest.mark.django_db
@pytest.mark.parametrize(
    "query",
    ["", "?days=365", "?days=x", "?wish=all&rhythm=daily", "?wish=topic:99&rhythm=x",
     f"?wish=topic:{'9' * 5000}"],
)  # fmt: skip
def test_the_page_says_each_chart_in_words_and_as_a_table(editor: Client, query: str) -> None:
    make_joined(timezone.now() - timedelta(days=3))

    page = editor.get(f"{PAGE}{query}").content.decode()

    drawings = re.findall(r'<svg class="chart.*?</svg>', page, re.DOTALL)
    assert len(drawings) == 2  # No mailing yet, so no third.
    for drawing in drawings:
        root = ET.fromstring(drawing)  # noqa: S314 - Our own.
        named = root.attrib["aria-labelledby"].split()
        assert [child.attrib["id"] for child in root[:2]] == named
        assert all(child.text for child in root[:2])
    assert page.count("<summary>As a table</summary>") == 2


@pytest.mark.django_db
def test_the_page_needs_no_style_or_script_of_its_own(editor: Client) -> None:
    make_sent()
    page = editor.get(PAGE).content.decode()
    content = page[page.index('<div class="readers">') :]

    assert "style=" not in content
    assert "<script" not in content.partition("</main>")[0]
    assert "http" not in content.partition("</main>")[0].replace("http://www.w3.org", "")


@pytest.mark.django_db
def test_whoever_may_not_see_subscribers_may_not_see_the_numbers(client: Client) -> None:
    from newsroom.desk.roles import assign_roles

    assign_roles()
    client.force_login(make_person(Role.REPORTER))

    assert client.get(PAGE).status_code == 403


@pytest.mark.django_db
def test_the_page_takes_as_many_queries_for_many_as_for_one(editor: Client) -> None:
    def count() -> int:
        editor.get(PAGE)
        with CaptureQueriesContext(connection) as asked:
            editor.get(PAGE)
        return len(asked)

    make_subscriber(wishes={f"topic:{make_topic().pk}": "daily"})
    make_sent()
    few = count()
    for _ in range(20):
        make_subscriber(wishes={f"topic:{make_topic().pk}": "daily"})
        make_sent()

    assert count() == few


@given(st.lists(st.integers(-(10**7), 10**7), min_size=1, max_size=30))
def test_every_value_has_room_and_the_marks_are_few_and_whole(values: list[int]) -> None:
    scale = scale_for(values)

    assert all(charts.TOP <= scale.y(value) <= charts.HEIGHT - charts.BOTTOM for value in values)
    marks = scale.marks()
    assert 2 <= len(marks) <= 9
    assert [mark.at for mark in marks] == sorted((mark.at for mark in marks), reverse=True)


@given(st.lists(st.integers(0, 10**6), min_size=1, max_size=400))
def test_a_line_has_a_point_for_each_value_within_the_drawing(values: list[int]) -> None:
    drawn = line_chart(WORDS, [(str(place), value) for place, value in enumerate(values)])

    points = [tuple(map(float, point.split(","))) for point in drawn.line.split()]
    assert len(points) == max(len(values), 2)
    assert all(drawn.left <= x <= drawn.right and 0 <= y <= drawn.height for x, y in points)
    assert len(drawn.below) <= 5


@given(st.integers(1, 60))
def test_names_below_do_not_touch_in_the_letters_of_a_phone(columns: int) -> None:
    drawn = column_chart(WORDS, [("29 Nov", [1])] * columns)

    places = [mark.at for mark in drawn.below]
    apart = [after - before for before, after in pairwise(places)]
    assert all(room >= charts.LETTER * len("29 Nov") for room in apart)


def test_columns_stand_on_each_other_and_those_who_left_hang_below() -> None:
    drawn = column_chart(WORDS, [("Mon", [30, 10]), ("Tue", [0, 0])], down=[1])

    came, went = drawn.boxes
    assert came.y + came.height == pytest.approx(drawn.base)
    assert went.y == drawn.base
    assert came.height == pytest.approx(3 * went.height, abs=0.5)
    assert went.words == "Mon: went 10"


@pytest.mark.django_db
@time_machine.travel("2026-11-25T12:00Z", tick=False)
def test_a_day_begins_at_midnight_in_every_zone(settings: Any) -> None:
    """Also where that is at a quarter past an hour of UTC: Kathmandu is 5:45 ahead."""
    settings.TIME_ZONE = "Asia/Kathmandu"
    reader = make_subscriber()
    Event.objects.all().delete()
    for moment in ("2026-11-22T18:14:59.999999Z", "2026-11-22T18:15:00Z"):
        Event.objects.create(
            subscriber=reader, what="confirmed", at=datetime.fromisoformat(moment)
        )

    days = dict(numbers.subscribers_by_day(4))
    weeks = numbers.joins_and_leaves(2)

    assert [days[date(2026, 11, day)] for day in (22, 23)] == [0, 1]
    assert weeks == [(date(2026, 11, 16), 1, 0), (date(2026, 11, 23), 1, 0)]
