"""Kill who brings in a list: it goes on or says where it stopped, and makes nobody twice."""

import json
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest
from django.conf import settings

from tests.processes.conftest import MakeHouse
from tests.processes.house import House, wait_until

pytestmark = pytest.mark.processes
PEOPLE, KILLS = 4_000, 2
TERMS = ["--origin", "The letter of before", "--consented-on", "2024-05-31", "--confirm"]
KEEP = """
from datetime import date
from subscriptions.services import Terms, keep_list
terms = Terms("Before", consented_on=date(2024, 5, 31), confirm=True, welcome=True)
with open({file!r}, "rb") as content:
    answer = keep_list(content, name="list.csv", terms=terms).pk
"""


@pytest.fixture
def people(tmp_path: Path) -> Path:
    file = tmp_path / "list.csv"
    names = (f"reader{number}@example.org" for number in range(PEOPLE))
    file.write_text("email\n" + "\n".join(names) + "\n")
    return file


def test_a_killed_worker_is_gone_on_for_by_the_next(make_house: MakeHouse, people: Path) -> None:
    house = make_house()
    for name in ("broker", "beat", "mailing"):
        house.start(name)
    worker = house.start("house")
    kept = house.python(KEEP.format(file=str(people)))
    wait_until(lambda: state(house, kept) == "checked", 120, "the list is checked")
    house.python(f"from subscriptions.services import bring_in; bring_in({kept})")

    for _ in range(KILLS):
        wait_for_more(house, kept)
        house.kill(worker)
        assert state(house, kept) == "running"
        assert counts(house, kept) == {"made": subscribers(house)}  # What the desk shows is true.
        worker = house.start("house")
    wait_until(lambda: state(house, kept) == "done", 120, "all were brought in")

    assert counts(house, kept) == {"made": PEOPLE}
    assert each_once(house)
    welcomes = house.rows("SELECT count(*), count(DISTINCT address_id) FROM mail_delivery")
    assert welcomes == [(PEOPLE, PEOPLE)]
    again = house.python(KEEP.format(file=str(people)))
    wait_until(lambda: state(house, again) == "checked", 120, "the list is checked again")
    assert counts(house, again) == {"there": PEOPLE}


def test_a_killed_command_says_where_it_stopped_and_may_be_run_again(
    make_house: MakeHouse, people: Path
) -> None:
    house = make_house()
    command = begin(house, people)
    wait_until(lambda: subscribers(house) > 1_000, 60, "it is at work")
    house.kill(command)

    made = subscribers(house)
    assert 0 < made < PEOPLE
    assert counts(house, 1) == {"made": made}

    assert begin(house, people).wait(timeout=60) == 0
    assert counts(house, 2) == {"there": made, "made": PEOPLE - made}
    assert each_once(house)

    for name in ("broker", "beat", "mailing", "house"):
        house.start(name)
    wait_until(lambda: state(house, 1) == "done", 60, "a worker goes on with the first")
    assert counts(house, 1) == {"made": made, "there": PEOPLE - made}
    assert each_once(house)


def test_a_list_whose_reader_is_killed_is_read_to_its_end_by_a_worker(
    make_house: MakeHouse, tmp_path: Path
) -> None:
    house = make_house()
    file = tmp_path / "long.csv"
    file.write_text("email\n" + "".join(f"r{n}@example.org\n" for n in range(20_000)))
    command = begin(house, file)
    wait_until(lambda: lines(house) > 0, 60, "it is being read")
    house.kill(command)
    assert state(house, 1) == "reading"
    assert 0 < lines(house) < 20_000

    for name in ("broker", "beat", "house", "mailing"):
        house.start(name)
    wait_until(lambda: state(house, 1) == "checked", 90, "it is read and checked")

    assert lines(house) == of_import(house, "total", 1) == 20_000
    assert counts(house, 1) == {"made": 20_000}
    assert subscribers(house) == 0


def begin(house: House, file: Path) -> subprocess.Popen[bytes]:
    process = subprocess.Popen(  # noqa: S603 - The house's own command.
        [sys.executable, "manage.py", "import_subscribers", str(file), *TERMS],
        env=house.environment, cwd=settings.BASE_DIR, start_new_session=True,
        stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL,
    )  # fmt: skip
    house.running.append(process)
    return process


def of_import(house: House, column: str, pk: int) -> Any:
    sql = f"SELECT {column} FROM subscriptions_import WHERE id = {pk}"  # noqa: S608 - The test's own.
    return next(iter(house.rows(sql)), (None,))[0]


def wait_for_more(house: House, pk: int) -> None:
    before = done(house, pk)
    wait_until(lambda: done(house, pk) > before, 60, "some more were brought in")


def state(house: House, pk: int) -> str | None:
    return of_import(house, "state", pk)  # type: ignore[no-any-return]


def done(house: House, pk: int) -> int:
    return of_import(house, "done_to", pk) or 0


def counts(house: House, pk: int) -> Any:
    return json.loads(of_import(house, "counts", pk))


def subscribers(house: House) -> int:
    return int(house.rows("SELECT count(*) FROM subscriptions_subscriber")[0][0])


def lines(house: House) -> int:
    return int(house.rows("SELECT count(*) FROM subscriptions_importline")[0][0])


def each_once(house: House) -> bool:
    """Whether everybody has one wish and was brought and confirmed once, and nobody is missing."""
    wishes = house.rows(
        "SELECT count(*), count(DISTINCT subscriber_id) FROM subscriptions_subscription"
    )
    events = house.rows(
        "SELECT what, count(*), count(DISTINCT subscriber_id) FROM subscriptions_event"
        " GROUP BY what ORDER BY what"
    )
    return (
        subscribers(house) == PEOPLE
        and wishes == [(PEOPLE, PEOPLE)]
        and events == [("confirmed", PEOPLE, PEOPLE), ("imported", PEOPLE, PEOPLE)]
    )
