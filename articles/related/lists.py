"""The lists of related stories as rows: begun with the story, chosen by a task, kept in step.

What a story's page shows is what the rows say, so each change of a list can be told: whoever
keeps the pages hears of it by `related_changed`.
"""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import timedelta
from typing import Any

from django.db import transaction
from django.db.models import QuerySet, Value
from django.utils import timezone

from articles.by_key import public_by_key
from articles.models import (
    Article,
    RelatedPick,
    RelatedStory,
    Revision,
    RevisionSeeAlso,
    SearchText,
)
from articles.related.choosing import KEPT, Choice, choose, fillers
from articles.related.linked import linked_from, paths_in
from articles.related.weights import Weights
from articles.signals import related_changed
from newsroom.kit.prepared import prepared

POINTED_AT, PICKED, CHOSEN = range(3)  # Why a story stands there; the first reason counts.
SHOWN = 4
BATCH = 200  # Lists that one task chooses: some seconds.
A_DAY = timedelta(hours=12)  # Lists younger than this are left alone by the nightly task.


@dataclass(frozen=True)
class Beside:
    """What a story's page leads to: what its text points to, and what is related."""

    see_also: list[Article]
    related: list[Article]


def stories_beside(article: Article, revision: Revision | None, most: int = SHOWN) -> Beside:
    """The public stories that this text points to, in its editor's order; and those below it:
    its editor's picks, then the closest, never one that the text points to.

    Two queries, whatever there is.
    """
    rows = _rows(article.pk, revision.pk if revision else 0)
    by_key = public_by_key(tuple({key for *_, key in rows}))
    pointed_at = [key for first, _, key in rows if first == POINTED_AT]
    linked = paths_in(revision.body, article.path) if revision else set()
    below = [
        by_key[key]
        for key in dict.fromkeys(key for *_, key in rows)
        if key in by_key
        and key not in {article.pk, *pointed_at}
        and by_key[key].path not in linked
    ]
    return Beside([by_key[key] for key in pointed_at if key in by_key], below[:most])


def related_to(article: Article, most: int = SHOWN) -> list[Article]:
    """The public stories below a public story."""
    return stories_beside(article, article.live, most).related


@prepared
def _rows(article: int, revision: int) -> QuerySet[Any, tuple[int, int, int]]:
    """Why, position and key of what the text points to, what was picked, and what was chosen."""
    columns = ("first", "position", "other_id")
    picked = RelatedPick.objects.filter(article=article).annotate(first=Value(PICKED))
    chosen = RelatedStory.objects.filter(article=article).annotate(first=Value(CHOSEN))
    pointed_at = RevisionSeeAlso.objects.filter(revision=revision).annotate(
        first=Value(POINTED_AT)
    )
    rows = pointed_at.order_by().values_list("first", "position", "article_id")
    return rows.union(
        picked.order_by().values_list(*columns), chosen.order_by().values_list(*columns)
    ).order_by("first", "position")


def begin_list(article: Article) -> None:
    """The newest stories of topics and section, until the task has chosen.

    Call it inside the transaction that publishes the story. A list that is there is left.
    """
    if article.related_rows.exists():
        return
    passed_over = {article.pk, *linked_from(article)}
    _write(article, fillers(article, passed_over, KEPT))


def forget_lists(article: Article) -> set[int]:
    """Take a story that is withdrawn from all lists; the keys of the stories whose they were.

    Call it inside the transaction that withdraws the story, before its text leaves the search.
    The rows of texts are held before those of lists, in their order: whoever chooses does so.
    """
    below = RelatedStory.objects.filter(other=article)
    pages = set(below.values_list("article_id", flat=True))
    pages.update(RelatedPick.objects.filter(other=article).values_list("article_id", flat=True))
    texts = SearchText.objects.filter(article__in=[*pages, article.pk])
    list(texts.select_for_update().order_by("place").values_list("place"))
    texts.update(related_at=None)
    below.delete()
    article.related_rows.all().delete()
    return pages


def refresh_due(most: int = BATCH) -> list[int]:
    """Choose for stories whose text is new, and whose list is short; keys of the changed."""
    return refresh(SearchText.objects.filter(related_at=None).order_by("-place")[:most])


def refresh_old(most: int = BATCH) -> tuple[int, list[int]]:
    """Choose anew for the lists that are oldest; how many they were, and the changed ones' keys."""
    before = timezone.now() - A_DAY
    old = SearchText.objects.filter(related_at__lt=before).order_by("related_at")[:most]
    rows = list(old)
    return len(rows), refresh(rows)


def refresh(rows: Iterable[SearchText]) -> list[int]:
    """Choose for these stories, one transaction each; keys of those whose page changes."""
    weights = Weights()
    return [row.article_id for row in _whole(rows) if _refresh(row, weights)]


def _whole(rows: Iterable[SearchText]) -> QuerySet[SearchText]:
    places = [row.place for row in rows]
    return SearchText.objects.filter(place__in=places).select_related("article__live")


def _refresh(row: SearchText, weights: Weights) -> bool:
    article = row.article
    choices = choose(row, weights)
    with transaction.atomic():
        choices = _held(article, choices)
        still = SearchText.objects.select_for_update().filter(place=row.place, text=row.text)
        if not still.exists():
            return False  # Published anew or withdrawn meanwhile: that list is due by itself.
        before = _shown(article)
        _write(article, choices)
        # A list that is short stays due: the next story may fill it.
        short = len(choices) + article.pick_rows.count() < SHOWN
        still.update(related_at=None if short else timezone.now())
        changed = before != _shown(article)
        if changed:
            _tell([article.pk])
    return changed


def _held(article: Article, choices: Iterable[Choice]) -> list[Choice]:
    """Those that are public still. They are held with the story, before any row of its list, so
    that none is withdrawn meanwhile and nobody waits in a circle."""
    choices = list(choices)
    keys = [article.pk, *(choice.article_id for choice in choices)]
    held = Article.objects.published().filter(pk__in=keys).order_by("pk")
    public = set(held.select_for_update(no_key=True).values_list("pk", flat=True))
    return [choice for choice in choices if choice.article_id in public]


def _shown(article: Article) -> list[int]:
    return [story.pk for story in related_to(article)]


def _write(article: Article, choices: Iterable[Choice]) -> None:
    article.related_rows.all().delete()
    RelatedStory.objects.bulk_create(
        RelatedStory(
            article=article,
            other_id=choice.article_id,
            position=position,
            score=choice.score,
            because=", ".join(choice.because)[:200],
        )
        for position, choice in enumerate(choices)
    )


def _tell(article_ids: Iterable[int]) -> None:
    """Inside the transaction of the change, as all news is told."""
    keys = sorted(article_ids)
    if keys:
        related_changed.send(sender=RelatedStory, article_ids=keys)
