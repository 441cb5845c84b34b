"""One question, one answer, the same on both databases."""

from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime
from typing import Any

from django.db.models import QuerySet, prefetch_related_objects
from django.db.models.expressions import RawSQL
from django.utils import timezone

from articles.by_key import if_public, stories_by_key
from articles.models import Article, ArticleByline, Author, SearchText, Section, Topic
from articles.models.article import ArticleQuerySet
from articles.models.search import KEYS, place_at
from articles.search.backend import backend
from articles.search.excerpts import Piece, excerpt, marked
from articles.search.question import Clause, Phrase, Question, read
from articles.search.span import Span
from articles.search.vocabulary import common
from newsroom.kit.prepared import prepared

PAGE = 10
LAST_PAGE = 20
MOST = PAGE * LAST_PAGE  # Stories that are counted and can be leafed through.
WEIGHED = 300  # Of those that answer, the newest; each costs 5 to 25 microseconds.
COMMON = 2_000  # Stories: what stands in more of them says little, and costs much to weigh.
FILTERS = ("section", "kind", "topic", "time")


@dataclass(frozen=True)
class Query:
    """What a reader asks: the words as typed, and what the stories must be."""

    words: str = ""
    section: Section | None = None
    kind: str = ""
    topic: Topic | None = None
    since: datetime | None = None
    until: datetime | None = None
    newest_first: bool = False
    page: int = 1

    @property
    def filters(self) -> list[str]:
        """The names of the filters that are set."""
        there = (self.section, self.kind, self.topic, self.since or self.until)
        return [name for name, value in zip(FILTERS, there, strict=True) if value]

    def without(self, *names: str) -> "Query":
        """The same question with these filters lifted."""
        empty: dict[str, object] = {"section": None, "kind": "", "topic": None}
        lifted = {name: empty[name] for name in names if name != "time"}
        if "time" in names:
            lifted |= {"since": None, "until": None}
        return replace(self, **lifted)  # type: ignore[arg-type]  # Each name with its own empty.


@dataclass(frozen=True)
class Found:
    """A story that answers, by whom it is, and where it does."""

    article: Article
    authors: list[Author]
    headline: list[Piece]
    excerpt: list[Piece]


@dataclass(frozen=True)
class Results:
    """A page of the answer. `count` is of all pages; with `more` there are more than that."""

    query: Query
    question: Question
    found: list[Found] = field(default_factory=list)
    count: int = 0
    more: bool = False

    @property
    def last_page(self) -> int:
        return max(1, -(-self.count // PAGE))


def search(query: Query) -> Results:
    """The public stories that answer, a page of them, and how many there are.

    By relevance those come first that have all the words in their headline, newest first; then
    the others, the closest first of the newest 300; if all the words are common, the newest.
    More than 200 are not counted: no page shows them. Without a word the filters alone are
    asked, and without either nothing.
    """
    question = read(query.words)
    if not question and not (query.filters and not question.unwanted):
        return Results(query, question)
    standing = _standing(question, query)
    last = min(query.page * PAGE, MOST)
    if query.newest_first or not question:
        places = _newest(question, query, standing, MOST + 1)
        number = len(places)
    else:
        number, places = _by_relevance(question, query, standing, last)
    return Results(
        query,
        question,
        _found(question, places[(query.page - 1) * PAGE : last]),
        count=min(number, MOST),
        more=number > MOST,
    )


def count(query: Query) -> tuple[int, bool]:
    """How many public stories answer, up to 200, and whether there are more."""
    question = read(query.words)
    if not question and (question.unwanted or not query.filters):
        return 0, False
    found = _how_many(question, query, _standing(question, query))
    return min(found, MOST), found > MOST


def _standing(question: Question, query: Query) -> Clause:
    """Which stories may be shown, written once for all that a question asks of the index."""
    if not question:
        return Clause()
    section = query.section.pk if query.section else None
    topic = query.topic.pk if query.topic else None
    there, values = _there.statement(timezone.now(), section, query.kind or None, topic)
    return Clause(f"EXISTS ({there})", values)


@prepared
def _there(
    now: datetime, section: int | None, kind: str | None, topic: int | None
) -> QuerySet[Article, Any]:
    """The story of a row of the index, if it may be shown."""
    stories = _stories(now, section, kind, topic)
    return stories.filter(pk=RawSQL(backend().STORY, ())).values("pk")  # noqa: S611 - A constant.


def _how_many(question: Question, query: Query, standing: Clause) -> int:
    """Up to one more than are counted."""
    if not question:
        return len(_newest(question, query, standing, MOST + 1))
    span = Span.between(query.since, query.until)
    return int(backend().how_many(question, standing, span, MOST + 1))


def _newest(
    question: Question, query: Query, standing: Clause, most: int, **only: bool
) -> list[int]:
    if question:
        span = Span.between(query.since, query.until)
        return list(backend().newest(question, standing, span, most, **only))
    stories = _stories(timezone.now(), query.section, query.kind, query.topic)
    if query.since:
        stories = stories.filter(first_published_at__gte=query.since)
    if query.until:
        stories = stories.filter(first_published_at__lt=query.until)
    moments = stories.newest_first().values_list("first_published_at", "pk")[:most]
    return [place_at(moment, key) for moment, key in moments if moment]


def _stories(
    now: datetime, section: Section | int | None, kind: str | None, topic: Topic | int | None
) -> ArticleQuerySet:
    stories = Article.objects.published(now)
    if section:
        stories = stories.filter(section=section)
    if kind:
        stories = stories.filter(kind=kind)
    if topic:
        stories = stories.filter(topics=topic)
    return stories


def _by_relevance(
    question: Question, query: Query, standing: Clause, upto: int
) -> tuple[int, list[int]]:
    """How many answer, and in which order they are shown; only as far as the page needs it.

    Those found by their headline come first, then the others.
    """
    telling = _telling(question)
    common_word = not telling and len(question.wanted) == 1  # Two are rarely in one headline.
    heads = _newest(question, query, standing, upto, heads=True, often=common_word)
    if len(heads) == upto:
        return _how_many(question, query, standing), heads
    span = Span.between(query.since, query.until)
    if telling:
        places = backend().closest(question, telling, standing, span, WEIGHED)
        number = len(places)
    else:
        places, number = backend().newest_counted(question, standing, span, upto, MOST + 1)
    first = set(heads)
    return number, [*heads, *(place for place in places if place not in first)]


def _telling(question: Question) -> list[Phrase]:
    """What stands in few stories: by how often they have it, some are closer than others."""
    said = common({stem for phrase in question.wanted for stem in phrase}, COMMON)
    return [phrase for phrase in question.wanted if not said.issuperset(phrase)]


def _found(question: Question, places: Sequence[int]) -> list[Found]:
    keys = tuple(place & KEYS for place in places)
    stories = if_public(_indexed(keys))
    photos = [story.live.lead_photo for story in stories.values() if story.live]
    prefetch_related_objects([photo for photo in photos if photo is not None], "renditions")
    authors = defaultdict(list)
    for row in _bylines(keys):
        authors[row.article_id].append(row.author)
    return [_one(stories[key], authors[key], question) for key in keys if key in stories]


@prepared
def _bylines(keys: tuple[int, ...]) -> QuerySet[ArticleByline]:
    return ArticleByline.objects.filter(article__in=keys).select_related("author")


@prepared
def _indexed(keys: tuple[int, ...]) -> ArticleQuerySet:
    """With what is kept of their text for excerpts, and no other column of the index."""
    columns = {field.name for field in SearchText._meta.concrete_fields} - {"article", "text"}
    stories = stories_by_key(keys).select_related("search_text")
    return stories.defer("live__body", *(f"search_text__{name}" for name in columns))


def _one(article: Article, authors: list[Author], question: Question) -> Found:
    if article.live is None:
        raise ValueError("A public story has a live revision.")
    text = article.search_text.text if hasattr(article, "search_text") else ""
    return Found(
        article,
        authors,
        marked(article.live.headline, question.wanted),
        excerpt(article.live.standfirst, text, question.wanted),
    )
