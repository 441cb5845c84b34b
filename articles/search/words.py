"""How text becomes words: the same for the index, the question and the marks on the page."""

import re
from collections.abc import Iterator
from functools import lru_cache
from unicodedata import normalize

from articles.search.stems import stem_of

# A run of letters, with what follows its apostrophes, or a run of digits and its plural: "F-16",
# "F 16" and "F16s" are the same two words.
WORD = re.compile(r"[^\W\d_]+(?:['’][^\W\d_]+)*|\d+(?:['’]?s(?!\w))?")
LONGEST = 40  # Letters of a word that count.
UNFOLDED = str.maketrans(
    {"ł": "l", "ø": "o", "đ": "d", "ħ": "h", "ı": "i", "ŧ": "t", "ð": "d", "þ": "th", "æ": "ae",
     "œ": "oe"}
)  # fmt: skip  # Letters that Unicode does not take apart.


@lru_cache(maxsize=200_000)
def fold(word: str) -> str:
    """A word without case, accents and the possessive: "Łódź’s" is "lodz"."""
    folded = word.casefold().replace("’", "'").removesuffix("'s").replace("'", "")
    if folded[:1].isdecimal():
        folded = folded.removesuffix("s")
    if not folded.isascii():
        parts = normalize("NFKD", folded.translate(UNFOLDED))
        # Taken apart, a letter can leave a space behind ("ﹰ"), which ends a word at a database.
        folded = "".join(sign for sign in parts if sign.isalnum())
    return folded[:LONGEST]


def written(text: str) -> str:
    """The text as it is kept: accents joined to their letters, or they would part words."""
    return normalize("NFC", text.replace("\0", " "))


def words_in(text: str) -> Iterator[re.Match[str]]:
    """Each word of a written text, with its place."""
    return WORD.finditer(text)


def stems_in(text: str) -> list[str]:
    """The stems of a written text, in its order."""
    return [stem for word in WORD.findall(text) if (stem := stem_of(fold(word)))]
