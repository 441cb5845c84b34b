"""From an editor's Publish to the mail: the whole chain, with real processes."""

import socket
import threading
from collections import Counter
from collections.abc import Iterator
from contextlib import suppress
from statistics import median

import pytest

from tests.processes.conftest import MakeHouse
from tests.processes.house import House, wait_until
from tests.processes.test_mail_kills import KILLS, READERS, kill_often, open_count, recipients

pytestmark = pytest.mark.processes

SUBSCRIBE = "from tests.makers import make_subscriber\nmake_subscriber('ann@example.org')"
SUBSCRIBE_MANY = f"""
from django.db import transaction
from tests.makers import make_subscriber
with transaction.atomic():
    for number in range({READERS}):
        make_subscriber(f"reader{{number}}@example.org")
"""
PUBLISH = """
import time
from articles.models import Article
from articles.services import publish
from tests.makers import make_author, make_draft, make_section
number = Article.objects.count()
section = make_section(f"Section {number}", slug=f"of-story-{number}")
author = make_author(slug=f"of-story-{number}")
draft = make_draft(section=section, bylines=(author,), headline=f"Story {number}")
began = time.monotonic()
publish(draft.pk, editor=None)
answer = time.monotonic() - began
"""
PUBLISH_TWENTY = """
import time
from django.conf import settings
from django.db import transaction
from articles.services import publish
from tests.makers import make_draft
drafts, answer, moments = [make_draft() for _n in range(20)], [], []
for number, draft in enumerate(drafts, start=1):
    with transaction.atomic():
        publish(draft.pk, editor=None)
        transaction.on_commit(lambda: moments.append(time.monotonic()))
    while len(list(settings.OUTBOX_DIR.glob("*.eml"))) < number:
        assert time.monotonic() - moments[-1] < 15
        time.sleep(0.01)
    answer.append(time.monotonic() - moments[-1])
"""


def files(house: House) -> int:
    return len(list((house.folder / "outbox").glob("*.eml")))


def test_two_seconds_after_publishing_the_first_mail_is_there(make_house: MakeHouse) -> None:
    house = make_house()
    house.start("broker")
    house.start("mailing")
    house.python(SUBSCRIBE)

    waits = house.python(PUBLISH_TWENTY)

    print(f"median {median(waits):.3f} s, longest {max(waits):.3f} s")  # noqa: T201 - Wanted.
    assert len(waits) == 20
    assert median(waits) <= 2, waits


def test_a_story_for_two_thousand_is_mailed_once_whatever_is_killed(
    make_house: MakeHouse,
) -> None:
    house = make_house()
    house.start("broker")
    house.start("beat")
    house.python(SUBSCRIBE_MANY)
    house.python(PUBLISH)

    kill_often(house)
    seconds = wait_until(lambda: finished(house), 150, f"all sent: {house.states()}")

    states, delivered = house.states(), Counter(recipients(house.folder / "outbox"))
    print(f"{states}, {seconds:.1f} s after {KILLS} kills")  # noqa: T201 - Wanted.
    in_doubt, failed = states.pop("in_doubt", 0), states.pop("failed", 0)
    assert in_doubt <= KILLS
    assert states == {"sent": READERS - in_doubt - failed}
    assert len(delivered) >= states["sent"]
    assert set(delivered.values()) == {1}


def finished(house: House) -> bool:
    """Whether there is a row for each reader, and none that waits."""
    return sum(house.states().values()) == READERS and not open_count(house)


def test_publishing_does_not_wait_for_an_absent_broker(make_house: MakeHouse) -> None:
    house = make_house()
    broker = house.start("broker")
    for name in ("mailing", "house", "beat"):
        house.start(name, kept=True)
    house.python(SUBSCRIBE)
    house.python(PUBLISH)
    wait_until(lambda: files(house) == 1, 60, "the workers work")

    house.kill(broker)
    seconds = house.python(PUBLISH)
    house.start("broker")

    back = wait_until(lambda: files(house) == 2, 65, "the second story is in the outbox")
    print(f"publishing {seconds:.3f} s, mail {back:.1f} s after its return")  # noqa: T201 - Wanted.
    assert seconds < 2


def test_publishing_does_not_wait_for_a_broker_that_accepts_and_says_nothing(
    make_house: MakeHouse, silent: "SilentServer"
) -> None:
    house = make_house(REDIS_URL=f"redis://127.0.0.1:{silent.port}/0")
    house.python(SUBSCRIBE)

    seconds = house.python(PUBLISH)

    print(f"publishing {seconds:.3f} s")  # noqa: T201 - Wanted.
    assert silent.callers
    assert seconds < 2
    assert house.rows("SELECT state FROM mail_mailing") == [("filling",)]


class SilentServer:
    """Takes every call and never answers."""

    def __init__(self) -> None:
        self.socket = socket.create_server(("127.0.0.1", 0), backlog=64)
        self.port: int = self.socket.getsockname()[1]
        self.callers: list[socket.socket] = []
        self.thread = threading.Thread(target=self._accept, daemon=True)
        self.thread.start()

    def _accept(self) -> None:
        with suppress(OSError):  # Shut from the other thread.
            while True:
                self.callers.append(self.socket.accept()[0])

    def close(self) -> None:
        self.socket.shutdown(socket.SHUT_RDWR)
        self.thread.join(10)
        for held in (self.socket, *self.callers):
            held.close()


@pytest.fixture
def silent() -> Iterator[SilentServer]:
    server = SilentServer()
    yield server
    server.close()
