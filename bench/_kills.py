"""Real workers with a real broker, killed again and again while they send.

Run as `python -m bench._kills` with a DATA_DIR of its own; prints one line of JSON.
"""

import json
import os
import random
import signal
import subprocess
import time
from collections.abc import Callable
from contextlib import suppress

import django

from bench._sink import CountingSink

READERS, KILLS, FLUSHES = 6_000, 30, 2
CONNECTIONS, WORKERS = 4, 2
DELAY = 0.02  # Seconds that the sink thinks about each message, so that it lasts.
PATIENCE = 240

sink = CountingSink(DELAY)
os.environ["EMAIL_URL"] = f"smtp://127.0.0.1:{sink.port}"
os.environ["MAIL_CONNECTIONS"] = str(CONNECTIONS)
os.environ.setdefault("DJANGO_SETTINGS_MODULE", "newsroom.settings")
django.setup()

from django.conf import settings  # noqa: E402 - Django must be set up first.
from redis import Redis  # noqa: E402

from bench._mailing import promise  # noqa: E402
from newsroom.desk.run.processes import broker_socket, commands  # noqa: E402
from newsroom.mail.models import Delivery  # noqa: E402

State = Delivery.State
SETTLED = (State.SENT, State.FAILED, State.IN_DOUBT)
Worker = subprocess.Popen[bytes]


def main() -> None:
    """Kill at random until it has been done often enough, then let them finish."""
    promise(READERS)
    broker = start(commands()["broker"])
    wait(broker_socket().exists)
    others = [broker, start(commands()["beat"])]
    workers = [start_worker(number) for number in range(WORKERS)]
    try:
        kill_often(workers, random.Random(7))
        wait(lambda: not unsettled())
        print(json.dumps(seen()))
    finally:
        for process in (*workers, *others):
            kill(process)
        sink.close()


def kill_often(workers: list[Worker], draw: random.Random) -> None:
    """Each time after some messages more have arrived; the broker is emptied in between."""
    flushes = {KILLS * (n + 1) // (FLUSHES + 1) for n in range(FLUSHES)}
    for number in range(KILLS):
        goal = min(sink.count + draw.randint(1, READERS // KILLS), READERS - KILLS)
        wait(lambda goal=goal: sink.count >= goal)  # type: ignore[misc]  # Bound at once.
        chosen = draw.randrange(WORKERS)
        kill(workers[chosen])
        workers[chosen] = start_worker(chosen)
        if number in flushes:
            Redis(unix_socket_path=str(broker_socket())).flushall()


def start_worker(number: int) -> Worker:
    """One more `mailing` worker, under a name of its own."""
    command = [
        word.replace("mailing@house", f"mailing{number}@house") for word in commands()["mailing"]
    ]
    return start(command)


def start(command: list[str]) -> Worker:
    """In a process group of its own, so that its children die with it."""
    return subprocess.Popen(
        command, cwd=settings.BASE_DIR, start_new_session=True,
        stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL,
    )  # fmt: skip


def kill(process: Worker) -> None:
    """SIGKILL to the whole group: nobody says goodbye."""
    with suppress(ProcessLookupError):
        os.killpg(process.pid, signal.SIGKILL)
    process.wait()


def wait(true: Callable[[], object]) -> None:
    """Raises TimeoutError if it does not become true."""
    until = time.monotonic() + PATIENCE
    while not true():
        if time.monotonic() > until:
            raise TimeoutError(f"{sink.count} taken, {unsettled()} unsettled")
        time.sleep(0.02)


def unsettled() -> int:
    """Recipients of whom the ledger does not know yet."""
    return Delivery.objects.exclude(state__in=SETTLED).count()


def seen() -> dict[str, object]:
    """What the ledger says against what the sink counted."""
    counts = {state: Delivery.objects.filter(state=state).count() for state in State}
    sent = Delivery.objects.filter(state=State.SENT).values_list("address__typed", flat=True)
    return {
        "readers": READERS,
        "kills": KILLS,
        "flushes": FLUSHES,
        "connections": KILLS * CONNECTIONS,
        "states": {str(state): count for state, count in counts.items() if count},
        "open": unsettled(),
        "in_doubt": counts[State.IN_DOUBT],
        "twice": sum(count > 1 for count in sink.taken.values()),
        "lost": sum(not sink.taken[address] for address in sent),
    }


if __name__ == "__main__":
    main()
