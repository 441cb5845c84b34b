"""A whole demonstration title, started as `make run` starts it, for measuring from outside."""

import os
import signal
import socket
import sqlite3
import subprocess
import sys
import time
import urllib.error
import urllib.request
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

ROOT = Path(__file__).parent.parent
PATIENCE = 180  # Seconds until the house must answer.
LEFT_TO_DEFAULTS = ("REDIS_URL", "DATABASE_URL", "EMAIL_URL", "SITE_URL", "DEFAULT_FROM_EMAIL")
SETTLES = 300.0  # Seconds that a new house may take for its pictures.


class DemoHouse:
    """Where it answers, and what its database says."""

    def __init__(self, folder: Path, port: int) -> None:
        self.folder = folder
        self.port = port
        self.url = f"http://localhost:{port}"

    @property
    def environment(self) -> dict[str, str]:
        """What a command needs to work in this house."""
        kept = {key: value for key, value in os.environ.items() if key not in LEFT_TO_DEFAULTS}
        return kept | {
            "DATA_DIR": str(self.folder),
            "PORT": str(self.port),
            "DEMO": "1",
            "DJANGO_SETTINGS_MODULE": "newsroom.settings",
        }

    def rows(self, sql: str) -> list[Any]:
        """What the database says, read from outside."""
        database = sqlite3.connect(self.folder / "newsroom.sqlite3", timeout=20)
        try:
            return database.execute(sql).fetchall()
        finally:
            database.close()

    def let_settle(self) -> None:
        """Until the demonstration's pictures have their sizes: making them takes a core, and
        each that is made purges pages."""
        until = time.time() + SETTLES
        while time.time() < until:
            ((waiting,),) = self.rows(
                "SELECT count(*) FROM articles_photo WHERE making = 'waiting'"
            )
            if not waiting:
                return
            time.sleep(1)
        raise RuntimeError("The demonstration's pictures are still being made.")

    @contextmanager
    def without_broker(self) -> Iterator[None]:
        """The bundled broker frozen: it takes calls and answers none."""
        pid = self._broker()
        os.kill(pid, signal.SIGSTOP)
        try:
            yield
        finally:
            os.kill(pid, signal.SIGCONT)

    def _broker(self) -> int:
        """The process of this house's server: the program itself, not its keeper."""
        wanted = str(self.folder / "valkey.sock").encode()
        for folder in Path("/proc").glob("[0-9]*"):
            try:
                program, line = (folder / "exe").readlink(), (folder / "cmdline").read_bytes()
            except OSError:
                continue  # It ended meanwhile.
            if wanted in line and "valkey" in program.name:
                return int(folder.name)
        raise RuntimeError("There is no bundled broker.")


@contextmanager
def demo_house() -> Iterator[DemoHouse]:
    """A demonstration title in a folder of its own, gone at the end."""
    with TemporaryDirectory(prefix="newsroom-bench-") as name:
        house = DemoHouse(Path(name), free_port())
        process = _start(house)
        try:
            _wait(house, process)
            yield house
        finally:
            os.killpg(process.pid, signal.SIGTERM)
            process.wait(timeout=60)


def _start(house: DemoHouse) -> subprocess.Popen[bytes]:
    return subprocess.Popen(
        [sys.executable, "manage.py", "run"], cwd=ROOT, env=house.environment,
        stdout=subprocess.DEVNULL, start_new_session=True,
    )  # fmt: skip


def _wait(house: DemoHouse, process: subprocess.Popen[bytes]) -> None:
    began = time.monotonic()
    while not _ready(f"{house.url}/readyz"):
        if process.poll() is not None or time.monotonic() - began > PATIENCE:
            raise RuntimeError("The demonstration title did not start.")
        time.sleep(0.2)


def _ready(url: str) -> bool:
    try:
        with urllib.request.urlopen(url, timeout=2) as response:  # noqa: S310 - Our own address.
            return bool(response.status == 200)
    except (urllib.error.URLError, OSError):
        return False


def free_port() -> int:
    """A port that nothing listens on."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])
