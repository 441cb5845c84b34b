"""Kill the mailing worker while it sends: each address gets its message, once."""

import email
import secrets
import subprocess
from collections import Counter
from email import policy
from pathlib import Path

import pytest

from tests.mail.smtp import SmtpServer
from tests.processes.conftest import MakeHouse
from tests.processes.house import House, wait_until

pytestmark = pytest.mark.processes
READERS, KILLS, CONNECTIONS = 2_000, 5, 3
PROMISE = f"""
from django.db import transaction
from newsroom.kit.models import Site
from newsroom.mail.letters import Letter
from newsroom.mail.models import Address
from newsroom.mail.services import (
    add_rendering, compared_form, fill_deliveries, promise_mailing, start_mailing
)
Site.objects.update_or_create(pk=1, defaults={{"postal_address": "1 Quay Street"}})
typed = [f"reader{{n}}@example.org" for n in range({READERS})]
Address.objects.bulk_create(Address(typed=t, compared=compared_form(t)) for t in typed)
with transaction.atomic():
    mailing = promise_mailing("article:1")
    words = Letter("A story", "Text %%UNSUBSCRIBE%%", "<p>Text</p> %%PREFERENCES%%")
    fill_deliveries(mailing, add_rendering(mailing, words), Address.objects.values("pk"))
    start_mailing(mailing.pk)
"""


def test_each_address_is_once_in_the_outbox_whatever_is_killed(make_house: MakeHouse) -> None:
    house = make_house()
    house.start("broker")
    house.start("beat")
    house.python(PROMISE)

    kill_often(house)
    wait_until(lambda: not open_count(house), 100, f"all sent: {house.states()}")

    delivered = Counter(recipients(house.folder / "outbox"))
    assert house.states() == {"sent": READERS}
    assert len(delivered) == READERS
    assert set(delivered.values()) == {1}


@pytest.mark.parametrize("pipelining", [False, True])
def test_a_real_server_gets_no_message_twice_and_doubt_is_shown(
    make_house: MakeHouse, *, pipelining: bool
) -> None:
    """Nobody waits for a lease: whoever comes after a killed worker reads its journal."""
    with SmtpServer(pipelining=pipelining) as server:
        variables = {"EMAIL_URL": f"smtp://127.0.0.1:{server.port}"}
        house = make_house(**variables, MAIL_CONNECTIONS=str(CONNECTIONS))
        house.start("broker")
        house.start("beat")
        house.python(PROMISE)

        kill_often(house)
        wait_until(lambda: not open_count(house), 100, f"all settled: {house.states()}")

        states, delivered = house.states(), Counter(server.taken)

    in_doubt = states.pop("in_doubt", 0)
    assert states == {"sent": READERS - in_doubt}
    assert in_doubt <= KILLS * CONNECTIONS
    assert set(delivered.values()) == {1}
    assert READERS - in_doubt <= len(delivered) <= READERS
    assert not list((house.folder / "mail-journal").iterdir())


def kill_often(house: House) -> None:
    """Five times: let the worker send for a while, then kill it and start another."""
    worker: subprocess.Popen[bytes] = house.start("mailing")
    for _ in range(KILLS):
        wait_for_some(house, finished_count(house) + 1 + secrets.randbelow(READERS // KILLS))
        house.kill(worker)
        worker = house.start("mailing")


def wait_for_some(house: House, goal: int) -> None:
    wait_until(lambda: finished_count(house) >= goal, 60, f"{goal} were sent")


def finished_count(house: House) -> int:
    return int(house.rows("SELECT count(*) FROM mail_delivery WHERE state = 'sent'")[0][0])


def open_count(house: House) -> int:
    sql = "SELECT count(*) FROM mail_delivery WHERE state IN ('queued', 'claimed', 'deferred')"
    return int(house.rows(sql)[0][0])


def recipients(folder: Path) -> list[str]:
    return [
        str(email.message_from_bytes(path.read_bytes(), policy=policy.default)["To"])
        for path in folder.glob("*.eml")
    ]
