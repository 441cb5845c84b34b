"""How a conversation is laid out: a tree, shown as one list with levels."""

from collections import defaultdict
from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import Any

from django.db.models import QuerySet
from django.urls import reverse

from articles.models import Article
from comments.models import Comment
from newsroom.kit.prepared import prepared

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
    """One page of what was said under a story."""

    count: int  # Of all public comments.
    page: int
    pages: int
    home: str
    turns: list[Turn] = field(default_factory=list)

    @property
    def previous(self) -> int:
        return self.page - 1

    @property
    def next(self) -> int:
        return self.page + 1


def conversation(article: Article, page: int = 1) -> Conversation:
    """The page of that number, from 1; two queries however long the conversation is."""
    home = reverse("comments:post", args=[article.path])
    places = places_of(article)
    pages = max(1, -(-len(places) // ON_ONE_PAGE))
    shown = places[(page - 1) * ON_ONE_PAGE : page * ON_ONE_PAGE]
    count = sum(not place.removed for place in places)
    turns = list(_turns(shown, home)) if shown else []
    return Conversation(count, page, pages, home, turns)


def page_of(article: Article, pk: int) -> int | None:
    """The page of the conversation that shows this comment; None if it is not public."""
    numbers = [place.pk for place in places_of(article) if not place.removed or place.pk != pk]
    return numbers.index(pk) // ON_ONE_PAGE + 1 if pk in numbers else None


def places_of(article: Article) -> list[Place]:
    """All places in reading order: an answer after what it answers, the earlier first."""
    rows = _said_under(article.pk) if article.is_public else []
    public = {pk for pk, _ in rows}
    answers: dict[int | None, list[int]] = defaultdict(list)
    removed: set[int] = set()
    for pk, parent in rows:
        if parent is not None and parent not in public and parent not in removed:
            removed.add(parent)  # Its own place is not known any more: it stands at the top.
            answers[None].append(parent)
        answers[parent].append(pk)
    return list(_in_order(answers, removed))


def _in_order(answers: dict[int | None, list[int]], removed: set[int]) -> Iterator[Place]:
    """Depth first, by a stack: a conversation may be deeper than Python's own."""
    stack = [Place(pk, 1, None, pk in removed) for pk in reversed(answers[None])]
    while stack:
        place = stack.pop()
        yield place
        below = min(place.level + 1, DEEPEST + 1)
        stack += [Place(pk, below, place.pk) for pk in reversed(answers.get(place.pk, []))]


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
def _said_under(article: int) -> QuerySet[Any, tuple[int, int | None]]:
    """Key and parent of all that is public under a public story."""
    return Comment.objects.said_under(article).values_list("pk", "parent")


@prepared
def _words(keys: tuple[int, ...]) -> QuerySet[Comment]:
    """Only what a page shows: nobody's address is even read."""
    comments = Comment.objects.filter(pk__in=keys).select_related("parent")
    return comments.only(
        "name", "website", "body", "by_staff", "created_at", "parent__name", "parent__state"
    )
