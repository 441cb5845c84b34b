"""How often the first five related stories share the label of the story, on both databases."""

import json
import os
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path
from tempfile import TemporaryDirectory

from bench._house import LEFT_TO_DEFAULTS, ROOT
from bench.rows import Row

DATA = Path(os.environ.get("TEST_DATA", str(ROOT.parent / "shared" / "data"))) / "articles"
SETS = {
    "dvids_full.jsonl": {"topic": "0.80", "domain": "0.67"},
    "dvids_snippets_a.jsonl.gz": {"topic": "", "domain": ""},
    "factbook_sections.jsonl.gz": {"topic": "0.89"},
}
DATABASES = {"SQLite": (), "PostgreSQL": ("deploy/with_postgres.py", sys.executable)}


def measure() -> Iterator[Row]:
    """A row for each set, label and database; PostgreSQL may score 0.03 less."""
    if not DATA.is_dir():
        yield Row("related", "not measured", how="needs TEST_DATA")
        return
    for name, labels in SETS.items():
        for database, wrapped in DATABASES.items():
            seen = _seen(wrapped, DATA / name, list(labels))
            for label, asked in labels.items():
                least = _least(asked, database)
                how = f"{database}, titles and bodies of {name}, first five related stories"
                yield Row(f"related, same {label}", f"{seen[label]:.3f}", least, how)


def _least(asked: str, database: str) -> str:
    return f"{float(asked) - 0.03:.2f}" if asked and database == "PostgreSQL" else asked


def _seen(wrapped: tuple[str, ...], file: Path, labels: list[str]) -> dict[str, float]:
    kept = {key: value for key, value in os.environ.items() if key not in LEFT_TO_DEFAULTS}
    with TemporaryDirectory(prefix="newsroom-bench-") as folder:
        done = subprocess.run(
            [sys.executable, *wrapped, "-m", "bench._labelled", file, *labels],
            cwd=ROOT, env=kept | {"DATA_DIR": folder}, stdout=subprocess.PIPE, check=True,
        )  # fmt: skip
    seen: dict[str, float] = json.loads(done.stdout.splitlines()[-1])
    return seen
