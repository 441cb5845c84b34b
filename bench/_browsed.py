"""Real texts loaded and asked for. Run as `python -m bench._browsed FOLDER [MOST]`.

Imports the texts as any file is imported, asks for every address that was made, and prints what
came of it as a line of JSON.
"""

import json
import os
import re
import sys
import time
from collections.abc import Iterator
from html import unescape
from itertools import islice
from pathlib import Path

import django

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "newsroom.settings")
django.setup()

from django.core.management import call_command  # noqa: E402 - Django must be set up first.
from django.test import Client  # noqa: E402

from articles.services import import_lines  # noqa: E402
from articles.shown import every_page  # noqa: E402
from bench._real_texts import real_texts  # noqa: E402

NEXT = re.compile(r'<a [^>]*rel="next"[^>]*>')
HREF = re.compile(r'href="([^"]*)"')


def main(folder: Path, most: int | None) -> None:
    """Load, ask, say."""
    call_command("migrate", verbosity=0)
    call_command("collectstatic", verbosity=0, interactive=False)
    began = time.monotonic()
    lines = (json.dumps(row) for row in islice(real_texts(folder), most))
    report = list(import_lines(lines, folder=folder))[-1]
    seconds = time.monotonic() - began
    answers = dict(answers_of_every_page())
    wrong = {path: status for path, status in answers.items() if status != 200}
    said = {"lines": report.lines, "made": report.made, "failed": report.failed[:3]}
    print(json.dumps(said | {"seconds": seconds, "asked": len(answers), "wrong": wrong}))


def answers_of_every_page() -> Iterator[tuple[str, int]]:
    """Each address that the title has, with its status: stories, their records and
    conversations, lists with all their pages, feeds, maps."""
    client = Client(SERVER_NAME="localhost", raise_request_exception=False)
    for path in every_page():
        address = path
        while address:
            response = client.get(address)
            yield address, response.status_code
            address = _next(response.content.decode(), path)


def _next(page: str, path: str) -> str:
    """The page of the same list that this one leads on to; nothing if it is the last."""
    link = NEXT.search(page)
    found = HREF.search(link[0]) if link else None
    address = unescape(found[1]) if found else ""
    return address if address.startswith(f"{path}?") else ""


if __name__ == "__main__":
    main(Path(sys.argv[1]), int(sys.argv[2]) if len(sys.argv) > 2 else None)
