"""Two texts compared word by word; the desk and the public record show it in their own ways."""

import difflib
from collections.abc import Iterator
from dataclasses import dataclass


@dataclass(frozen=True)
class Piece:
    """Some words, and whether they were "kept", "gone" or "added"."""

    words: str
    how: str


def pieces_of(before: list[str], after: list[str]) -> Iterator[Piece]:
    """The words of both, in order; where they differ, what is gone before what was added."""
    matcher = difflib.SequenceMatcher(a=before, b=after, autojunk=False)
    for how, a_from, a_to, b_from, b_to in matcher.get_opcodes():
        if how == "equal":
            yield Piece(" ".join(before[a_from:a_to]), "kept")
        else:
            yield from exchanged(before[a_from:a_to], after[b_from:b_to])


def exchanged(before: list[str], after: list[str]) -> Iterator[Piece]:
    """All of the one gone, all of the other added."""
    if before:
        yield Piece(" ".join(before), "gone")
    if after:
        yield Piece(" ".join(after), "added")
