"""`manage.py verify_history`: whether the public record is what was published."""

from typing import Any

from django.core.management import BaseCommand, CommandError, CommandParser

from articles.chain import verify
from articles.models import Article


class Command(BaseCommand):
    help = "Look for public versions that were altered in the database, and name them."

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("path", nargs="*", help="only these stories, such as 2026/11/slug")

    def handle(self, *args: Any, path: list[str], **options: Any) -> None:
        stories = self._stories(path)
        broken = 0
        for article in stories.iterator():
            for number in verify(article):
                broken += 1
                self.stderr.write(f"{article.path}: version {number} was altered")
        count = stories.count()
        if broken:
            raise CommandError(f"{broken} versions in {count} stories are not as published.")
        self.stdout.write(f"{count} stories verified; every public version is as published.")

    def _stories(self, paths: list[str]) -> Any:
        public = Article.objects.filter(path__isnull=False).order_by("pk")
        if not paths:
            return public
        asked = {path.strip("/") for path in paths}
        found = public.filter(path__in=asked)
        if missing := asked - set(found.values_list("path", flat=True)):
            raise CommandError(f"There is no story at {', '.join(sorted(missing))}.")
        return found
