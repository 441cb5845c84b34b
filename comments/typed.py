"""What strangers type, made harmless and comparable. Nothing here knows HTML: templates escape."""

import re
import unicodedata
from collections.abc import Iterator

MARKS_ON_ONE_LETTER = 4  # Vietnamese needs two, pointed Hebrew four.
MARKS_IN_A_ROW = 30  # Unicode UAX 15, Stream-Safe Text Format: no language needs more.
RAW_LIMIT = 100_000  # Characters; beyond it nobody's comment is tidied, only refused.

# Format characters that scripts need: joiners (Persian, Hindi, emoji) and direction marks.
JOINERS = "\u200c\u200d\u200e\u200f"
# Letters and symbols that show nothing: Hangul fillers, the empty braille cell.
BLANKS = "\u115f\u1160\u3164\uffa0\u2800"
LINE_ENDS = re.compile(r"\r\n|[\r\n\x0b\x0c\x85\u2028\u2029]")
GAPS = re.compile(r"\n{3,}")
DROPPED = {"Cc", "Cf", "Cs", "Cn"}  # Controls, formats, surrogates, what is no character.


def tidy_lines(typed: str) -> str:
    """Plain text of many lines: no controls, overrides or towers of marks; words untouched.

    Bidirectional embeddings, overrides and isolates (Unicode UAX 9, table 4) go, for they
    reach beyond the comment; joiners and direction marks stay, one at a time, for Persian,
    Hindi and Hebrew need them.
    """
    text = unicodedata.normalize("NFC", "".join(_sortable(typed)))
    text = LINE_ENDS.sub("\n", text).replace("\t", " ")
    lines = "".join(_harmless(text)).split("\n")
    return GAPS.sub("\n\n", "\n".join(line.rstrip() for line in lines)).strip()


def tidy_line(typed: str) -> str:
    """The same on one line, blanks joined: for a name or an address."""
    return " ".join(tidy_lines(typed).split())


def _sortable(text: str) -> Iterator[str]:
    """Without the marks beyond so many in a row: to normalise is to sort them, one by one."""
    marks = 0
    for character in text:
        marks = marks + 1 if unicodedata.category(character)[0] == "M" else 0
        if marks <= MARKS_IN_A_ROW:
            yield character


def _harmless(text: str) -> Iterator[str]:
    marks, before = 0, ""
    for character in text:
        if character in BLANKS:
            character = " "  # noqa: PLW2901 - It looks like one; now it is one.
        kind = unicodedata.category(character)
        marks = marks + 1 if kind in {"Mn", "Me"} else 0
        if character == "\n" or character in JOINERS:
            keep = character != before or character == "\n"
        else:
            keep = kind not in DROPPED and marks <= MARKS_ON_ONE_LETTER
        if keep:
            before = character
            yield character


def shows_something(text: str) -> bool:
    """Whether a reader would see anything at all: a letter, digit, sign or symbol."""
    return any(unicodedata.category(character)[0] in "LNPS" for character in text)


def folded(text: str) -> str:
    """The words without case and accents, for finding a listed word in them."""
    parts = unicodedata.normalize("NFKD", text)
    bare = "".join(c for c in parts if not unicodedata.combining(c) and c not in JOINERS)
    return unicodedata.normalize("NFKC", bare.casefold())


def letters(text: str) -> str:
    """The letters and digits alone, folded: two texts that say the same are the same here."""
    return "".join(c for c in folded(text) if c.isalnum()) or text


# Letters, digits and signs that the eye takes for a Latin letter (after Unicode UTS 39's table).
# Small on purpose: the names of the desk are few. Applied after folding, so lower case only.
LOOKALIKES = str.maketrans(
    dict(
        zip("авекмнорстухѕіјԛԝһԁӏьпгзё", "abekmhopctyxsijqwhdlbnree", strict=True)  # Cyrillic.
    )
    | dict(zip("αβεηικνορτυχγωϲϳ", "abenikvoptuxywcj", strict=True))  # Greek.
    | dict(zip("0135|!$@ıɩɡɑʏøłđħ", "olesllsaiigayoldh", strict=True))  # Digits, signs, Latin.
)
# Greek capitals look Latin where their small letters do not.
CAPITALS = str.maketrans("ΑΒΕΖΗΙΚΜΝΟΡΤΥΧ", "ABEZHIKMNOPTYX")
ALIKE_PAIRS = (("rn", "m"), ("vv", "w"), ("cl", "d"), ("i", "l"), ("j", "l"))


def skeleton(name: str) -> str:
    """What the eye takes the name for, after Unicode UTS 39 in small: compare two of these."""
    latin = folded(name.translate(CAPITALS)).translate(LOOKALIKES)
    bare = "".join(c for c in latin if c.isalnum())
    for pair, single in ALIKE_PAIRS:
        bare = bare.replace(pair, single)
    return bare
