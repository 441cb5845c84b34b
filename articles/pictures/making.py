"""From a picture to the files that pages show."""

import io
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

from PIL import Image

from articles.pictures.marking import Marks, save_options
from articles.pictures.reading import open_picture, upright_srgb

# Pixels. A card is 21 to 43 rem wide and a story's picture 54 rem (864 px), on screens of one to
# three device pixels per CSS pixel; from one width to the next it is a third more, or a half.
WIDTHS = (320, 480, 640, 960, 1280, 1728)
TALLEST = 2400  # Pixels of the longer side: a tall picture's widest rendition is narrower.
PLAIN_WIDTH = 960  # Pixels: the one JPEG that is made while the editor waits.
CARD = (1200, 630)  # Pixels: what those who quote a page ask for.
CARD_WEIGHT = 300_000  # Bytes.
ENLARGED = 2  # Times, at most, that a small picture is enlarged to fill a card.
PAPER = "#f3f1ea"  # The site's panel, around a picture too small for a card.

# Tuned by eye and by weight on news photographs: faces and lettering stay whole, and each format
# is lighter than the one before. AVIF at 7 takes half as long again or twice as long as at 8, and
# is a hundredth lighter at most; at 9 it is coarser and heavier.
SAVED: dict[str, dict[str, Any]] = {
    "jpeg": {"quality": 78, "progressive": True, "optimize": True},
    "webp": {"quality": 72, "method": 4},
    "avif": {"quality": 56, "speed": 8, "max_threads": 1},
}
MIMES = {"jpeg": "image/jpeg", "webp": "image/webp", "avif": "image/avif"}
SUFFIXES = {"jpeg": "jpg", "webp": "webp", "avif": "avif"}


@dataclass(frozen=True)
class Made:
    """One file: what it is for ("picture" or "card"), its format and size in pixels."""

    purpose: str
    format: str
    width: int
    height: int
    content: bytes


@dataclass(frozen=True)
class Order:
    """What is made: only the plain JPEG or all, with these marks, cut around this point.

    The focal point is in shares of width and height, from the upper left corner.
    """

    marks: Marks
    focal: tuple[float, float] = (0.5, 0.5)
    only_plain: bool = False


def make(content: bytes, order: Order) -> Iterator[Made]:
    """The files, the widest first. Raises RefusedError if the picture cannot be read.

    No file is larger than the picture; one narrower than the narrowest width is made as it is.
    """
    picture = upright_srgb(open_picture(content), TALLEST)
    if order.only_plain:
        width = next(width for width in widths_of(picture.width) if width <= PLAIN_WIDTH)
        yield _saved(_narrowed(picture, width), "picture", "jpeg", order.marks)
        return
    yield _card(picture, order)
    for width in widths_of(picture.width):
        picture = _narrowed(picture, width)  # From the last one: each step is a short way.
        for form in SAVED:
            yield _saved(picture, "picture", form, order.marks)


def widths_of(width: int) -> list[int]:
    """The widths made of a picture this wide, the widest first.

    A picture between two of them also keeps its own width, unless that is nearly the lower one.
    """
    lower = [step for step in WIDTHS if step <= width]
    own = width <= WIDTHS[-1] and width > (lower[-1] * 1.1 if lower else 0)
    return sorted({*lower, *([width] if own else [])}, reverse=True)


def _narrowed(picture: Image.Image, width: int) -> Image.Image:
    if width == picture.width:
        return picture
    height = max(1, round(picture.height * width / picture.width))
    return picture.resize((width, height), Image.Resampling.LANCZOS, reducing_gap=3)


def _saved(picture: Image.Image, purpose: str, form: str, marks: Marks, **other: Any) -> Made:
    out = io.BytesIO()
    picture.save(out, form, **(SAVED[form] | save_options(marks, form) | other))
    return Made(purpose, form, picture.width, picture.height, out.getvalue())


def _card(picture: Image.Image, order: Order) -> Made:
    """1200 x 630 around the focal point; a small picture stands on paper."""
    return card_file(_cut(picture, order.focal), order.marks)


def _cut(picture: Image.Image, focal: tuple[float, float]) -> Image.Image:
    width, height = CARD
    scale = max(width / picture.width, height / picture.height)
    if scale > ENLARGED:
        return _on_paper(picture)
    across, down = width / scale, height / scale
    left = min(max(focal[0] * picture.width - across / 2, 0), picture.width - across)
    top = min(max(focal[1] * picture.height - down / 2, 0), picture.height - down)
    box = (left, top, left + across, top + down)
    return picture.resize(CARD, Image.Resampling.LANCZOS, box=box, reducing_gap=3)


def _on_paper(picture: Image.Image) -> Image.Image:
    width, height = CARD
    scale = min(ENLARGED, width / picture.width, height / picture.height)
    size = (max(1, round(picture.width * scale)), max(1, round(picture.height * scale)))
    card = Image.new("RGB", CARD, PAPER)
    shown = picture.resize(size, Image.Resampling.LANCZOS)
    card.paste(shown, ((width - size[0]) // 2, (height - size[1]) // 2))
    return card


def card_file(card: Image.Image, marks: Marks) -> Made:
    """The card as a JPEG under 300 KB, as fine as that allows."""
    for quality in (82, 70, 55, 40):
        made = _saved(card, "card", "jpeg", marks, quality=quality)
        if len(made.content) < CARD_WEIGHT:
            break
    return made
