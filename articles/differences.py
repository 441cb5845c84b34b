"""Two texts compared word by word; the desk and the public record show it in their own ways."""

import difflib
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field

LIKE = 0.5  # The share of words from which on two lines are one that was changed.
PUNCTUATION = ".,;:!?…\"'“”„‘’«»()[]"
LONGEST = 600  # Words of a line that are compared one by one.
MOST_PAIRS = 40_000  # Lines of one changed passage, old times new, that are held side by side.


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


@dataclass(frozen=True)
class Line:
    """A line of a text or list. `of` tells what it names (a picture's key), where words alone
    do not; lines of different things are never one that was changed. `number` is what readers
    see before it, 0 without one, and no part of what is compared."""

    words: str
    number: int = field(default=0, compare=False)
    of: int | None = None


@dataclass(frozen=True)
class Changed:
    """A line that changed, by the number it has now; by the one it had, if it is gone."""

    pieces: list[Piece]
    number: int = 0


def changed_lines(before: Sequence[Line], after: Sequence[Line]) -> Iterator[Changed]:
    """Each line that changed, in order; those that stayed are left out.

    A line is compared with the one it most resembles, in the order of both; what resembles
    none stands whole, as gone or as added.
    """
    matcher = difflib.SequenceMatcher(a=before, b=after, autojunk=False)
    for how, a_from, a_to, b_from, b_to in matcher.get_opcodes():
        if how != "equal":
            for old, new in _paired(before[a_from:a_to], after[b_from:b_to]):
                yield from _changed(old, new)


def _paired(
    olds: Sequence[Line], news: Sequence[Line]
) -> Iterator[tuple[Line | None, Line | None]]:
    """The pairs, none crossing another, that are most alike together; and lines without one."""
    if len(olds) * len(news) > MOST_PAIRS:
        yield from ((old, None) for old in olds)
        yield from ((None, new) for new in news)
        return
    alike = _likenesses(olds, news)
    best = _best_sums(alike)
    row, column = 0, 0
    while row < len(olds) and column < len(news):
        likeness = alike[row][column]
        if likeness and best[row][column] == likeness + best[row + 1][column + 1]:
            yield olds[row], news[column]
            row, column = row + 1, column + 1
        elif best[row][column] == best[row + 1][column]:
            yield olds[row], None
            row += 1
        else:
            yield None, news[column]
            column += 1
    yield from ((old, None) for old in olds[row:])
    yield from ((None, new) for new in news[column:])


def _likenesses(olds: Sequence[Line], news: Sequence[Line]) -> list[list[float]]:
    """Of each two: twice the words they share by those they have (Dice); 0 below LIKE, and
    for lines that name different things."""
    words = [(new.of, _bare_words(new)) for new in news]
    rows = []
    for of, own in ((old.of, _bare_words(old)) for old in olds):
        shares = [
            2 * len(own & other) / (len(own) + len(other) or 1) if named == of else 0.0
            for named, other in words
        ]
        rows.append([share if share >= LIKE else 0.0 for share in shares])
    return rows


def _bare_words(line: Line) -> set[str]:
    """Without the signs at their ends: a sentence that goes on is still the same."""
    return {word.strip(PUNCTUATION) for word in line.words.split()}


def _best_sums(alike: list[list[float]]) -> list[list[float]]:
    """What pairs may add up to from each place on; as a longest common subsequence is found."""
    columns = len(alike[0]) if alike else 0
    best = [[0.0] * (columns + 1) for _ in range(len(alike) + 1)]
    for row in reversed(range(len(alike))):
        here, below = best[row], best[row + 1]
        for column in reversed(range(columns)):
            likeness = alike[row][column]
            paired = likeness + below[column + 1] if likeness else 0.0
            here[column] = max(paired, below[column], here[column + 1])
    return best


def _changed(old: Line | None, new: Line | None) -> Iterator[Changed]:
    """Word by word as one line; as two where too little of it is left, or nobody would compare."""
    before = old.words.split() if old else []
    after = new.words.split() if new else []
    if old and new and max(len(before), len(after)) <= LONGEST:
        pieces = list(pieces_of(before, after))
        kept = sum(len(piece.words.split()) for piece in pieces if piece.how == "kept")
        if kept >= LIKE * min(len(before), len(after)):
            yield Changed(pieces, new.number)
            return
    if old:
        yield Changed(list(exchanged(before, [])), old.number)
    if new:
        yield Changed(list(exchanged([], after)), new.number)
