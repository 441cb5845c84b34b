"""From the commit to the file, and with a broker that is away or does not answer."""

import socket
from statistics import median

import pytest

from tests.processes.conftest import MakeHouse
from tests.processes.house import House, wait_until

pytestmark = pytest.mark.processes

PROMISE_ONE = """
import time
from datetime import timedelta
from django.db import transaction
from django.utils import timezone
from newsroom.mail.letters import Letter
from newsroom.mail.services import promise_letter
began = time.monotonic()
with transaction.atomic():
    expires_at = timezone.now() + timedelta(hours=1)
    promise_letter("one", "ann@example.org", Letter("A", "Text"), expires_at=expires_at)
answer = time.monotonic() - began
"""

TWENTY_MAILINGS = """
import time
from django.conf import settings
from django.db import transaction
from newsroom.mail.letters import Letter
from newsroom.mail.models import Address
from newsroom.mail.services import (
    add_rendering, fill_deliveries, find_or_make_address, promise_mailing, start_mailing
)
find_or_make_address("ann@example.org")
answer = []
for number in range(1, 21):
    with transaction.atomic():
        mailing = promise_mailing(f"article:{number}")
        rendering = add_rendering(mailing, Letter("A", "Text %%UNSUBSCRIBE%%"))
        fill_deliveries(mailing, rendering, Address.objects.values("pk"))
        start_mailing(mailing.pk)
    began = time.monotonic()
    while len(list(settings.OUTBOX_DIR.glob("*.eml"))) < number:
        assert time.monotonic() - began < 15
        time.sleep(0.01)
    answer.append(time.monotonic() - began)
"""


def files(house: House) -> int:
    return len(list((house.folder / "outbox").glob("*.eml")))


def test_the_file_is_there_two_seconds_after_the_commit(make_house: MakeHouse) -> None:
    house = make_house()
    house.start("broker")
    house.start("mailing")

    waits = house.python(TWENTY_MAILINGS)

    assert len(waits) == 20
    assert median(waits) < 2, waits


def test_a_letter_promised_while_the_broker_is_away_goes_out_when_it_is_back(
    make_house: MakeHouse,
) -> None:
    house = make_house()
    broker = house.start("broker")
    for name in ("letters", "mailing", "beat"):
        house.start(name, kept=True)
    house.python(PROMISE_ONE)
    wait_until(lambda: files(house) == 1, 60, "the workers work")

    house.kill(broker)
    seconds = house.python(PROMISE_ONE.replace('"one"', '"two"'))
    house.start("broker")

    assert seconds < 2
    wait_until(lambda: files(house) == 2, 65, "the second letter is in the outbox")


def test_a_broker_that_does_not_answer_holds_nobody_up(make_house: MakeHouse) -> None:
    with socket.create_server(
        ("127.0.0.1", 0), backlog=64
    ) as silent:  # Never accepts, never speaks.
        port = silent.getsockname()[1]
        house = make_house(REDIS_URL=f"redis://127.0.0.1:{port}/0")

        seconds = house.python(PROMISE_ONE)

    assert seconds < 2
    assert house.states() == {"queued": 1}
