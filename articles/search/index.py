"""Keeping the index: a row for each public story, written with the fact that makes it public."""

from collections import Counter
from collections.abc import Iterable, Iterator, Sequence
from itertools import batched

from django.db import transaction

from articles.models import Article, Revision, SearchText
from articles.models.search import place_at
from articles.search import vocabulary
from articles.search.backend import backend
from articles.search.stems import stem_of
from articles.search.words import fold, stems_in, words_in, written
from newsroom.kit.html import plain_text

LONGEST = 150_000  # Signs of a text that are searched; a vector of PostgreSQL holds no more.
BATCH = 50  # Stories to a transaction: about a tenth of a second.


def index_stories(articles: Iterable[Article]) -> None:
    """Put the live revisions of these public stories in the place of what was indexed before.

    Takes few queries for any number of stories. A text that is new is due for new related
    stories. Call it inside the transaction that changes the stories.
    """
    fresh = {article.pk: _row(article) for article in _with_words(articles)}
    before = {row.article_id: row for row in SearchText.objects.filter(article__in=list(fresh))}
    changed = [row for pk, row in fresh.items() if not _same(row, before.get(pk))]
    old = [before[row.article_id] for row in changed if row.article_id in before]
    _recount(old, changed)
    SearchText.objects.filter(place__in=[row.place for row in old]).delete()
    SearchText.objects.bulk_create(changed)


def forget_story(article: Article) -> None:
    """Take a story out of the index."""
    old = list(SearchText.objects.filter(article=article))
    _recount(old, [])
    SearchText.objects.filter(article=article).delete()


def sweep(most: int = 500) -> int:
    """Index public stories that are not, drop others that are; how many there were.

    Finds what was public before there was an index, and what was changed in the database.
    """
    missing = Article.objects.published().filter(search_text=None).newest_first()[:most]
    hidden = SearchText.objects.exclude(article__state=Article.State.PUBLISHED)
    gone = Article.objects.filter(pk__in=hidden.values("article")[:most])
    return _in_batches(missing) + _forget(gone)


def rebuild(*, whole: bool = False) -> Iterator[int]:
    """Set the index right from the stories, while it is in use; yields how many are done.

    `whole` first writes the database's own index anew, which keeps other writers waiting.
    """
    if whole:
        backend().mend()
    hidden = SearchText.objects.exclude(article__state=Article.State.PUBLISHED)
    _forget(Article.objects.filter(pk__in=hidden.values("article")))
    done = 0
    keys = Article.objects.published().order_by("pk").values_list("pk", flat=True)
    for batch in batched(list(keys), BATCH):
        with transaction.atomic():
            index_stories(Article.objects.published().filter(pk__in=batch))
        done += len(batch)
        yield done
    vocabulary.recount()


def _in_batches(articles: Iterable[Article]) -> int:
    done = 0
    for batch in batched(articles, BATCH):
        with transaction.atomic():
            index_stories(batch)
        done += len(batch)
    return done


def _forget(articles: Iterable[Article]) -> int:
    done = 0
    for article in articles:
        with transaction.atomic():
            forget_story(article)
        done += 1
    return done


def _with_words(articles: Iterable[Article]) -> list[Article]:
    """The stories as the database has them, with all that readers see of each."""
    public = Article.objects.filter(pk__in=[article.pk for article in articles])
    whole = public.select_related("live").prefetch_related(
        "live__topics", "live__byline_rows__author"
    )
    return list(whole.exclude(live=None))


def _row(article: Article) -> SearchText:
    revision = article.live
    if revision is None or article.first_published_at is None:
        raise ValueError("Only a public story is indexed.")
    said = _said(revision)
    columns = {name: " ".join(stems_in(said[name])) for name in SearchText.COLUMNS}
    place = place_at(article.first_published_at, article.pk)
    return SearchText(place=place, article=article, text=said["body"], **columns)


def _said(revision: Revision) -> dict[str, str]:
    """What each column has, as it is written."""
    authors = [row.author.name for row in revision.byline_rows.all()]
    parts = {
        "headline": revision.headline,
        "standfirst": revision.standfirst,
        "topics": ", ".join(topic.name for topic in revision.topics.all()),
        "bylines": ", ".join(authors),
        "body": " ".join(plain_text(revision.body).split()),
    }
    return {name: written(part)[:LONGEST] for name, part in parts.items()}


def _same(row: SearchText, before: SearchText | None) -> bool:
    names = ("place", "text", *SearchText.COLUMNS)
    return before is not None and all(
        getattr(row, name) == getattr(before, name) for name in names
    )


def _recount(old: Iterable[SearchText], new: Sequence[SearchText]) -> None:
    changes: Counter[str] = Counter()
    for row in new:
        changes.update(row.stems())
    for row in old:
        changes.subtract(row.stems())
    vocabulary.count({stem: by for stem, by in changes.items() if by}, _forms(new))


def _forms(rows: Iterable[SearchText]) -> dict[str, str]:
    """The shortest word that these stories have for each stem."""
    forms: dict[str, str] = {}
    articles = [row.article for row in rows]
    for article in articles:
        if article.live is None:
            continue
        for word in words_in(" ".join(_said(article.live).values())):
            form = fold(word[0])
            stem = stem_of(form)
            if len(form) < len(forms.get(stem, form + " ")):
                forms[stem] = form
    return forms
