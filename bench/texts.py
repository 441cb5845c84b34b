"""All real texts loaded through the importer, and every address that they made asked for."""

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
MOST = os.environ.get("TEXTS", "")


def measure() -> Iterator[Row]:
    """Two rows: what was loaded, and what did not answer."""
    if not DATA.is_dir():
        yield Row("real texts", "not measured", how="needs TEST_DATA")
        return
    kept = {key: value for key, value in os.environ.items() if key not in LEFT_TO_DEFAULTS}
    with TemporaryDirectory(prefix="newsroom-bench-") as folder:
        done = subprocess.run(
            [sys.executable, "-m", "bench._browsed", DATA, *([MOST] if MOST else [])],
            cwd=ROOT, env=kept | {"DATA_DIR": folder}, stdout=subprocess.PIPE, check=True,
        )  # fmt: skip
    seen = json.loads(done.stdout.splitlines()[-1])
    lines, wrong = seen["lines"], seen["wrong"]
    how = f"TEST_DATA/articles by `import_articles`, SQLite, {seen['seconds']:.0f} s"
    yield Row("real texts loaded", f"{seen['made']:,} of {lines:,}", f"{lines:,}", how)
    how = f"of {seen['asked']:,}: stories, records, conversations, all pages of lists, feeds, maps"
    first = "; first: {} {}".format(*next(iter(wrong.items()))) if wrong else ""
    yield Row("addresses that did not answer 200", str(len(wrong)), "0", how + first)
