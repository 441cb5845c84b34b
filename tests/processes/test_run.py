"""`manage.py run`, as a newcomer types it."""

import os
import shutil
import signal
import socket
import subprocess
import sys
import tempfile
import time
import urllib.request
from collections.abc import Iterator
from pathlib import Path

import pytest
from django.conf import settings

from tests.processes.house import wait_until

pytestmark = pytest.mark.processes
ANSWERS = "The Gazette\ndesk@example.org\nEurope/Oslo\nme@example.org\ngrey-heron-1882\n"


@pytest.fixture
def folder() -> Iterator[Path]:
    """A short path: a Unix socket's name has little room."""
    path = Path(tempfile.mkdtemp(prefix="nr-"))
    yield path
    shutil.rmtree(path, ignore_errors=True)


@pytest.fixture
def port() -> int:
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        number: int = free.getsockname()[1]
        return number


class Run:
    """One `manage.py run`, with what it says."""

    def __init__(self, folder: Path, port: int, *, typed: str = "", **variables: str) -> None:
        kept = {name: value for name, value in os.environ.items() if name in {"PATH", "HOME"}}
        self.said = folder / f"said-{time.monotonic_ns()}"
        self.url = f"http://127.0.0.1:{port}/"
        self.began = time.monotonic()
        answers = folder / "answers"
        answers.write_text(typed)
        with self.said.open("wb") as said, answers.open("rb") as stdin:
            self.process = subprocess.Popen(
                [sys.executable, "manage.py", "run"],
                cwd=settings.BASE_DIR,
                env=kept | {"DATA_DIR": str(folder / "var"), "PORT": str(port)} | variables,
                stdin=stdin,
                stdout=said,
                stderr=subprocess.STDOUT,
                start_new_session=True,
            )

    def until_it_answers(self) -> float:
        """Seconds from the start to the line that says how to stop."""
        wait_until(lambda: "Ctrl-C" in self.said.read_text(), 120, self.said.read_text())
        return time.monotonic() - self.began

    def interrupt(self) -> None:
        """Ctrl-C: the terminal tells the whole foreground group."""
        os.killpg(self.process.pid, signal.SIGINT)
        self.process.wait(15)


def mentions(folder: Path) -> list[str]:
    """Processes that were started for this folder and still live."""
    found = []
    for entry in Path("/proc").glob("[0-9]*"):
        try:
            if str(folder).encode() in (entry / "environ").read_bytes():
                found.append(entry.name)
        except OSError:
            continue  # It ended meanwhile, or is not ours to read.
    return found


def test_the_first_start_brings_the_demo_the_second_is_quick_and_nothing_stays(
    folder: Path, port: int
) -> None:
    run = Run(folder, port)
    first = run.until_it_answers()
    with urllib.request.urlopen(run.url) as page:  # noqa: S310 - Our own address.
        assert "All countries are invented" in page.read().decode()
    summary = run.said.read_text().partition("\n\n")[2].strip().splitlines()
    assert len(summary) <= 8
    assert "WARNING" not in run.said.read_text()
    run.interrupt()
    wait_until(lambda: not mentions(folder), 10, "every process ended")

    again = Run(folder, port)
    second = again.until_it_answers()
    again.interrupt()

    sys.stdout.write(f"first start {first:.1f} s, second {second:.1f} s\n")
    assert "Demo desk" not in again.said.read_text()
    wait_until(lambda: not mentions(folder), 10, "every process ended")


def test_an_empty_title_is_asked_for_and_made(folder: Path, port: int) -> None:
    run = Run(folder, port, typed=ANSWERS, DEMO="0")
    run.until_it_answers()

    with urllib.request.urlopen(run.url) as page:  # noqa: S310 - Our own address.
        text = page.read().decode()
    run.interrupt()

    assert "The Gazette" in text
    assert "invented" not in text
    assert "TIME_ZONE=Europe/Oslo" in (folder / "var" / "settings.env").read_text()


def test_a_port_in_use_is_one_clear_line(folder: Path) -> None:
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        taken.listen()
        run = Run(folder, taken.getsockname()[1])
        code = run.process.wait(30)

    said = run.said.read_text().strip().splitlines()
    assert code == 1
    assert len(said) == 1
    assert "is in use" in said[0]


def test_a_second_start_from_the_same_folder_is_refused(folder: Path, port: int) -> None:
    run = Run(folder, port, typed=ANSWERS, DEMO="0")
    run.until_it_answers()

    other = Run(folder, port + 1)
    code = other.process.wait(30)
    run.interrupt()

    assert code == 1
    assert "already running" in other.said.read_text()


def test_an_old_python_is_told_so_in_one_line() -> None:
    pretend = (
        "import runpy, sys; sys.version_info = (3, 11, 7); runpy.run_path('deploy/install.py')"
    )

    result = subprocess.run(  # noqa: S603 - Our own command.
        [sys.executable, "-c", pretend],
        cwd=settings.BASE_DIR,
        capture_output=True,
        text=True,
        check=False,
    )

    assert result.returncode == 1
    assert result.stderr.strip().startswith("newsroom: Python 3.12 or newer is needed")
    assert len(result.stderr.strip().splitlines()) == 1
