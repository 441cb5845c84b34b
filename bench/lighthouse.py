"""Each page type under Lighthouse's mobile preset: the median of five, by category."""

import json
import os
import shutil
import statistics
import subprocess
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from bench._house import ROOT, DemoHouse, demo_house
from bench.rows import Row

VERSION = "12.8.2"  # The newest 12; 13 needs a newer Node.
FOLDER = ROOT / "build" / "lighthouse"
PROGRAM = FOLDER / "node_modules" / "lighthouse" / "cli" / "index.js"
RUNS = int(os.environ.get("LIGHTHOUSE_RUNS", "5"))
CATEGORIES = ("performance", "accessibility", "best-practices", "seo")
FLAGS = (
    "--headless=new --no-sandbox --disable-gpu --disable-quic --no-first-run"
    " --disable-background-networking --disable-component-update --disable-sync"
)
PAGES = {
    "front": "/",
    "section": "SELECT '/section/' || slug || '/' FROM articles_section LIMIT 1",
    "topic": "SELECT '/topic/' || t.slug || '/' FROM articles_topic t"
    " JOIN articles_article_topics a ON a.topic_id = t.id GROUP BY t.id"
    " ORDER BY count(*) DESC LIMIT 1",
    "author": "SELECT '/author/' || u.slug || '/' FROM articles_author u"
    " JOIN articles_articlebyline b ON b.author_id = u.id GROUP BY u.id"
    " ORDER BY count(*) DESC LIMIT 1",
    "story with a photo": "SELECT '/' || a.path || '/' FROM articles_article a"
    " JOIN articles_revision r ON r.id = a.live_id WHERE a.state = 'published'"
    " AND r.lead_photo_id IS NOT NULL ORDER BY a.first_published_at DESC LIMIT 1",
    "story without a photo": "SELECT '/' || a.path || '/' FROM articles_article a"
    " JOIN articles_revision r ON r.id = a.live_id WHERE a.state = 'published'"
    " AND r.lead_photo_id IS NULL ORDER BY a.first_published_at DESC LIMIT 1",
    "archive": "SELECT '/archive/' || substr(path, 1, 7) || '/' FROM articles_article"
    " WHERE state = 'published' ORDER BY first_published_at DESC LIMIT 1",
    "history": "SELECT '/' || a.path || '/history/' FROM articles_article a"
    " WHERE a.state = 'published' ORDER BY a.id LIMIT 1",
    "latest": "/latest/",
    "corrections": "/corrections/",
    "pictures": "/pictures/",
    "site page": "/about/",
    "subscribe": "/subscribe/",
    "search with hits": "/search/?q=frigate",
    "search without hits": "/search/?q=zeppelinette",
    "sign in": "/accounts/login/",
    "sign up": "/accounts/signup/",
    "reset": "/accounts/password/reset/",
}
NOT_INDEXED = {
    "search with hits", "search without hits", "history", "sign in", "sign up", "reset",
}  # fmt: skip


def measure() -> Iterator[Row]:
    """A row a page type; pages that a search engine may not index get no SEO figure."""
    chromium = os.environ.get("CHROMIUM") or shutil.which("chromium")
    if chromium is None or shutil.which("npm") is None:
        yield Row("Lighthouse", "not measured", how="needs Chromium and npm")
        return
    _install()
    with demo_house() as house:
        for name, where in PAGES.items():
            yield _row(name, house.url + _path(house, where), Path(chromium))


def _row(name: str, url: str, chromium: Path) -> Row:
    try:
        runs = [_run(url, chromium) for _ in range(RUNS)]
    except subprocess.CalledProcessError:
        return Row(name, "no page", how="Lighthouse found nothing to measure at this address")
    shown = CATEGORIES[:3] if name in NOT_INDEXED else CATEGORIES
    seen = {part: statistics.median(run[part] for run in runs) for part in shown}
    asked = "99 / 100 / 100" if name in NOT_INDEXED else "99 / 100 / 100 / 100"
    how = f"Lighthouse {VERSION}, mobile, median of {RUNS}: {', '.join(shown)}"
    return Row(name, " / ".join(f"{score:.0f}" for score in seen.values()), asked, how)


def _path(house: DemoHouse, where: str) -> str:
    return where if where.startswith("/") else str(house.rows(where)[0][0])


def _run(url: str, chromium: Path) -> dict[str, float]:
    done = subprocess.run(
        ["node", PROGRAM, url, "--quiet", "--output=json", f"--chrome-flags={FLAGS}"],
        env=os.environ | {"CHROME_PATH": str(chromium)},
        capture_output=True, text=True, check=True, timeout=180,
    )  # fmt: skip
    report = json.loads(done.stdout)
    _tell_faults(url, report)
    return {part: report["categories"][part]["score"] * 100 for part in CATEGORIES}


def _tell_faults(url: str, report: dict[str, Any]) -> None:
    """Which audits of the categories that must be whole were not."""
    whole = ("accessibility", "best-practices")
    wanted = {row["id"] for part in whole for row in report["categories"][part]["auditRefs"]}
    for name in sorted(wanted):
        score = report["audits"][name]["score"]
        if score is not None and score != 1:
            print(f"{url}: {name}: {report['audits'][name]['title']}")


def _install() -> None:
    if not PROGRAM.exists():
        subprocess.run(
            ["npm", "install", "--silent", "--no-save", "--no-package-lock",
             "--prefix", FOLDER, f"lighthouse@{VERSION}"],
            check=True,
        )  # fmt: skip
