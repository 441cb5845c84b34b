"""`manage.py seed_demo`: the demo desk, in an empty house."""

from typing import Any

from django.conf import settings
from django.core.management import BaseCommand, CommandError

from newsroom.desk.demo.seed import NotEmptyError, seed_demo


class Command(BaseCommand):
    help = "Fill an empty house with the demo title: stories, pictures, people, comments."

    def handle(self, *args: Any, verbosity: int, **options: Any) -> None:
        try:
            seed_demo()
        except NotEmptyError as error:
            raise CommandError(str(error)) from None
        if verbosity:
            self.stdout.write(f"Sign-ins are in {settings.DATA_DIR / 'demo-accounts.txt'}")
