"""Thirty days of digests on a simulated clock, and the first mail of a story for a million."""

import json
import os
import subprocess
import sys
import time
from collections.abc import Iterable
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

from bench.rows import Row

ROOT = Path(__file__).parent.parent
READERS = int(os.environ.get("BENCH_READERS", "1000000"))
BEGIN = """
import django, json; django.setup()
from unittest.mock import patch
patch("celery.app.task.Task.apply_async").start()  # Each step is called by hand.
from django.core.management import call_command
call_command("migrate", verbosity=0)
"""
MONTH = """
from bench._month import simulate
seen = simulate()
print(json.dumps([dict(seen.faults), seen.mails, seen.stories, seen.digests]))
"""
FIRST_MAIL = """
from bench._first_mail import measure
print(json.dumps(measure({readers})))
"""
HOW = (
    "500 stories, 1,000 readers with one to four wishes in eight zones, quiet hours, daily limits;"
    " from 12 October 2026, over the clock changes; words and the handing over are left out"
)


def measure() -> Iterable[Row]:
    """One month, judged by an own reckoning of who wished what; then one story for very many."""
    yield from _month()
    yield from _first_mail()


def _month() -> Iterable[Row]:
    began = time.monotonic()
    faults, mails, stories, digests = _run(MONTH)
    took = time.monotonic() - began
    seen = f"{mails:,} mails, {digests:,} of them digests, with {stories:,} stories"
    yield Row("30 days of mail, simulated", seen, "", f"{HOW}; {took:.0f} s")
    for fault, number in sorted(faults.items()):
        yield Row(f"{fault}", str(number), "0")


def _first_mail() -> Iterable[Row]:
    seen = _run(FIRST_MAIL.format(readers=READERS))
    how = f"SQLite, {READERS:,} subscribers, a fifth of them on digests, one worker at both"
    yield Row("rows and first mail of a story", f"{seen['first']:.2f} s", "2 s", how)
    rows = f"{seen['dues']:,.0f} dues and {seen['deliveries']:,.0f} deliveries"
    yield Row("all rows of it written", f"{seen['filling']:.1f} s", "", rows)


def _run(program: str) -> Any:
    """What the program prints last, run inside Django on an empty SQLite database."""
    with TemporaryDirectory(prefix="newsroom-bench-") as folder:
        variables = {"DATA_DIR": folder, "DJANGO_SETTINGS_MODULE": "newsroom.settings_test"}
        done = subprocess.run(
            [sys.executable, "-c", BEGIN + program], cwd=ROOT, env=os.environ | variables,
            stdout=subprocess.PIPE, text=True, check=True,
        )  # fmt: skip
    return json.loads(done.stdout.splitlines()[-1])
