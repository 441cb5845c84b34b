"""Two revisions side by side, word by word."""

import difflib
from collections.abc import Iterator
from dataclasses import dataclass

from django.utils.translation import gettext as _

from articles.models import Revision
from newsroom.kit.html import plain_text


@dataclass(frozen=True)
class Piece:
    """Some words, and whether they are in both texts (`same`), only the old or the new one."""

    words: str
    how: str


@dataclass(frozen=True)
class Difference:
    """A part of the story that differs."""

    label: str
    pieces: list[Piece]


def differences(old: Revision, new: dict[str, str]) -> list[Difference]:
    """What differs between a revision and other words of the same parts."""
    labels = {"headline": _("Headline"), "standfirst": _("Standfirst"), "body": _("Text")}
    found = []
    for name, label in labels.items():
        before, after = plain_text(getattr(old, name)), plain_text(new.get(name, ""))
        if before != after:
            found.append(Difference(label, list(_pieces(before.split(), after.split()))))
    return found


def texts_of(revision: Revision) -> dict[str, str]:
    """The parts of a revision that are compared."""
    return {name: getattr(revision, name) for name in ("headline", "standfirst", "body")}


def _pieces(before: list[str], after: list[str]) -> Iterator[Piece]:
    matcher = difflib.SequenceMatcher(a=before, b=after, autojunk=False)
    for how, a_from, a_to, b_from, b_to in matcher.get_opcodes():
        if how == "equal":
            yield Piece(" ".join(before[a_from:a_to]), "same")
            continue
        if a_to > a_from:
            yield Piece(" ".join(before[a_from:a_to]), "gone")
        if b_to > b_from:
            yield Piece(" ".join(after[b_from:b_to]), "new")
