"""Pages purged by one publication, and what purging costs, at 1,000 and 100,000 articles."""

import statistics
import time
from collections.abc import Iterator
from typing import TYPE_CHECKING

from bench import _title
from bench.rows import Row

if TYPE_CHECKING:
    from articles.models import Article

SIZES = (1_000, 100_000)
PUBLICATIONS = 20


def measure() -> Iterator[Row]:
    """Two rows a size: how many pages, and how long the publication takes."""
    for size in SIZES:
        with _title.title():
            yield from _rows(size)


def _rows(size: int) -> Iterator[Row]:
    from articles import shown  # noqa: PLC0415 - Django is set up by now.
    from articles.services import publish  # noqa: PLC0415

    _title.fill(size)
    counts, lists, seconds = [], 0, []
    for number in range(PUBLICATIONS):
        draft = _title.make_draft(f"News {number}")
        began = time.perf_counter()
        story = publish(draft.pk, editor=None, announce=False)
        seconds.append(time.perf_counter() - began)
        counts.append(len(shown.story_published(story)))
        lists = _lists(story)
    most = 3 * lists + 4
    yield Row(
        f"pages purged by one publication at {size:,} articles",
        f"{statistics.median(counts):.0f}",
        f"at most {most}",
        f"3 for each of {lists} lists, and 4 of its own",
    )
    yield Row(
        f"publishing at {size:,} articles",
        f"{statistics.median(seconds) * 1000:.0f} ms",
        how=f"purge and commit in it, median of {PUBLICATIONS}, SQLite",
    )


def _lists(story: "Article") -> int:
    """Front, site feeds, sitemaps, latest, month; section, topics, authors, pictures."""
    live = story.live
    pictured = bool(live and (live.lead_photo_id or live.gallery_rows.exists()))
    return 6 + story.topics.count() + story.bylines.count() + pictured
