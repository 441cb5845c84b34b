"""`manage.py verify_history`: whether the public record is what was published."""

from typing import Any

from django.core.management import BaseCommand, CommandError, CommandParser
from django.db.models import Exists, OuterRef, Q

from articles.chain import verify
from articles.models import Article, Revision


class Command(BaseCommand):
    help = "Look for rows of the public record that were altered in the database; name them."

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("path", nargs="*", help="only these stories, such as 2026/11/slug")

    def handle(self, *args: Any, path: list[str], **options: Any) -> None:
        stories = self._stories(path)
        broken = 0
        for article in stories.iterator():
            for fault in verify(article):
                broken += 1
                whose = f"version {fault.number}" if fault.number else "the story"
                where = article.path or f"story {article.pk}, which has no address"
                self.stderr.write(f"{where}: {whose}: {fault.table}: {fault.says}")
        count = stories.count()
        if broken:
            raise CommandError(f"{broken} faults in {count} stories; they are named above.")
        self.stdout.write(f"{count} stories verified; every public version is as published.")

    def _stories(self, paths: list[str]) -> Any:
        versions = Revision.objects.filter(article=OuterRef("pk"), published_at__isnull=False)
        told = Q(path__isnull=False) | Q(public_versions__gt=0) | Exists(versions)
        public = Article.objects.filter(told).order_by("pk")
        if not paths:
            return public
        asked = {path.strip("/") for path in paths}
        found = public.filter(path__in=asked)
        if missing := asked - set(found.values_list("path", flat=True)):
            raise CommandError(f"There is no story at {', '.join(sorted(missing))}.")
        return found
