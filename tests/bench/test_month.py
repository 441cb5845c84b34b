"""The simulated month, small: the house's own code on a clock that the test moves."""

from datetime import UTC, datetime

import pytest

from bench._month import simulate

pytestmark = pytest.mark.django_db


def test_nobody_gets_a_story_twice_or_loses_one_over_a_clock_change() -> None:
    begin = datetime(2026, 10, 21, tzinfo=UTC)  # Europe's clocks go back on the 25th.

    seen = simulate(begin=begin, days=7, stories=25, readers=50)

    assert {fault: number for fault, number in seen.faults.items() if number} == {}
    assert seen.stories > seen.mails > seen.digests > 50
