"""`manage.py refresh_related`: choose the related stories of every story anew."""

from itertools import batched
from typing import Any

from django.core.management import BaseCommand

from articles.models import SearchText
from articles.related import refresh
from articles.related.lists import BATCH


class Command(BaseCommand):
    help = "Choose the related stories of every public story anew, as the nightly task does."

    def handle(self, *args: Any, **options: Any) -> None:
        rows = SearchText.objects.only("place").order_by("-place")
        whole, done, changed = rows.count(), 0, 0
        for batch in batched(rows.iterator(), BATCH):
            changed += len(refresh(batch))
            done += len(batch)
            self.stdout.write(f"{done} of {whole} stories")
        self.stdout.write(f"{changed} lists have changed.")
