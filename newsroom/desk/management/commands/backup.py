"""`manage.py backup FILE`: database, originals and keys in one file, while the site runs."""

from pathlib import Path
from typing import Any

from django.core.management import BaseCommand, CommandParser

from newsroom.desk.backup import write_backup


class Command(BaseCommand):
    help = "Write database, original pictures and keys to one file. The site may run meanwhile."

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("file", type=Path)

    def handle(self, *args: Any, file: Path, **options: Any) -> None:
        write_backup(file)
        size = file.stat().st_size / 1_000_000
        self.stdout.write(f"{file}: {size:.1f} MB. It holds keys and addresses: keep it safe.")
