"""The lists of related stories as rows: begun with the story, chosen by a task, kept in step.

What a story's page shows is what the rows say, so each change of a list can be told: whoever
keeps the pages hears of it by `related_changed`.
"""

from collections.abc import Iterable
from datetime import timedelta

from django.db import transaction
from django.db.models import QuerySet, Value
from django.utils import timezone

from articles.models import Article, RelatedPick, RelatedStory, SearchText
from articles.related.choosing import KEPT, Choice, choose, fillers
from articles.related.linked import linked_from, paths_in
from articles.related.weights import Weights
from articles.signals import related_changed

SHOWN = 4
BATCH = 200  # Lists that one task chooses: some seconds.
A_DAY = timedelta(hours=12)  # Lists younger than this are left alone by the nightly task.


def related_to(article: Article, most: int = SHOWN) -> list[Article]:
    """The public stories below a story: its editor's picks in their order, then the closest.

    Two queries, whatever there is. Never one that the text points to.
    """
    keys = _keys(article)
    return _public(article, keys, most)


def _keys(article: Article) -> list[int]:
    """Keys of what was picked, then of what was chosen, in one query."""
    columns = ("first", "position", "other_id")
    picked = article.pick_rows.order_by().annotate(first=Value(0)).values_list(*columns)
    chosen = article.related_rows.order_by().annotate(first=Value(1)).values_list(*columns)
    rows = picked.union(chosen).order_by("first", "position")
    return list(dict.fromkeys(key for _, _, key in rows))


def _public(article: Article, keys: list[int], most: int) -> list[Article]:
    stories = Article.objects.published().filter(pk__in=keys).exclude(pk=article.pk)
    if article.live is not None:
        pointed_at = article.live.see_also_rows.values("article")
        stories = stories.exclude(pk__in=pointed_at).exclude(path__in=paths_in(article.live.body))
    whole = stories.select_related("live__lead_photo", "section").defer("live__body")
    by_key = {story.pk: story for story in whole}
    return [by_key[key] for key in keys if key in by_key][:most]


def begin_list(article: Article) -> None:
    """The newest stories of topics and section, until the task has chosen.

    Call it inside the transaction that publishes the story. A list that is there is left.
    """
    if article.related_rows.exists():
        return
    passed_over = {article.pk, *linked_from(article)}
    _write(article, fillers(article, passed_over, KEPT))


def forget_lists(article: Article) -> None:
    """Take a story that is withdrawn from all lists, and tell whose they were."""
    below = RelatedStory.objects.filter(other=article)
    pages = set(below.values_list("article_id", flat=True))
    pages.update(RelatedPick.objects.filter(other=article).values_list("article_id", flat=True))
    below.delete()
    article.related_rows.all().delete()
    SearchText.objects.filter(article__in=pages).update(related_at=None)
    _tell(pages)


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
