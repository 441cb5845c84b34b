"""Make .venv and install the pinned packages into it, with nothing but Python.

Usage: python3 deploy/install.py site|dev

Runs before anything is installed, under whatever `python3` is, so it keeps to words that
an old Python reads too. Safe to repeat: a list that is installed is not installed again.
"""

from __future__ import print_function

import sys

OLDEST = (3, 12)
if sys.version_info < OLDEST:
    sys.exit(
        "newsroom: Python %d.%d or newer is needed; this python3 is %d.%d."
        " Name another with: make PYTHON=python3.13 ..." % (OLDEST + tuple(sys.version_info[:2]))
    )

import hashlib
import subprocess
import threading
import time
from pathlib import Path

TOP = Path(__file__).resolve().parent.parent
VENV = TOP / ".venv"


class Step:
    """One line per step: its name, a dot for each second, its seconds."""

    def __init__(self, name: str) -> None:
        self.name = name
        self.done = threading.Event()

    def __enter__(self) -> None:
        print(f"  {self.name} ", end="", flush=True)
        self.began = time.monotonic()
        self.dots = threading.Thread(target=self._dot, daemon=True)
        self.dots.start()

    def _dot(self) -> None:
        while not self.done.wait(1):
            print(".", end="", flush=True)

    def __exit__(self, *failure: object) -> None:
        self.done.set()
        self.dots.join()
        print(f" {time.monotonic() - self.began:.1f} s", flush=True)


def run(*command: str) -> None:
    """Run quietly; on failure show what it said and stop."""
    result = subprocess.run(command, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, check=False)
    if result.returncode:
        said = result.stdout.decode(errors="replace").strip()
        sys.exit(f"\n{said}\nnewsroom: `{' '.join(command)}` failed; see above.")


def main(which: str) -> None:
    requirements = TOP / "requirements" / f"{which}.txt"
    digest = hashlib.sha256(requirements.read_bytes() + sys.version.encode()).hexdigest()
    stamp = VENV / f".installed-{which}"
    if stamp.exists() and stamp.read_text() == digest:
        return
    python = VENV / "bin" / "python"
    made_with = VENV / ".made-with"
    if not python.exists() or not made_with.exists() or made_with.read_text() != sys.version:
        with Step(f"Python {sys.version.split()[0]} in .venv"):
            run(sys.executable, "-m", "venv", "--clear", str(VENV))
        made_with.write_text(sys.version)
    count = sum(1 for line in requirements.open() if "==" in line)
    with Step(f"{count} packages"):
        options = ["--quiet", "--disable-pip-version-check", "--no-deps", "--require-hashes"]
        run(str(python), "-m", "pip", "install", *options, "--requirement", str(requirements))
    stamp.write_text(digest)


if __name__ == "__main__":
    main(sys.argv[1])
