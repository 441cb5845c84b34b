"""What this room does after its own news."""

from typing import Any

from django.dispatch import receiver

from articles import shown
from articles.models import Photo
from articles.signals import photos_changed, related_changed
from newsroom.press.services import purge


@receiver(photos_changed)
def purge_pictures(photo_ids: list[int], **_: Any) -> None:
    """Pages show a photo's new words and renditions."""
    photos = Photo.objects.filter(pk__in=photo_ids)
    purge(set().union(*(shown.photo_changed(photo) for photo in photos)))


@receiver(related_changed)
def purge_related(article_ids: list[int], **_: Any) -> None:
    """Pages show what stands below them by now."""
    purge(shown.related_changed(article_ids))
