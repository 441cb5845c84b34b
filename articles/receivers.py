"""What this room does after its own news."""

from typing import Any

from django.db import transaction
from django.dispatch import receiver

from articles import shown, tasks
from articles.models import Photo
from articles.signals import article_published, photos_changed, related_changed
from newsroom.press.services import purge


@receiver(article_published)
def choose_related(announce: bool, **_: Any) -> None:  # noqa: FBT001 - The signal's own name.
    """Choose what stands below a new story. After an import, which says nothing, the sweep does."""
    if announce:
        transaction.on_commit(tasks.refresh_related.delay, robust=True)


@receiver(photos_changed)
def purge_pictures(photo_ids: list[int], **_: Any) -> None:
    """Pages show a photo's new words and renditions."""
    for photo in Photo.objects.filter(pk__in=photo_ids):
        purge(shown.photo_changed(photo))


@receiver(related_changed)
def purge_related(article_ids: list[int], **_: Any) -> None:
    """Pages show what stands below them by now."""
    purge(shown.related_changed(article_ids))
