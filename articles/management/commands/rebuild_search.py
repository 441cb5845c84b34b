"""`manage.py rebuild_search`: the search index from the stories that are public."""

from typing import Any

from django.core.management import BaseCommand

from articles.models import Article
from articles.search import rebuild


class Command(BaseCommand):
    help = "Write the search index anew; the site may be in use meanwhile."

    def handle(self, *args: Any, **options: Any) -> None:
        whole = Article.objects.published().count()
        done = 0
        for done in rebuild():
            if self.stdout.isatty():
                self.stdout.write(f"\r{done} of {whole} stories", ending="")
            elif done % 1_000 == 0:
                self.stdout.write(f"{done} of {whole} stories")
        ending = "\n" if self.stdout.isatty() and done else ""
        self.stdout.write(f"{ending}{done} stories are indexed.")
