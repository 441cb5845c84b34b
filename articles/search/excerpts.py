"""The place of a story that answers best, with the words that were found marked.

Pieces of plain text, marked or not: the template escapes each and writes the marks itself.
"""

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from functools import cache

from articles.search.question import Phrase
from articles.search.stems import stem_of
from articles.search.words import WORD, fold, written

LONGEST = 250  # Signs of an excerpt from the body.
BEFORE = 60  # Of them before the first word that was found.
BEYOND_ASCII = r"[^\x00-\x7f]"
# The sign before is not inside a run of letters or digits, and not after an apostrophe in a word.
ALONE = r"(?:(?<=[^\W\d_])(?<![^\W\d_].)(?<![^\W\d_]['’].)|(?<=\d)(?<!\d.))"
UNKNOWN = re.compile(BEYOND_ASCII + ALONE, re.DOTALL)


@dataclass(frozen=True)
class Piece:
    """Some text, and whether it was asked for."""

    text: str
    marked: bool = False


@dataclass(frozen=True)
class Mark:
    """From which sign to which a text has one of the phrases."""

    start: int
    end: int
    phrase: Phrase


class Reading:
    """A text, and where it has what was asked for."""

    def __init__(self, text: str, wanted: Sequence[Phrase]) -> None:
        self.text = written(text)
        self.marks = list(self._marks(wanted))

    def _marks(self, wanted: Sequence[Phrase]) -> Iterator[Mark]:
        return _marks(self.text, wanted)

    def answers(self) -> int:
        """How many of the phrases asked for are there."""
        return len({mark.phrase for mark in self.marks})

    def whole(self) -> list[Piece]:
        """All of the text."""
        return self.between(0, len(self.text))

    def between(self, begin: int, end: int) -> list[Piece]:
        pieces, at = [], begin
        for mark in self.marks:
            if mark.start >= at and mark.end <= end:
                pieces += [Piece(self.text[at : mark.start])]
                pieces += [Piece(self.text[mark.start : mark.end], marked=True)]
                at = mark.end
        pieces.append(Piece(self.text[at:end]))
        return [piece for piece in pieces if piece.text]


class Lines(Reading):
    """The few lines of a text that have most of what was asked for; it is read no further."""

    def _marks(self, wanted: Sequence[Phrase]) -> Iterator[Mark]:
        """Until lines that have all of it are behind: none can have more."""
        last: dict[Phrase, int] = {}
        enough = len(self.text)
        for mark in _marks(self.text, wanted):
            if mark.start > enough:
                return
            yield mark
            last[mark.phrase] = mark.start
            if len(last) == len(wanted) and mark.end <= min(last.values()) + LONGEST - BEFORE:
                enough = min(enough, mark.start + LONGEST)

    def pieces(self) -> list[Piece]:
        begin, end = self._window()
        before = [Piece("… ")] if begin else []
        after = [Piece(" …")] if end < len(self.text) else []
        return [*before, *self.between(begin, end), *after]

    def _window(self) -> tuple[int, int]:
        """Whole words, with some that lead to the first that was found."""
        begin = min(self._best_mark() - BEFORE, len(self.text) - LONGEST)
        begin = 0 if begin <= 0 else self.text.find(" ", begin) + 1
        end = begin + LONGEST
        if end >= len(self.text):
            return begin, len(self.text)
        return begin, max(self.text.rfind(" ", begin, end), begin) or end

    def _best_mark(self) -> int:
        """Where the most of the phrases follow each other closely."""
        best, most = 0, 0
        for at, mark in enumerate(self.marks):
            near = {mark.phrase}
            for other in self.marks[at + 1 :]:
                if other.end > mark.start + LONGEST - BEFORE:
                    break
                near.add(other.phrase)
            if len(near) > most:
                best, most = mark.start, len(near)
        return best


def _marks(text: str, wanted: Sequence[Phrase]) -> Iterator[Mark]:
    firsts, end = {phrase[0] for phrase in wanted}, 0
    for at in _beginnings(text, wanted):
        word = WORD.match(text, at) if at >= end else None
        if word and (stem := stem_of(fold(word[0]))) in firsts:
            found = _phrase_at(text, word, [phrase for phrase in wanted if phrase[0] == stem])
            if found:
                end = found.end
                yield found


def _beginnings(text: str, wanted: Sequence[Phrase]) -> list[int]:
    """Where a word may begin that is asked for: looking at each word would take ten times as long.

    A stem keeps the first two letters of its word; of what is not ASCII no fold is known here.
    """
    starts = {phrase[0][:2] for phrase in wanted}
    patterns = [_beginning(start) for start in starts if start.isascii()]
    if wanted and not text.isascii():
        patterns.append(UNKNOWN)
    return sorted([place.start() for pattern in patterns for place in pattern.finditer(text)])


@cache
def _beginning(start: str) -> re.Pattern[str]:
    """Words that begin with one or two letters or digits, whatever stands between the two.

    The sign comes first, and then what must stand before it: so the engine skips to the next of
    them by itself.
    """
    first, second = _either(start[0]), _either(start[1:])
    return re.compile(rf"{first}{ALONE}(?=['’]?{second}|{BEYOND_ASCII})", re.DOTALL)


def _either(letter: str) -> str:
    return f"[{letter}{letter.upper()}]" if letter else ""


def _phrase_at(text: str, first: re.Match[str], wanted: Sequence[Phrase]) -> Mark | None:
    """The first of the phrases that goes on as the text does after this word."""
    for phrase in wanted:
        end = _end_of(text, first.end(), phrase[1:])
        if end is not None:
            return Mark(first.start(), end, phrase)
    return None


def _end_of(text: str, at: int, rest: Phrase) -> int | None:
    """Where the phrase ends if the rest of it follows."""
    for stem in rest:
        word = WORD.search(text, at)
        if word is None or stem_of(fold(word[0])) != stem:
            return None
        at = word.end()
    return at


def excerpt(standfirst: str, text: str, wanted: Sequence[Phrase]) -> list[Piece]:
    """The standfirst, unless the body has more of what was asked for."""
    summary = Reading(standfirst, wanted)
    if standfirst and summary.answers() == len(wanted):
        return summary.whole()
    body = Lines(text, wanted)
    if standfirst and summary.answers() >= body.answers():
        return summary.whole()
    return body.pieces()


def marked(text: str, wanted: Sequence[Phrase]) -> list[Piece]:
    """A whole text with the words marked."""
    return Reading(text, wanted).whole()
