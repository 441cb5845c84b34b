"""Cards drawn for pages without a photo: the title's name, the section, the headline.

The headline stands there in a face that has all its letters, or not at all: never as boxes.
"""

import unicodedata
from collections.abc import Iterator, Sequence
from functools import cache, lru_cache
from pathlib import Path

from PIL import Image, ImageDraw, ImageFont

from articles.pictures.making import CARD, Made, card_file
from articles.pictures.marking import Marks

PAPER, INK, MUTED, ACCENT = "#fdfcfa", "#14202b", "#56616c", "#17507f"
EDGE = 72  # Pixels of margin.
SIZES = (78, 70, 62, 54, 46)  # Pixels, the largest that lets the headline stand whole is taken.
ROOM = 372  # Pixels of height for the headline.
LEADING = 1.2
SMALL = 32
NO_CHARACTER = "\U0010ffff"  # Unicode leaves this one to nobody: a face draws its box for it.
EMOJI_FORM = "\ufe0f"  # Follows a sign that is to be drawn in colour.
FOLDERS = (
    Path("/usr/share/fonts"), Path("/usr/local/share/fonts"), Path("/Library/Fonts"),
    Path("/System/Library/Fonts"), Path.home() / ".fonts", Path.home() / ".local/share/fonts",
)  # fmt: skip
# By file name, the dearest first; then any bold one, then any. Pillow brings a plain face itself.
DEAREST = (
    "Charter-Bold", "SourceSerif4-Semibold", "NotoSerif-Bold", "DejaVuSerif-Bold", "NotoSans-Bold",
    "DejaVuSans-Bold", "LiberationSerif-Bold",
)  # fmt: skip

Face = ImageFont.FreeTypeFont


def draw_card(*, name: str, above: str, headline: str) -> Made:
    """1200 x 630: `above` (a section) and the headline, the title's name below."""
    card = Image.new("RGB", CARD, PAPER)
    draw = ImageDraw.Draw(card)
    width, height = CARD
    draw.rectangle((0, 0, width, 14), ACCENT)
    draw.rectangle((EDGE, height - 118, width - EDGE, height - 116), "#c9ccce")
    _line(draw, (EDGE, 64), above, SMALL, ACCENT)
    shown = next((words for words in (headline, _without_signs(headline)) if has_face(words)), "")
    _headline(draw, shown or name)
    if shown:
        _line(draw, (EDGE, height - 92), name, SMALL + 4, INK)
    return card_file(card, Marks())


def _line(
    draw: ImageDraw.ImageDraw, at: tuple[float, float], words: str, size: int, colour: str
) -> None:
    face = face_for(words, size)
    if face is None:
        return
    fits = face.getlength(words) <= CARD[0] - 2 * EDGE
    draw.text(at, words if fits else _shortened(words, face), colour, face)


def _headline(draw: ImageDraw.ImageDraw, words: str) -> None:
    """As large as lets it stand whole; shortened where it is too long for the smallest size."""
    size = next((size for size in SIZES if _has_room(words, size)), SIZES[-1])
    face = face_for(words, size)
    if face is None:
        return  # Not even the title's name can be written here.
    lines, most = wrapped(words, face, CARD[0] - 2 * EDGE), int(ROOM // (size * LEADING))
    if len(lines) > most:
        lines = [*lines[: most - 1], _shortened(lines[most - 1], face)]
    rtl = _runs_leftwards(words)
    x, anchor = (CARD[0] - EDGE, "ra") if rtl else (EDGE, "la")
    for row, line in enumerate(lines):
        y = 126 + row * size * LEADING
        draw.text((x, y), line, INK, face, anchor, direction="rtl" if rtl else None)


def _has_room(words: str, size: int) -> bool:
    face = face_for(words, size)
    lines = wrapped(words, face, CARD[0] - 2 * EDGE) if face else []
    return len(lines) * size * LEADING <= ROOM


def _shortened(words: str, face: Face) -> str:
    """As much as fits in a line before an ellipsis."""
    while words and face.getlength(f"{words}…") > CARD[0] - 2 * EDGE:
        words = words[:-1]
    return f"{words.rstrip(' .,:;')}…"


def wrapped(words: str, face: Face, room: float) -> list[str]:
    """The words in lines no wider than `room` pixels; a word too long for one is parted."""
    lines = [""]
    for word in words.split():
        longer = f"{lines[-1]} {word}".strip()
        if face.getlength(longer) <= room:
            lines[-1] = longer
            continue
        *whole, rest = _parts(word, face, room)
        lines += [*whole, rest]
    return [line for line in lines if line]


def _parts(word: str, face: Face, room: float) -> Iterator[str]:
    """A word, or a sentence in a script without spaces, in pieces that fit."""
    piece = ""
    for letter in word:
        if piece and face.getlength(piece + letter) > room:
            yield piece
            piece = ""
        piece += letter
    yield piece


def _runs_leftwards(words: str) -> bool:
    """The direction of the first letter that has one (Unicode Bidirectional Algorithm, P2)."""
    directions = (unicodedata.bidirectional(letter) for letter in words)
    return next((d for d in directions if d in {"L", "R", "AL"}), "L") != "L"


# Faces -------------------------------------------------------------------------------------


def _without_signs(words: str) -> str:
    """Without emoji and their like, which most faces lack and a headline can spare."""
    kept = (
        letter
        for letter in words
        if unicodedata.category(letter) not in {"So", "Sk"} and letter != EMOJI_FORM
    )
    return " ".join("".join(kept).split())


def has_face(words: str) -> bool:
    """Whether the words can be drawn on this machine."""
    return bool(words.strip()) and face_for(words, SMALL) is not None


def face_for(words: str, size: int) -> Face | None:
    """The dearest face on this machine that has every letter; None if there is none."""
    letters = frozenset(letter for letter in words if letter.isprintable() and letter != " ")
    at = _covering(letters)
    return None if at is None else _face(at, size)


@cache
def _face(file: str, size: int) -> Face:
    """From a file; Pillow's own where the name is empty."""
    if file:
        return ImageFont.truetype(file, size)
    own = ImageFont.load_default(size)
    if not isinstance(own, ImageFont.FreeTypeFont):
        raise TypeError("Pillow was built without FreeType.")
    return own


@lru_cache(maxsize=1000)
def _covering(letters: frozenset[str]) -> str | None:
    return next((file for file in _files() if _has_all(file, letters)), None)


def _has_all(file: str, letters: frozenset[str]) -> bool:
    try:
        face = _face(file, SMALL)
    except OSError:
        return False  # No font after all.
    box = _drawn(face, NO_CHARACTER)
    return all(_drawn(face, letter) != box for letter in letters)


def _drawn(face: Face, letter: str) -> tuple[tuple[int, int], bytes]:
    mask = face.getmask(letter)
    return mask.size, bytes(mask)


@cache
def _files() -> Sequence[str]:
    """Every face on this machine, in the order in which they are tried; "" is Pillow's own."""
    found = [
        path
        for folder in FOLDERS
        if folder.is_dir()
        for pattern in ("*.ttf", "*.otf", "*.ttc")
        for path in folder.rglob(pattern)
    ]
    by_name = {path.stem: path for path in found}
    dearest = [str(by_name[name]) for name in DEAREST if name in by_name]
    others = sorted((not path.stem.endswith("Bold"), str(path)) for path in found)
    return [*dearest, "", *(file for _plain, file in others)]
