"""`manage.py restore FILE`: a backup back into DATA_DIR. Nothing is mailed by itself after it."""

from pathlib import Path
from typing import Any

from django.core.management import BaseCommand, CommandParser, call_command
from django.utils import timezone

from articles.models import Rendition, StoryCard
from articles.services import sweep_cards, sweep_pictures, sweep_title_pictures
from newsroom.desk.backup import unpack_backup
from newsroom.desk.run.setup import hold_folder
from newsroom.mail.services import halt_all_mail
from newsroom.press.services import forget_pages
from subscriptions.services import hold_digests


class Command(BaseCommand):
    help = "Put a backup back. What was there is kept in DATA_DIR/before-restore."

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("file", type=Path)
        parser.add_argument("--replace", action="store_true", help="put it in a title's place")

    def handle(self, *args: Any, file: Path, replace: bool, **options: Any) -> None:
        with hold_folder():
            about = unpack_backup(file, replace=replace)
            call_command("migrate", verbosity=0, interactive=False)
            why = f"Restored from a backup of {about['made_at'][:16]} UTC"
            halted = halt_all_mail(why) + hold_digests(why, until=timezone.now())
            put_pictures_back()
            forget_pages()
        self.stdout.write(f"Restored the title as of {about['made_at'][:16]} UTC.")
        if halted:
            self.stdout.write(f"{halted} mailings were under way: they wait for you at the desk.")


def put_pictures_back() -> None:
    """Public files are not in the backup: they are laid out again from the private ones."""
    Rendition.objects.update(placed=False)
    StoryCard.objects.update(placed=False)
    sweep_pictures()
    sweep_cards()
    sweep_title_pictures()
