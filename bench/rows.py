"""A measured row, and the page it is written on."""

import os
import platform
import re
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import UTC, datetime
from importlib.metadata import version
from pathlib import Path

PAGE = Path(__file__).parent.parent / "docs" / "benchmarks.md"
COLUMNS = ("what", "seen", "at least", "how")
HEAD = f"| {' | '.join(COLUMNS)} |\n|{'---|' * len(COLUMNS)}"  # Of a Markdown table.
LIBRARIES = ("django", "granian", "celery", "pillow")


@dataclass(frozen=True)
class Row:
    """One figure: what was measured, what was seen, what was wished for, and how it was done.

    `seen` and `asked` are written as they are to be read, with their units ("0.71", "18 ms").
    """

    what: str
    seen: str
    asked: str = ""
    how: str = ""


def line(row: Row) -> str:
    """The row as one of a Markdown table."""
    return f"| {row.what} | {row.seen} | {row.asked} | {row.how} |"


def machine() -> str:
    """What the figures were seen on, in one sentence."""
    libraries = ", ".join(f"{name} {version(name)}" for name in LIBRARIES)
    return (
        f"Seen on {datetime.now(UTC):%Y-%m-%d}: {os.cpu_count()} cores ({_processor()}),"
        f" {platform.system()} {platform.release()}, Python {platform.python_version()},"
        f" {libraries}."
    )


def write(name: str, rows: Iterable[Row]) -> None:
    """Put the rows in the place of what stood below the heading of that name."""
    text = PAGE.read_text(encoding="utf-8")
    begin, end = f"<!-- begin {name} -->", f"<!-- end {name} -->"
    table = "\n".join([HEAD, *map(line, rows)])
    block = f"{begin}\n{machine()}\n\n{table}\n{end}"
    place = re.compile(f"{re.escape(begin)}.*?{re.escape(end)}", re.DOTALL)
    if not place.search(text):
        text = f"{text.rstrip()}\n\n## {name.capitalize()}\n\n{begin}\n{end}\n"
    PAGE.write_text(place.sub(lambda _match: block, text), encoding="utf-8")


def _processor() -> str:
    names = re.findall(r"model name\s*: (.+)", Path("/proc/cpuinfo").read_text(encoding="utf-8"))
    return names[0] if names else platform.machine()
