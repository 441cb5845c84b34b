"""How a conversation is laid out: a tree, shown as one list with levels."""

from bisect import bisect_left, bisect_right
from collections import defaultdict
from collections.abc import Iterator, Set
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from django.db.models import QuerySet
from django.urls import reverse

from articles.models import Article
from comments.models import Comment, ModerationDecision
from newsroom.kit.prepared import prepared

# Key and moment of a comment; key, moment and parent of what it answers.
Said = tuple[int, datetime, int | None, datetime | None, int | None]
COLUMNS = ("pk", "created_at", "parent", "parent__created_at", "parent__parent")
ON_ONE_PAGE = 200
DEEPEST = 3  # Levels of indent; deeper answers stand at this level and name whom they answer.


@dataclass(frozen=True)
class Place:
    """Where a comment stands. `removed`: it is not public, but answers to it are."""

    pk: int
    level: int
    parent: int | None
    removed: bool = False


@dataclass(frozen=True)
class Turn:
    """A place and what stands there."""

    place: Place
    comment: Comment | None
    home: str  # The address of the conversation.
    shows_parent: bool = False  # The indent does not tell whom it answers.
    parent_is_here: bool = False

    @property
    def level(self) -> int:
        return min(self.place.level, DEEPEST)

    @property
    def anchor(self) -> str:
        return f"comment-{self.place.pk}"

    @property
    def permalink(self) -> str:
        return f"{self.home}{self.place.pk}/"

    @property
    def answers(self) -> str:
        """The name of whom it answers, if that comment is still public."""
        parent = self.comment.parent if self.comment is not None else None
        public = parent is not None and parent.state == Comment.State.PUBLISHED
        return parent.name if parent is not None and public else ""

    @property
    def parent_link(self) -> str:
        pk = self.place.parent
        return f"#comment-{pk}" if self.parent_is_here else f"{self.home}{pk}/"

    @property
    def reply_link(self) -> str:
        return f"{self.home}?parent={self.place.pk}#respond"


@dataclass(frozen=True)
class Conversation:
    """One page of what was said under a story, and the addresses that lead on and back."""

    count: int  # Of all public comments.
    first: int  # Which of them this page begins with, from 1.
    last: int
    turns: list[Turn] = field(default_factory=list)
    earlier: str = ""  # Empty where nothing stands before.
    later: str = ""

    @property
    def left(self) -> int:
        """How many comments later pages show."""
        return self.count - self.last


def conversation(article: Article, page: int = 1, after: int | None = None) -> Conversation | None:
    """What follows the comment `after`, wherever pages ended when it was read; without it the
    page of that number, from 1. None if there is no such page.

    Two queries, however long the conversation is; one more if the comment `after` was removed.
    """
    places = places_of(article, standing=after)
    starts = _starts(places)
    start = _start_of(page, starts) if after is None else _start_after(after, places)
    if start is None:
        return None
    home = reverse("comments:post", args=[article.path])
    end = _end(places, start)
    public = [not place.removed for place in places]
    before, shown = sum(public[:start]), sum(public[start:end])
    return Conversation(
        sum(public),
        before + 1,
        before + shown,
        list(_turns(places[start:end], home)),
        _numbered(home, bisect_left(starts, start)),
        _after(home, places[end - 1]) if end < len(places) else "",
    )


def address_of(article: Article, pk: int) -> str | None:
    """Where this comment is read now; None if it is not public."""
    places = places_of(article)
    stands = next((n for n, place in enumerate(places) if place.pk == pk), None)
    if stands is None or places[stands].removed:
        return None
    starts = _starts(places)
    start = starts[bisect_right(starts, stands) - 1]
    home = reverse("comments:post", args=[article.path])
    page = _after(home, places[start - 1]) if start else article.get_absolute_url()
    return f"{page}#comment-{pk}"


def places_of(article: Article, *, standing: int | None = None) -> list[Place]:
    """All places in reading order: an answer after what it answers, the earlier first.

    A comment that was removed keeps its place while an answer to it is public; the one called
    `standing` keeps it in any case, if it was ever public.
    """
    rows = _said_under(article.pk) if article.is_public else []
    public = {pk for pk, *_ in rows}
    if rows and standing is not None and standing not in public:
        rows += _once_said_under(article.pk, standing)
    kept = {pk: (at, pk, above) for pk, at, above, *_ in rows}
    for _pk, _at, answered, at, above in rows:
        if answered is not None and at is not None:
            kept.setdefault(answered, (at, answered, above))
    answers: dict[int | None, list[int]] = defaultdict(list)
    for _, pk, above in sorted(kept.values()):
        answers[above if above in kept else None].append(pk)
    return list(_in_order(answers, kept.keys() - public))


# Pages -------------------------------------------------------------------------------------


def _starts(places: list[Place]) -> list[int]:
    """Where each page begins, read from the top; one page at least."""
    starts = [0]
    while (end := _end(places, starts[-1])) < len(places):
        starts.append(end)
    return starts


def _end(places: list[Place], start: int) -> int:
    """Where a page that begins there ends: before a comment that answers nobody, so that
    answers stay with what they answer, unless it would be less than half full."""
    end = start + ON_ONE_PAGE
    if end >= len(places):
        return len(places)
    half = start + ON_ONE_PAGE // 2
    return next((n for n in range(end, half - 1, -1) if places[n].level == 1), end)


def _start_of(page: int, starts: list[int]) -> int | None:
    return starts[page - 1] if 1 <= page <= len(starts) else None


def _start_after(pk: int, places: list[Place]) -> int | None:
    """Where a page begins that follows this comment; None if it has no place, or the last."""
    following = (n for n, place in enumerate(places[:-1], start=1) if place.pk == pk)
    return next(following, None)


def _numbered(home: str, page: int) -> str:
    if page < 1:
        return ""
    return home if page == 1 else f"{home}?page={page}"


def _after(home: str, last: Place) -> str:
    return f"{home}?from={last.pk}"


# Order -------------------------------------------------------------------------------------


def _in_order(answers: dict[int | None, list[int]], removed: Set[int]) -> Iterator[Place]:
    """Depth first, by a stack: a conversation may be deeper than Python's own."""
    stack = [Place(pk, 1, None, pk in removed) for pk in reversed(answers[None])]
    while stack:
        place = stack.pop()
        yield place
        below = min(place.level + 1, DEEPEST + 1)
        stack += [
            Place(pk, below, place.pk, pk in removed) for pk in reversed(answers.get(place.pk, []))
        ]


def _turns(shown: list[Place], home: str) -> Iterator[Turn]:
    comments = {comment.pk: comment for comment in _words(tuple(place.pk for place in shown))}
    here: set[int] = set()
    for place in shown:
        near = place.parent in here
        yield Turn(
            place,
            None if place.removed else comments.get(place.pk),
            home,
            shows_parent=place.level > DEEPEST or not near,
            parent_is_here=near,
        )
        here.add(place.pk)


@prepared
def _said_under(article: int) -> QuerySet[Any, Said]:
    """All that is public under a public story."""
    return Comment.objects.said_under(article).values_list(*COLUMNS)


def _once_said_under(article: int, pk: int) -> QuerySet[Any, Said]:
    """This comment, if it was ever public under that story."""
    published = ModerationDecision.What.PUBLISH
    once = Comment.objects.filter(pk=pk, article=article, decisions__what=published)
    return once.values_list(*COLUMNS)


@prepared
def _words(keys: tuple[int, ...]) -> QuerySet[Comment]:
    """Only what a page shows: nobody's address is even read."""
    comments = Comment.objects.filter(pk__in=keys).select_related("parent")
    return comments.only(
        "name", "website", "body", "by_staff", "created_at", "parent__name", "parent__state"
    )
