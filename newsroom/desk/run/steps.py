"""What the person who typed `make run` sees while it works."""

import sys
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager


@contextmanager
def step(name: str) -> Iterator[None]:
    """One line: the step's name, a dot for each second it takes, its seconds."""
    _say(f"  {name} ")
    began = time.monotonic()
    done = threading.Event()
    dots = threading.Thread(target=_dot_until, args=(done,), daemon=True)
    dots.start()
    try:
        yield
    finally:
        done.set()
        dots.join()
        _say(f" {time.monotonic() - began:.1f} s\n")


def _dot_until(done: threading.Event) -> None:
    while not done.wait(1):
        _say(".")


def _say(words: str) -> None:
    sys.stdout.write(words)
    sys.stdout.flush()
