"""How what a reader typed may have been meant, from the words of public stories."""

import json
from collections.abc import Iterator, Mapping
from functools import cache
from itertools import islice
from string import ascii_lowercase
from typing import NamedTuple

from django.db.models.expressions import RawSQL

from articles.models import SearchWord
from articles.search.backend import backend
from articles.search.question import PIECE
from articles.search.stems import stem_of
from articles.search.vocabulary import stories_with
from articles.search.words import fold, words_in, written

SHORT = 4  # Letters: up to so many, one wrong letter makes another word.
LOOKED_AT = 2_000  # Words with the same beginning, the most used first.
LOOKED_UP = 6  # Words of a question whose spelling is looked at.
OFFERED = 3  # Spellings of a word that are tried.
TRIED = 6  # Spellings of a question.
OFTENER = 10  # Times: a word so much more used makes one near it look like a slip.

Place = tuple[int, int]  # Of a word in what was typed: from which sign to which.


class Near(NamedTuple):
    """A word of public stories, and how many have it."""

    word: str
    stories: int


def spellings(typed: str) -> Iterator[str]:
    """What may have been meant, the likeliest first, at most six; some may have no hits.

    One word is written otherwise, those that no story has before the others; of several that no
    story has, all are. Last come all that look like slips of words that are far more used.
    """
    return islice(dict.fromkeys(_spellings(written(typed))), TRIED)


def _spellings(text: str) -> Iterator[str]:
    words = {place: fold(text[slice(*place)]) for place in _places_of_words(text)}
    stems = {place: stem_of(word) for place, word in words.items()}
    used = stories_with(set(stems.values()))
    # Those that no story has first; in each group as they were typed.
    places = sorted(words, key=lambda place: stems[place] in used)[:LOOKED_UP]
    near = cache(lambda place: near_words(words[place]))
    unknown = [place for place in places if stems[place] not in used]
    if len(unknown) > 1:
        yield from _together(text, {place: near(place) for place in unknown})
    else:
        for place in places:
            for found in near(place):
                yield _rewritten(text, {place: found})
    slips = {
        place: others
        for place in places
        if (others := near(place)) and others[0].stories >= OFTENER * used.get(stems[place], 0)
    }
    yield from _together(text, slips)


def _together(text: str, near: Mapping[Place, list[Near]]) -> Iterator[str]:
    """The text with all these words written otherwise: first each as the nearest."""
    if len(near) < 2 or not all(near.values()):
        return
    nearest = {place: found[0] for place, found in near.items()}
    yield _rewritten(text, nearest)
    for place, found in near.items():
        for other in found[1:]:
            yield _rewritten(text, nearest | {place: other})


def _rewritten(text: str, words: Mapping[Place, Near]) -> str:
    for begin, end in sorted(words, reverse=True):
        text = text[:begin] + words[begin, end].word + text[end:]
    return text


def _places_of_words(text: str) -> Iterator[tuple[int, int]]:
    """Where the words stand that a story must have; numbers are not misspelt."""
    for piece in PIECE.finditer(text):
        for word in () if piece["minus"] else words_in(piece[0]):
            if not word[0][0].isdecimal():
                yield piece.start() + word.start(), piece.start() + word.end()


def near_words(word: str) -> list[Near]:
    """Words of public stories that differ by one slip, or two in a longer word.

    Those with fewer slips first, then those that begin alike, then the most used; one of each
    stem, as all forms of a word find the same.
    """
    most = 1 if len(word) <= SHORT else 2
    rows = SearchWord.objects.filter(stories__gt=0)
    alike = rows.filter(backend().begins("word", word[:2])).order_by("-stories")[:LOOKED_AT]
    found = dict(alike.values_list("word", "stories"))
    if word.isascii():
        # One value, not hundreds: to write their places into the statement takes longer than to ask.
        each = RawSQL(backend().EACH, [json.dumps(list(_slips(word)))])  # noqa: S611 - A constant.
        found |= dict(rows.filter(word__in=each).values_list("word", "stories"))
    near = sorted(
        (slips, form[0] != word[0], -stories, form)
        for form, stories in found.items()
        if (slips := distance(word, form, most)) <= most
    )
    forms: dict[str, Near] = {}
    for _, _, less, form in near:
        forms.setdefault(stem_of(form), Near(form, -less))
    forms.pop(stem_of(word), None)
    return list(forms.values())[:OFFERED]


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
    if abs(len(one) - len(other)) > most or len(set(one) ^ set(other)) > 2 * most:
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
