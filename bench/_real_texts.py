"""Real texts of defence, in the keys of `manage.py import_articles`: TEST_DATA/articles."""

import gzip
import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any


def real_texts(folder: Path) -> Iterator[dict[str, Any]]:
    """Every text of these files, as a line of an import; the same each time, in the same order.

    The section is the domain (sea, land, air), or what is said of a country; subject, country
    and region are topics; the address it came from is its source.
    """
    for file in sorted(folder.glob("*.jsonl*")):
        opener = gzip.open if file.suffix == ".gz" else open
        with opener(file, "rt", encoding="utf-8") as lines:
            for line in lines:
                yield _mapped(json.loads(line))


def _mapped(row: dict[str, Any]) -> dict[str, Any]:
    about = [row.get(name) for name in ("topic", "country", "region")]
    mapped = {
        "headline": row["title"],
        "body": row["body"],
        "external_id": row["id"],
        "section": _name(row.get("domain") or (row.get("topic") if "country" in row else "")),
        "topics": [_name(name) for name in about if name],
        "published_at": row.get("date"),
        "sources": [row["url"]] if row.get("url") else [],
    }
    return {name: value for name, value in mapped.items() if value}


def _name(label: str | None) -> str:
    """A label as readers see it: `air_defence` is "Air defence"."""
    words = (label or "").replace("_", " ")
    return words[:1].upper() + words[1:]
