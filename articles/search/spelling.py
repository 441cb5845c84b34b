"""The nearest spelling that has hits, from the words of public stories."""

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from string import ascii_lowercase

from articles.models import SearchStem
from articles.search.question import PIECE
from articles.search.stems import stem_of
from articles.search.words import fold, words_in, written

SHORT = 4  # Letters: up to so many, one wrong letter makes another word.
LOOKED_AT = 2_000  # Words with the same beginning, the most used first.
OFFERED = 3  # Spellings of a word that are tried.
TRIED = 6  # Questions that are asked in all.


@dataclass(frozen=True)
class Spelling:
    """A question that has hits, and how many; with `more` there are more than that."""

    words: str
    count: int
    more: bool


def nearest(typed: str, count: Callable[[str], tuple[int, bool]]) -> Spelling | None:
    """The first of the near spellings that `count` finds hits for; None if there is none.

    One word is changed, those that no story has before the others. `count` asks with the same
    filters, so nothing is offered that would find nothing.
    """
    for tried, words in enumerate(_spellings(typed)):
        if tried == TRIED:
            return None
        found, more = count(words)
        if found:
            return Spelling(words, found, more)
    return None


def _spellings(typed: str) -> Iterator[str]:
    """The text with one of its words written otherwise."""
    text = written(typed)
    places = list(_places_of_words(text))
    words = {fold(text[begin:end]) for begin, end in places}
    rows = SearchStem.objects.filter(stem__in=map(stem_of, words), stories__gt=0)
    known = set(rows.values_list("stem", flat=True))
    # Those that no story has first; in each group as they were typed.
    for begin, end in sorted(
        places, key=lambda place: stem_of(fold(text[slice(*place)])) in known
    ):
        for form in near_words(fold(text[begin:end])):
            yield text[:begin] + form + text[end:]


def _places_of_words(text: str) -> Iterator[tuple[int, int]]:
    """Where the words stand that a story must have; numbers are not misspelt."""
    for piece in PIECE.finditer(text):
        for word in () if piece["minus"] else words_in(piece[0]):
            if not word[0][0].isdecimal():
                yield piece.start() + word.start(), piece.start() + word.end()


def near_words(word: str) -> list[str]:
    """Words of public stories that differ by one slip, or two in a longer word; nearest first."""
    most = 1 if len(word) <= SHORT else 2
    rows = SearchStem.objects.filter(stories__gt=0).exclude(form=word)
    alike = rows.filter(start=word[:2]).order_by("-stories")[:LOOKED_AT]
    found = dict(alike.values_list("form", "stories"))
    if word.isascii():
        found |= dict(rows.filter(form__in=_slips(word)).values_list("form", "stories"))
    near = [
        (slips, -stories, form)
        for form, stories in found.items()
        if form and (slips := distance(word, form, most)) <= most
    ]
    return [form for _, _, form in sorted(near)[:OFFERED]]


def _slips(word: str) -> set[str]:
    """All that one slip makes of a word: a letter too many, too few, another, two exchanged."""
    parts = [(word[:at], word[at:]) for at in range(len(word) + 1)]
    shorter = {head + tail[1:] for head, tail in parts if tail}
    turned = {head + tail[1] + tail[0] + tail[2:] for head, tail in parts if len(tail) > 1}
    other = {
        head + letter + tail[1:] for head, tail in parts if tail for letter in ascii_lowercase
    }
    longer = {head + letter + tail for head, tail in parts for letter in ascii_lowercase}
    return shorter | turned | other | longer


def distance(one: str, other: str, most: int) -> int:
    """How many slips lie between two words (Damerau and Levenshtein); more than `most` is one more."""
    if abs(len(one) - len(other)) > most:
        return most + 1
    before: list[int] = []
    row = list(range(len(other) + 1))
    for i, letter in enumerate(one, start=1):
        before, last, row = row, before, [i]
        for j, its in enumerate(other, start=1):
            cost = min(before[j] + 1, row[j - 1] + 1, before[j - 1] + (letter != its))
            if i > 1 and j > 1 and letter == other[j - 2] and one[i - 2] == its:
                cost = min(cost, last[j - 2] + 1)
            row.append(cost)
        if min(row) > most:
            return most + 1
    return row[-1]
