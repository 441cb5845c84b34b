"""How often related stories have the same label. Run as `python -m bench._labelled FILE LABEL ...`.

Imports the titles and bodies of a labelled set as any file is imported, lets the site choose, and
prints for each label the share of the first five that have the story's own, as a line of JSON.
"""

import gzip
import json
import os
import sys
from collections.abc import Iterable
from pathlib import Path
from typing import Any

import django

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "newsroom.settings")
django.setup()

from django.core.management import call_command  # noqa: E402 - Django must be set up first.

from articles.models import Article, SearchText  # noqa: E402
from articles.related import refresh, related_to  # noqa: E402
from articles.services import import_lines  # noqa: E402

FIRST = 5


def main(file: Path, labels: list[str]) -> None:
    """Import, choose, count."""
    call_command("migrate", verbosity=0)
    rows = read(file)
    bring_in(rows)
    refresh(SearchText.objects.all())
    print(json.dumps({label: share(rows, label) for label in labels}))


def read(file: Path) -> list[dict[str, Any]]:
    opener = gzip.open if file.suffix == ".gz" else open
    with opener(file, "rt", encoding="utf-8") as lines:
        return [json.loads(line) for line in lines]


def bring_in(rows: Iterable[dict[str, Any]]) -> None:
    """Titles and bodies alone: no topic, no section, no standfirst is evidence."""
    lines = (
        json.dumps({"headline": row["title"], "body": row["body"], "external_id": row["id"]})
        for row in rows
    )
    failed = [report.failed for report in import_lines(lines, folder=Path())][-1]
    if failed:
        raise RuntimeError(f"Not imported: {failed[0]}")


def share(rows: Iterable[dict[str, Any]], label: str) -> float:
    """Of the first five related stories those with the same label, averaged over the stories."""
    labels = {row["id"]: row[label] for row in rows}
    shares = []
    for article in Article.objects.published().select_related("live"):
        others = related_to(article, most=FIRST)
        own = labels[article.external_id or ""]
        same = [other for other in others if labels[other.external_id or ""] == own]
        shares.append(len(same) / FIRST)
    return sum(shares) / len(shares)


if __name__ == "__main__":
    main(Path(sys.argv[1]), sys.argv[2:])
