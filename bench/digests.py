"""Thirty days of digests on a simulated clock: who gets a story twice, or loses one."""

import json
import os
import subprocess
import sys
import time
from collections.abc import Iterable
from pathlib import Path
from tempfile import TemporaryDirectory

from bench.rows import Row

ROOT = Path(__file__).parent.parent
PROGRAM = """
import django, json; django.setup()
from django.core.management import call_command
call_command("migrate", verbosity=0)
from bench._month import simulate
seen = simulate()
print(json.dumps([dict(seen.faults), seen.mails, seen.stories, seen.digests]))
"""
HOW = (
    "500 stories, 1,000 readers with one to four wishes in eight zones, quiet hours, daily limits;"
    " from 12 October 2026, over the clock changes; words and the handing over are left out"
)


def measure() -> Iterable[Row]:
    """One month, judged by an own reckoning of who wished what."""
    began = time.monotonic()
    faults, mails, stories, digests = _simulate()
    took = time.monotonic() - began
    seen = f"{mails:,} mails, {digests:,} of them digests, with {stories:,} stories"
    yield Row("30 days of mail, simulated", seen, "", f"{HOW}; {took:.0f} s")
    for fault, number in sorted(faults.items()):
        yield Row(f"{fault}", str(number), "0")


def _simulate() -> tuple[dict[str, int], int, int, int]:
    with TemporaryDirectory(prefix="newsroom-bench-") as folder:
        variables = {"DATA_DIR": folder, "DJANGO_SETTINGS_MODULE": "newsroom.settings_test"}
        done = subprocess.run(
            [sys.executable, "-c", PROGRAM], cwd=ROOT, env=os.environ | variables,
            stdout=subprocess.PIPE, text=True, check=True,
        )  # fmt: skip
    faults, mails, stories, digests = json.loads(done.stdout.splitlines()[-1])
    return faults, mails, stories, digests
