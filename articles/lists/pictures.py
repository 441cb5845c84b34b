"""The pictures that stories show: the one above the text, and those of their galleries."""

from collections.abc import Iterable
from dataclasses import dataclass

from articles.models import Article, Photo

OF_ONE_STORY = 4  # On a page of pictures; a gallery of two dozen would push all others away.


@dataclass(frozen=True)
class Shown:
    """A photo as a story shows it, with the words it has there; the `number`th of `count`."""

    photo: Photo
    caption: str
    alt: str
    story: Article
    number: int = 1
    count: int = 1


def pictures_of(stories: Iterable[Article]) -> list[Shown]:
    """The first pictures of each of these stories, story by story. A gallery repeats none that
    stands on the page already, or above a story's text further down."""
    rows = list(stories)
    taken = {story.live.lead_photo_id for story in rows if story.live}
    found: list[Shown] = []
    for story in rows:
        lead = story.live.lead_photo_id if story.live else None
        own = [one for one in shown_in(story) if one.photo.pk == lead or one.photo.pk not in taken]
        found += own[:OF_ONE_STORY]
        taken |= {shown.photo.pk for shown in own[:OF_ONE_STORY]}
    return found


def shown_in(story: Article) -> list[Shown]:
    """All that a story shows, none twice; no query where `live__lead_photo` and
    `live__gallery_rows__photo` are fetched."""
    revision = story.live
    if revision is None:
        return []
    words = {row.photo: (row.shown_caption, row.shown_alt) for row in revision.gallery_rows.all()}
    if revision.lead_photo is not None:
        lead = {revision.lead_photo: (revision.photo_caption, revision.photo_alt)}
        words = lead | {photo: said for photo, said in words.items() if photo not in lead}
    return [
        Shown(photo, caption, alt, story, number, len(words))
        for number, (photo, (caption, alt)) in enumerate(words.items(), start=1)
    ]
