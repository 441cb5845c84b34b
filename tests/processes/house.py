"""The processes of the house, for tests that start and kill them: real broker, real workers."""

import json
import os
import signal
import sqlite3
import subprocess
import sys
import time
from collections.abc import Callable
from contextlib import suppress
from pathlib import Path
from typing import Any

from django.conf import settings

from newsroom.desk.run.processes import KEEP, commands

LEFT_TO_DEFAULTS = ("REDIS_URL", "DATABASE_URL", "EMAIL_URL", "SITE_URL", "DEFAULT_FROM_EMAIL")


def wait_until(true: Callable[[], object], seconds: float, what: str) -> float:
    """Look until it is true; the seconds it took. Fails the test after `seconds`."""
    began = time.monotonic()
    while not true():
        waited = time.monotonic() - began
        assert waited < seconds, f"not within {seconds} s: {what}"
        time.sleep(0.02)
    return time.monotonic() - began


class House:
    """One title in a folder of its own, on SQLite, with the broker that is bundled."""

    def __init__(self, folder: Path, **variables: str) -> None:
        self.folder = folder
        inherited = {name: v for name, v in os.environ.items() if name not in LEFT_TO_DEFAULTS}
        self.environment = inherited | variables
        self.environment["DJANGO_SETTINGS_MODULE"] = "newsroom.settings"
        self.environment["DATA_DIR"] = str(folder)
        self.running: list[subprocess.Popen[bytes]] = []
        self.python(
            "from django.core.management import call_command; call_command('migrate', verbosity=0)"
        )

    def python(self, code: str) -> Any:
        """Run the code as the site would; what it leaves in `answer`."""
        program = (
            "import django, json; django.setup(); answer = None\n"
            f"{code}\n"
            "print(); print(json.dumps(answer))"
        )
        done = subprocess.run(  # noqa: S603 - The test's own program.
            [sys.executable, "-c", program], env=self.environment, cwd=settings.BASE_DIR,
            capture_output=True, text=True, timeout=60, check=False,
        )  # fmt: skip
        assert done.returncode == 0, done.stderr
        return json.loads(done.stdout.splitlines()[-1])

    def start(self, name: str, *, kept: bool = False) -> subprocess.Popen[bytes]:
        """Start one of the processes of `make run` in a group of its own.

        `kept`: in the loop that starts it again when it ends, as `make run` does.
        """
        loop = [sys.executable, str(KEEP), name, "--"] if kept else []
        with (self.folder / f"{name}.log").open("ab") as log:
            process = subprocess.Popen(  # noqa: S603 - The house's own commands.
                [*loop, *commands()[name]], env=self.environment, cwd=settings.BASE_DIR,
                stdout=log, stderr=log, start_new_session=True,
            )  # fmt: skip
        self.running.append(process)
        if name == "broker":
            wait_until((self.folder / "valkey.sock").exists, 10, "the broker's socket")
        return process

    def kill(self, process: subprocess.Popen[bytes]) -> None:
        """SIGKILL to the whole group: nobody says goodbye."""
        with suppress(ProcessLookupError):  # It ended by itself.
            os.killpg(process.pid, signal.SIGKILL)
        process.wait()
        self.running.remove(process)

    def close(self) -> None:
        for process in list(self.running):
            self.kill(process)

    def rows(self, sql: str) -> list[Any]:
        """What the database says, read from outside."""
        database = sqlite3.connect(self.folder / "newsroom.sqlite3", timeout=20)
        try:
            return database.execute(sql).fetchall()
        finally:
            database.close()

    def states(self) -> dict[str, int]:
        """How many deliveries are in each state."""
        return dict(self.rows("SELECT state, count(*) FROM mail_delivery GROUP BY state"))
