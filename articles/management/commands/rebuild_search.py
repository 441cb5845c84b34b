"""`manage.py rebuild_search`: the search index from the stories that are public."""

from typing import Any

from django.core.management import BaseCommand, CommandParser

from articles.models import Article
from articles.search import rebuild


class Command(BaseCommand):
    help = "Write the search index anew; the site may be in use meanwhile."

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument(
            "--whole",
            action="store_true",
            help="also write SQLite's own index anew, if it is damaged; nobody can publish meanwhile",
        )

    def handle(self, *args: Any, whole: bool, **options: Any) -> None:
        stories = Article.objects.published().count()
        done = 0
        for done in rebuild(whole=whole):
            if self.stdout.isatty():
                self.stdout.write(f"\r{done} of {stories} stories", ending="")
            elif done % 1_000 == 0:
                self.stdout.write(f"{done} of {stories} stories")
        ending = "\n" if self.stdout.isatty() and done else ""
        self.stdout.write(f"{ending}Stories indexed: {done}.")
