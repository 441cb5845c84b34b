"""Keeping the index: a row for each public story, written with the fact that makes it public."""

from collections.abc import Iterable, Iterator
from itertools import batched

from django.db import transaction

from articles.models import Article, Revision, SearchDue, SearchText
from articles.models.article import ArticleQuerySet
from articles.models.search import place_at
from articles.search import vocabulary
from articles.search.backend import backend
from articles.search.words import stems_in, written
from newsroom.kit.html import plain_text

LONGEST = 150_000  # Signs of a text that are searched; a vector of PostgreSQL holds no more.
BATCH = 50  # Stories to a transaction: about a tenth of a second.
SWEPT = 500  # Of each kind, by one sweep.


def index_stories(articles: Iterable[Article]) -> None:
    """Put the live revisions of these public stories in the place of what was indexed before.

    Takes few queries for any number of stories. A text that is new is due for new related
    stories. Call it inside the transaction that changes the stories.
    """
    fresh = {article.pk: _row(article) for article in _with_words(articles)}
    before = {row.article_id: row for row in SearchText.objects.filter(article__in=list(fresh))}
    changed = [row for pk, row in fresh.items() if not _same(row, before.get(pk))]
    old = [before[row.article_id] for row in changed if row.article_id in before]
    vocabulary.count(old, changed)
    SearchText.objects.filter(place__in=[row.place for row in old]).delete()
    SearchText.objects.bulk_create(changed)


def forget_story(article: Article) -> None:
    """Take a story out of the index."""
    old = list(SearchText.objects.filter(article=article))
    vocabulary.count(old, [])
    SearchText.objects.filter(article=article).delete()


def index_soon(articles: ArticleQuerySet) -> None:
    """Index anew those of these stories that are public: a few at once, many by the sweep.

    For a change of what stories share, such as a name. Call it inside its transaction.
    """
    public = articles.filter(state=Article.State.PUBLISHED)
    keys = list(public.order_by("pk").values_list("pk", flat=True))
    if len(keys) <= BATCH:
        index_stories(_held(keys))
        return
    SearchDue.objects.bulk_create(SearchDue(article_id=key) for key in keys)
    from articles import tasks  # noqa: PLC0415 - Tasks call this.

    transaction.on_commit(tasks.sweep_search.delay, robust=True)


def sweep(most: int = SWEPT) -> int:
    """Index public stories that are not, or are due; drop others that are; how many there were.

    Finds what was public before there was an index, and what was changed in the database.
    """
    missing = Article.objects.published().filter(search_text=None).newest_first()[:most]
    hidden = SearchText.objects.exclude(article__state=Article.State.PUBLISHED)
    gone = Article.objects.filter(pk__in=hidden.values("article")[:most])
    return _in_batches(missing) + _forget(gone) + _index_due(most)


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


def _index_due(most: int) -> int:
    """The promises are read before the names: one that comes later is of a later name."""
    due = list(SearchDue.objects.order_by("pk").values_list("pk", "article")[:most])
    for batch in batched(due, BATCH):
        with transaction.atomic():
            index_stories(_held(key for _, key in batch))
            SearchDue.objects.filter(pk__in=[pk for pk, _ in batch]).delete()
    return len(due)


def _held(keys: Iterable[int]) -> Iterable[Article]:
    """Those of them that are public, held so that nobody publishes or withdraws them meanwhile."""
    public = Article.objects.filter(pk__in=list(keys), state=Article.State.PUBLISHED)
    return public.order_by("pk").select_for_update()


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
    above = "\n".join(said[name] for name in SearchText.COLUMNS if name != "body")
    return SearchText(place=place, article=article, text=said["body"], above=above, **columns)


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
    names = ("place", "text", "above", *SearchText.COLUMNS)
    return before is not None and all(
        getattr(row, name) == getattr(before, name) for name in names
    )
