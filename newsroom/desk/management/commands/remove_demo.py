"""`manage.py remove_demo`: take the demo away, and nothing that a person made or changed."""

from typing import Any

from django.core.management import BaseCommand

from newsroom.desk.demo.remove import remove_demo


class Command(BaseCommand):
    help = "Delete what the demo made, except what a person has edited since."

    def handle(self, *args: Any, **options: Any) -> None:
        removal = remove_demo()
        self.stdout.write(f"{removal.removed} rows of the demo removed.")
        if removal.kept:
            self.stdout.write(f"{len(removal.kept)} kept:")
            for sentence in removal.kept:
                self.stdout.write(f"  {sentence}")
