"""Two revisions side by side, word by word."""

from collections.abc import Iterator
from dataclasses import dataclass

from django.utils.translation import gettext as _

from articles.differences import Piece, pieces_of
from articles.history import Part, changes_between
from articles.models import Revision
from newsroom.kit.html import plain_text

COMPARED = ("headline", "standfirst", "dateline", "body", "sources")


@dataclass(frozen=True)
class Difference:
    """A part of the story that differs."""

    label: str
    pieces: list[Piece]


def differences(old: Revision, new: dict[str, str]) -> list[Difference]:
    """What differs between a revision and other words of the same parts."""
    labels = {
        "headline": _("Headline"),
        "standfirst": _("Standfirst"),
        "dateline": _("Dateline"),
        "body": _("Text"),
        "sources": _("Sources"),
    }
    found = []
    for name, label in labels.items():
        before, after = plain_text(getattr(old, name)), plain_text(new.get(name, ""))
        if before != after:
            found.append(Difference(label, list(pieces_of(before.split(), after.split()))))
    return found


def changed_parts(old: Revision, new: Revision) -> list[Difference]:
    """All that readers would see otherwise, as the public record will show it."""
    return [Difference(part.label, list(_pieces(part))) for part in changes_between(old, new)]


def _pieces(part: Part) -> Iterator[Piece]:
    if part.said:
        yield Piece(part.said, "kept")
    for line in part.lines:
        if line.number:
            yield Piece(f"{line.number}.", "kept")
        yield from line.pieces
