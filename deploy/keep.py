"""Keep one process running: start it again a second after it ended, and say so.

Usage: python deploy/keep.py NAME [--after PATH] -- COMMAND [ARG ...]

Ends the process, and itself, on SIGTERM or SIGINT, and when its own parent is gone: a
killed supervisor leaves nobody behind. `--after` waits up to ten seconds for a path (the
broker's socket) to exist before the first start.
"""

import argparse
import os
import signal
import subprocess
import time
from pathlib import Path
from types import FrameType

PATIENCE = 4.0  # Seconds between the polite signal and the last one; the supervisor allows five.


class Keeper:
    """Runs a command, again and again, until told to stop."""

    def __init__(self, name: str, command: list[str]) -> None:
        self.name = name
        self.command = command
        self.parent = os.getppid()
        self.stopping = False

    def keep(self) -> None:
        signal.signal(signal.SIGTERM, self._stop)
        signal.signal(signal.SIGINT, self._stop)
        while not self._must_stop():
            code = self._run_once()
            if self._must_stop():
                break
            print(f"{self.name} ended (exit {code}); starting it again", flush=True)
            time.sleep(1)

    def wait_for(self, path: Path) -> None:
        until = time.monotonic() + 10
        while not path.exists() and time.monotonic() < until:
            time.sleep(0.05)

    def _stop(self, number: int, frame: FrameType | None) -> None:
        self.stopping = True

    def _must_stop(self) -> bool:
        return self.stopping or os.getppid() != self.parent

    def _run_once(self) -> int:
        child = subprocess.Popen(self.command)
        while child.poll() is None:
            if self._must_stop():
                return self._end(child)
            time.sleep(0.1)
        return child.returncode

    def _end(self, child: "subprocess.Popen[bytes]") -> int:
        child.terminate()
        try:
            return child.wait(PATIENCE)
        except subprocess.TimeoutExpired:
            child.kill()
            return child.wait()


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("name")
    parser.add_argument("--after", type=Path)
    parser.add_argument("command", nargs="+")
    chosen = parser.parse_args()
    keeper = Keeper(chosen.name, chosen.command)
    if chosen.after:
        keeper.wait_for(chosen.after)
    keeper.keep()


if __name__ == "__main__":
    main()
