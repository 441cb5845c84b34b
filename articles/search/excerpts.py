"""The place of a story that answers best, with the words that were found marked.

Pieces of plain text, marked or not: the template escapes each and writes the marks itself.
"""

from collections.abc import Sequence
from dataclasses import dataclass

from articles.search.question import Phrase
from articles.search.stems import stem_of
from articles.search.words import fold, words_in, written

WORDS = 36  # Words of an excerpt from the body.
BEFORE = 8  # Of them before the first that was found.


@dataclass(frozen=True)
class Piece:
    """Some text, and whether it was asked for."""

    text: str
    marked: bool = False


class Reading:
    """A text, its words, and those of them that were asked for."""

    def __init__(self, text: str, wanted: Sequence[Phrase]) -> None:
        self.text = written(text)
        self.words = list(words_in(self.text))
        self.stems = [stem_of(fold(word[0])) for word in self.words]
        self.found: dict[int, Phrase] = {}  # The number of a word, and what it answers.
        first = {phrase[0] for phrase in wanted}
        for number, stem in enumerate(self.stems):
            for phrase in wanted if stem in first else ():
                if tuple(self.stems[number : number + len(phrase)]) == phrase:
                    self.found |= dict.fromkeys(range(number, number + len(phrase)), phrase)

    def answers(self) -> int:
        """How many of the words asked for are there."""
        return len(set(self.found.values()))

    def whole(self) -> list[Piece]:
        """All of the text."""
        return self._pieces(0, len(self.text))

    def best(self) -> list[Piece]:
        """The few lines that have most of what was asked for."""
        if not self.words:
            return []
        first = max(self._beginning(), 0)
        last = min(first + WORDS, len(self.words)) - 1
        begin = 0 if first == 0 else self.words[first].start()
        end = len(self.text) if last == len(self.words) - 1 else self.words[last].end()
        pieces = self._pieces(begin, end)
        before = [Piece("… ")] if begin else []
        after = [Piece(" …")] if end < len(self.text) else []
        return [*before, *pieces, *after]

    def _beginning(self) -> int:
        """The number of the word at which the best lines begin."""
        numbers = sorted(self.found)
        best, most = 0, 0
        for at, number in enumerate(numbers):
            near = [other for other in numbers[at : at + WORDS] if other < number + WORDS - BEFORE]
            there = len({self.found[other] for other in near})
            if there > most:
                best, most = number, there
        return min(best - BEFORE, len(self.words) - WORDS)

    def _pieces(self, begin: int, end: int) -> list[Piece]:
        pieces, at = [], begin
        for first, last in self._runs():
            start, stop = self.words[first].start(), self.words[last].end()
            if start < at or stop > end:
                continue
            pieces += [Piece(self.text[at:start]), Piece(self.text[start:stop], marked=True)]
            at = stop
        pieces.append(Piece(self.text[at:end]))
        return [piece for piece in pieces if piece.text]

    def _runs(self) -> list[tuple[int, int]]:
        """The first and last word of each place that is marked; a phrase is one."""
        runs: list[tuple[int, int]] = []
        for number, phrase in sorted(self.found.items()):
            longer = runs and runs[-1][1] == number - 1 and number - runs[-1][0] < len(phrase)
            if longer and self.found[runs[-1][0]] == phrase:
                runs[-1] = (runs[-1][0], number)
            else:
                runs.append((number, number))
        return runs


def excerpt(standfirst: str, text: str, wanted: Sequence[Phrase]) -> list[Piece]:
    """The standfirst, unless the body has more of what was asked for."""
    summary = Reading(standfirst, wanted)
    if standfirst and summary.answers() == len(wanted):
        return summary.whole()
    body = Reading(text, wanted)
    if standfirst and summary.answers() >= body.answers():
        return summary.whole()
    return body.best()


def marked(text: str, wanted: Sequence[Phrase]) -> list[Piece]:
    """A whole text with the words marked."""
    return Reading(text, wanted).whole()
