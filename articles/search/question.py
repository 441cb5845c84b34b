"""What a reader typed: words, "phrases", and -what must not be there."""

import re
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any, NamedTuple

from articles.search.words import stems_in

PIECE = re.compile(r'(?P<minus>[-−]?)(?:"(?P<phrase>[^"]*)"?|(?P<word>[^\s",:;()*]+))')
MOST_PIECES = 16  # Nobody types more; a longer question costs more than it can mean.

Phrase = tuple[str, ...]  # Stems that stand one after the other; of most words, one.


@dataclass(frozen=True)
class Question:
    """The stems that a story must have, and those that it must not."""

    wanted: tuple[Phrase, ...] = ()
    unwanted: tuple[Phrase, ...] = ()

    def __bool__(self) -> bool:
        """Whether it asks for anything: what only refuses does not."""
        return bool(self.wanted)


class Clause(NamedTuple):
    """A condition of a query, and the values of its placeholders."""

    sql: str = ""
    values: tuple[Any, ...] = ()


def read(typed: str) -> Question:
    """The question in what was typed. No sign is an operator but the quote and the minus.

    A word that is written with signs inside, such as "F-16", is a phrase; a quote that is never
    closed ends with the text.
    """
    wanted: list[Phrase] = []
    unwanted: list[Phrase] = []
    for minus, phrase in _pieces(typed):
        (unwanted if minus else wanted).append(phrase)
    return Question(tuple(dict.fromkeys(wanted)), tuple(dict.fromkeys(unwanted)))


def _pieces(typed: str) -> Iterator[tuple[bool, Phrase]]:
    for count, piece in enumerate(PIECE.finditer(typed)):
        if count == MOST_PIECES:
            return
        stems = tuple(stems_in(piece["phrase"] or piece["word"] or ""))
        if stems:
            yield bool(piece["minus"]), stems
