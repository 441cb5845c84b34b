"""What is known of a comment's writer and network from their other comments, for a moderator."""

from collections import defaultdict
from collections.abc import Iterable
from dataclasses import dataclass

from django.db.models import Count

from comments.models import Comment

State = Comment.State
REFUSED = (State.REJECTED, State.SPAM)


@dataclass
class Tally:
    """How many comments were published, and how many refused."""

    published: int = 0
    refused: int = 0

    def add(self, state: str, rows: int) -> None:
        if state == State.PUBLISHED:
            self.published += rows
        elif state in REFUSED:
            self.refused += rows


@dataclass(frozen=True)
class History:
    """Of the same account or address, and of the same network; this comment not counted."""

    writer: Tally
    network: Tally

    @property
    def is_blank(self) -> bool:
        return self.writer == self.network == Tally()


def histories(comments: Iterable[Comment]) -> dict[int, History]:
    """The history of each comment's writer, by the comment's number; two queries for all."""
    rows = list(comments)
    writers = _tallies("writer", {comment.writer for comment in rows})
    networks = _tallies("fingerprint", {comment.fingerprint for comment in rows})
    return {
        comment.pk: History(
            _without(writers[comment.writer], comment.state if comment.writer else ""),
            _without(networks[comment.fingerprint], comment.state if comment.fingerprint else ""),
        )
        for comment in rows
    }


def _tallies(field: str, digests: set[str]) -> defaultdict[str, Tally]:
    tallies: defaultdict[str, Tally] = defaultdict(Tally)
    counted = (
        Comment.objects.filter(**{f"{field}__in": digests - {""}})
        .order_by()
        .values_list(field, "state")
        .annotate(rows=Count("pk"))
    )
    for digest, state, rows in counted:
        tallies[digest].add(state, rows)
    return tallies


def _without(tally: Tally, own_state: str) -> Tally:
    others = Tally(tally.published, tally.refused)
    others.add(own_state, -1)
    return others
