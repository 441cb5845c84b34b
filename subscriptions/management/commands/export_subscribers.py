"""`manage.py export_subscribers FILE.csv`: everyone who is subscribed or was."""

from pathlib import Path
from typing import Any

from django.core.management import BaseCommand, CommandError, CommandParser

from subscriptions.services.exporting import export_lines

EVERY = 10_000


class Command(BaseCommand):
    help = "Write all subscribers to a list (CSV) that only you may read."

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("file", type=Path)

    def handle(self, *args: Any, file: Path, **options: Any) -> None:
        try:
            count = self.write(file)
        except OSError as error:
            raise CommandError(f"{file} cannot be written: {error}") from None
        self.stdout.write(f"{count:,} subscribers written to {file}.")

    def write(self, file: Path) -> int:
        """How many were written. Nobody else may read the file: it is full of addresses."""
        count = -1  # The head is nobody.
        file.touch(mode=0o600)
        with file.open("w", encoding="utf-8", newline="") as content:
            for line in export_lines():
                content.write(line)
                count += 1
                if count and count % EVERY == 0:
                    self.stderr.write(f"{count:,} subscribers")
        return count
