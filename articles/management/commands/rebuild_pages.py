"""`manage.py rebuild_pages`: every page into the store, before readers ask for them."""

import sys
import time
from collections import Counter
from collections.abc import Iterable, Iterator
from typing import Any

from django.core.management import BaseCommand, CommandError, CommandParser

from articles.pages import count_pages, rebuild_pages
from newsroom.press.services import new_generation

WIDTH = 30  # Characters of the bar.


class Command(BaseCommand):
    help = "Render every page that is not stored yet. The site may serve meanwhile."

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument(
            "--anew", action="store_true", help="also those that are stored: begin all anew"
        )

    def handle(self, *args: Any, anew: bool, **options: Any) -> None:
        if anew:
            new_generation()
        began = time.monotonic()
        seen = Counter(status for _, status in with_bar(rebuild_pages(), count_pages()))
        failed = sum(count for status, count in seen.items() if status >= 500)
        self.stdout.write(
            f"{seen[200]} pages rendered, {seen[0]} were there, {time.monotonic() - began:.0f} s."
        )
        if failed:
            raise CommandError(f"{failed} pages could not be rendered; the log says why.")


def with_bar[Item](items: Iterable[Item], total: int) -> Iterator[Item]:
    """The items, with a bar on standard error: one line that grows, where a person looks."""
    person = sys.stderr.isatty()
    shown = -1
    for number, item in enumerate(items, start=1):
        yield item
        part = min(1.0, number / max(total, 1))
        hundredths = int(part * 100)
        if person and hundredths != shown:
            shown = hundredths
            bar = "#" * round(part * WIDTH)
            sys.stderr.write(f"\r[{bar:<{WIDTH}}] {number} of {max(number, total)}")
            sys.stderr.flush()
    if person:
        sys.stderr.write("\n")
