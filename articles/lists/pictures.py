"""The pictures that stories show."""

from collections.abc import Iterable
from dataclasses import dataclass

from articles.models import Article, Photo


@dataclass(frozen=True)
class Shown:
    """A photo as a story shows it, with the words it has there."""

    photo: Photo
    caption: str
    alt: str
    story: Article


def pictures_of(stories: Iterable[Article]) -> list[Shown]:
    """What these stories show, story by story, from rows that `for_cards` fetched."""
    revisions = [(story, story.live) for story in stories]
    return [
        Shown(revision.lead_photo, revision.photo_caption, revision.photo_alt, story)
        for story, revision in revisions
        if revision is not None and revision.lead_photo is not None
    ]
