"""`manage.py import_articles FILE.jsonl`: stories from elsewhere, a JSON object a line."""

import gzip
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from django.core.management import BaseCommand, CommandError, CommandParser

from articles.services.importing import Report, import_lines


class Command(BaseCommand):
    help = "Import stories from a file of JSON lines (.gz too). Nothing is mailed."

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("file", type=Path)
        parser.add_argument("--draft", action="store_true", help="import unpublished")

    def handle(self, *args: Any, file: Path, draft: bool, **options: Any) -> None:
        report = Report()
        try:
            for so_far in import_lines(read(file), folder=file.parent, draft=draft):
                report = so_far
                if report.lines % 100 == 0:
                    self.stdout.write(f"{report.lines} lines")
        except (OSError, UnicodeDecodeError) as error:
            self.tell(report)
            raise CommandError(f"{file} cannot be read to its end: {error}") from None
        self.tell(report)
        if report.failed:
            raise CommandError(f"{len(report.failed)} lines were not imported; see above.")

    def tell(self, report: Report) -> None:
        for number, reason in report.failed:
            self.stderr.write(f"line {number}: {reason}")
        self.stdout.write(
            f"{report.made} made, {report.updated} updated, {report.unchanged} unchanged,"
            f" {len(report.failed)} not imported."
        )


def read(file: Path) -> Iterator[str]:
    """The lines of the file, one at a time."""
    opener = gzip.open if file.suffix == ".gz" else open
    with opener(file, "rt", encoding="utf-8") as lines:
        yield from lines
