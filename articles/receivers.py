"""What this room does after its own news."""

from typing import Any

from django.db import transaction
from django.dispatch import receiver

from articles import tasks
from articles.signals import article_published


@receiver(article_published)
def choose_related(announce: bool, **_: Any) -> None:  # noqa: FBT001 - The signal's own name.
    """Choose what stands below a new story. After an import, which says nothing, the sweep does."""
    if announce:
        transaction.on_commit(tasks.refresh_related.delay, robust=True)
