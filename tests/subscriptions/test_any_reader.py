"""Any reader with any hours and any stories: each once, in their hours, within their limit."""

from datetime import timedelta

import time_machine
from hypothesis import given, settings
from hypothesis import strategies as st
from hypothesis.extra.django import TestCase

from bench._month import BEGIN, ZONES, cheap_words, judge, work
from newsroom.mail.services import find_or_make_address
from subscriptions.models import Subscriber
from subscriptions.schedule import is_quiet
from subscriptions.services import set_wish
from tests.makers import make_article, make_author, make_section

BEGINS_BEFORE_THE_CHANGE = BEGIN + timedelta(days=12)  # Europe's clocks go back a day later.
HOURS = 24 * 3
hours = st.integers(0, 23)


@st.composite
def readers(draw: st.DrawFn) -> dict[str, object]:
    """Fields of a reader: quiet hours that may pass midnight, and a digest outside of them."""
    quiet_from, quiet_to = draw(st.one_of(st.just((None, None)), st.tuples(hours, hours)))
    if quiet_from == quiet_to:
        quiet_from = quiet_to = None
    loud = [hour for hour in range(24) if not is_quiet(hour, quiet_from, quiet_to)]
    return {
        "zone": draw(st.sampled_from(ZONES)),
        "hour": draw(st.sampled_from(loud)),
        "quiet_from": quiet_from,
        "quiet_to": quiet_to,
        "daily_cap": draw(st.one_of(st.none(), st.integers(1, 4))),
        "breaking_at_once": draw(st.booleans()),
    }


class AnyReader(TestCase):
    """Each example in a transaction of its own."""

    @settings(max_examples=6, deadline=None)
    @given(
        fields=readers(),
        cadence=st.sampled_from(["at_once", "daily"]),
        stories=st.lists(
            st.tuples(
                st.integers(0, HOURS - 1), st.sampled_from(["at_once", "breaking", "digest"])
            ),
            max_size=8,
        ),
    )
    def test_gets_each_story_once_at_a_time_that_suits(
        self, fields: dict[str, object], cadence: str, stories: list[tuple[int, str]]
    ) -> None:
        with time_machine.travel(BEGINS_BEFORE_THE_CHANGE, tick=False) as clock, cheap_words():
            section, author = make_section(), make_author()
            reader = self.make_reader(fields, cadence)
            for hour in range(HOURS + 24 * 3):
                clock.move_to(BEGINS_BEFORE_THE_CHANGE + timedelta(hours=hour, minutes=30))
                for at, choice in stories:
                    if at == hour:
                        make_article(
                            section=section, bylines=(author,), mail_choice=choice, announce=True
                        )
                work()
            seen = judge([reader])

        assert {fault: number for fault, number in seen.faults.items() if number} == {}
        assert seen.stories == len(stories)

    @staticmethod
    def make_reader(fields: dict[str, object], cadence: str) -> Subscriber:
        reader = Subscriber.objects.create(
            address=find_or_make_address("reader@example.org"),
            state="confirmed",
            confirmed_at=BEGIN,
            wants_since=BEGIN,
            **fields,
        )
        set_wish(reader, "all", cadence)
        return reader
