"""A hundred thousand stories asked for two words of one headline, on both databases."""

import json
import os
import statistics
import subprocess
import sys
from collections.abc import Iterator
from tempfile import TemporaryDirectory

from bench._house import LEFT_TO_DEFAULTS, ROOT
from bench.rows import Row

STORIES = int(os.environ.get("SEARCH_STORIES", "100000"))
DATABASES = {
    "SQLite": ("20 ms", ()),
    "PostgreSQL": ("40 ms", ("deploy/with_postgres.py", sys.executable)),
}


def measure() -> Iterator[Row]:
    """The middle and the slowest hundredth, and what indexing one story costs."""
    for database, (asked, wrapped) in DATABASES.items():
        seen = _seen(wrapped)
        rounds = seen["search"]
        how = (
            f"{database}, {STORIES:,} stories, two words of one random headline,"
            f" median of {len(rounds)} rounds of {len(rounds[0])}"
        )
        yield Row("search, p50", _ms(statistics.median(map(statistics.median, rounds))), how=how)
        yield Row("search, p99", _ms(statistics.median(map(_p99, rounds))), asked, how)
        empty = f"{database}, both words misspelt, with a filter: what the page says instead"
        yield Row("spelling, p50", _ms(statistics.median(seen["spelling"][0])), how=empty)
        yield Row("spelling, p99", _ms(_p99(seen["spelling"][0])), "100 ms", empty)
        indexed = f"{database}, one story indexed again and committed"
        yield Row("index a story, p50", _ms(statistics.median(seen["index"][0])), how=indexed)


def _seen(wrapped: tuple[str, ...]) -> dict[str, list[list[float]]]:
    """Rounds of milliseconds."""
    kept = {key: value for key, value in os.environ.items() if key not in LEFT_TO_DEFAULTS}
    with TemporaryDirectory(prefix="newsroom-bench-") as folder:
        done = subprocess.run(
            [sys.executable, *wrapped, "-m", "bench._many", str(STORIES)],
            cwd=ROOT, env=kept | {"DATA_DIR": folder}, stdout=subprocess.PIPE, check=True,
        )  # fmt: skip
    seen: dict[str, list[list[float]]] = json.loads(done.stdout.splitlines()[-1])
    return seen


def _p99(times: list[float]) -> float:
    return statistics.quantiles(times, n=100)[98]


def _ms(milliseconds: float) -> str:
    return f"{milliseconds:.1f} ms"
