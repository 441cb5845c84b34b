"""Each page type under Lighthouse's mobile preset: the median of five, by category."""

import json
import os
import shutil
import statistics
import subprocess
from collections.abc import Iterator
from contextlib import nullcontext
from pathlib import Path
from typing import Any

from bench._house import ROOT, demo_house
from bench._pages import PageType, page_types
from bench._relay import sending
from bench.rows import Row

VERSION = "12.8.2"  # The newest 12; 13 needs a newer Node.
FOLDER = ROOT / "build" / "lighthouse"
PROGRAM = FOLDER / "node_modules" / "lighthouse" / "cli" / "index.js"
ATTEMPTS = 3
RUNS = int(os.environ.get("LIGHTHOUSE_RUNS", "5"))
CATEGORIES = ("performance", "accessibility", "best-practices", "seo")
FLAGS = (
    "--headless=new --no-sandbox --disable-gpu --disable-quic --no-first-run"
    " --disable-background-networking --disable-component-update --disable-sync"
)
ONLY = os.environ.get("LIGHTHOUSE_ONLY", "")  # Part of a page type's name, to look at a few.


def measure() -> Iterator[Row]:
    """A row a page type; pages that a search engine may not index get no SEO figure."""
    chromium = os.environ.get("CHROMIUM") or shutil.which("chromium")
    if chromium is None or shutil.which("npm") is None:
        yield Row("Lighthouse", "not measured", how="needs Chromium and npm")
        return
    _install()
    with demo_house() as house:
        for page in page_types(house):
            if ONLY in page.name:
                before = sending(page, house.url) if page.sends else nullcontext(house.url)
                with before as url:
                    yield _row(page, url, Path(chromium))


def _row(page: PageType, url: str, chromium: Path) -> Row:
    runs = [_run(page, url, chromium) for _ in range(RUNS)]
    shown = CATEGORIES if page.indexed else CATEGORIES[:3]
    seen = {part: statistics.median(run[part] for run in runs) for part in shown}
    asked = "99 / 100 / 100 / 100" if page.indexed else "99 / 100 / 100"
    how = f"Lighthouse {VERSION}, mobile, median of {RUNS}: {', '.join(shown)}"
    return Row(page.name, " / ".join(f"{score:.0f}" for score in seen.values()), asked, how)


def _run(page: PageType, url: str, chromium: Path) -> dict[str, float]:
    report = _report(page, url, chromium)
    _tell_faults(page, report)
    return {part: report["categories"][part]["score"] * 100 for part in CATEGORIES}


def _report(page: PageType, url: str, chromium: Path) -> dict[str, Any]:
    """What Lighthouse says; where it says that its own tracing failed, it is asked again."""
    cookie = [f"--extra-headers={json.dumps({'Cookie': page.cookie})}"] if page.cookie else []
    for _ in range(ATTEMPTS):
        done = subprocess.run(
            ["node", PROGRAM, url + page.path, "--quiet", "--output=json",
             f"--chrome-flags={FLAGS}", *cookie],
            env=os.environ | {"CHROME_PATH": str(chromium)},
            stdout=subprocess.PIPE, text=True, check=False, timeout=180,
        )  # fmt: skip
        if done.returncode == 0:
            report: dict[str, Any] = json.loads(done.stdout)
            return report
    raise RuntimeError(f"Lighthouse could not measure {page.name}.")


def _tell_faults(page: PageType, report: dict[str, Any]) -> None:
    """Which audits of the categories that must be whole were not."""
    whole = ["accessibility", "best-practices", *(["seo"] if page.indexed else [])]
    wanted = {row["id"] for part in whole for row in report["categories"][part]["auditRefs"]}
    for name in sorted(wanted):
        audit = report["audits"][name]
        if audit["score"] is not None and audit["score"] != 1:
            print(f"{page.name}: {name}: {audit['title']}", flush=True)


def _install() -> None:
    if not PROGRAM.exists():
        subprocess.run(
            ["npm", "install", "--silent", "--no-save", "--no-package-lock",
             "--prefix", FOLDER, f"lighthouse@{VERSION}"],
            check=True,
        )  # fmt: skip
