"""`python -m bench [--write] [NAME ...]`: measure, print, and write down if asked."""

import argparse
from collections.abc import Iterable
from importlib import import_module
from pathlib import Path

from bench.rows import HEAD, Row, line, machine, write

FRAME = {"__init__", "__main__", "rows"}


def names() -> list[str]:
    """The modules that measure something, in the order of their names."""
    found = {path.stem for path in Path(__file__).parent.glob("*.py")} - FRAME
    return sorted(name for name in found if not name.startswith("_"))


def main() -> None:
    """Measure one room after another, so that none disturbs the next."""
    parser = argparse.ArgumentParser(prog="python -m bench", description=__doc__)
    parser.add_argument("names", nargs="*", metavar="NAME", help=", ".join(names()))
    parser.add_argument("--write", action="store_true", help="put the rows in docs/benchmarks.md")
    asked = parser.parse_args()
    if unknown := set(asked.names) - set(names()):
        parser.error(f"there is no {', '.join(sorted(unknown))}")
    print(machine())
    for name in asked.names or names():
        measure_one(name, into_page=asked.write)


def measure_one(name: str, *, into_page: bool) -> None:
    """Each module has `measure() -> Iterable[Row]`."""
    rows: Iterable[Row] = import_module(f"bench.{name}").measure()
    print(f"\n## {name}\n\n{HEAD}", flush=True)
    kept = []
    for row in rows:  # Said as they are seen: whatever ends an hour's run leaves what it found.
        print(line(row), flush=True)
        kept.append(row)
    if into_page:
        write(name, kept)


if __name__ == "__main__":
    main()
