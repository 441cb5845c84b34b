"""The sheet the graphics desk draws on: paper, type, lines and areas.

All measures are in points of a 1600 x 1000 sheet; it is drawn twice as large and brought down,
which smooths every edge. Colours may carry an alpha (`#27496d40`) and then let through what lies
below.
"""

import io
import math
from collections.abc import Iterator, Sequence
from functools import cache
from itertools import pairwise

from PIL import Image, ImageDraw, ImageFont

WIDTH, HEIGHT, SCALE = 1600, 1000, 2
LEFT, TOP, RIGHT, BOTTOM = 60, 176, 1540, 926
PAPER, INK, MUTED, HAIR = "#f4f1ea", "#1b2a33", "#5a6870", "#b9b6ab"
SEA, LAND, WHITE = "#cfdde3", "#e4ddcb", "#fbfaf6"
RED, NAVY, OCHRE = "#b3372c", "#27496d", "#c28f2c"
STEEL, PLATE, PALE, SHADE = "#8c9aa3", "#a9b5bc", "#c6ced2", "#5f6f79"
SOURCE = "Graphic: The Meridian Watch. All places are invented."

Point = tuple[float, float]


@cache
def _font(size: float) -> ImageFont.FreeTypeFont:
    font = ImageFont.load_default(size)
    assert isinstance(font, ImageFont.FreeTypeFont)  # noqa: S101 - Pillow is built with FreeType.
    return font


class Canvas:
    """A sheet with a heading, to be drawn on and given out as a JPEG."""

    def __init__(self, title: str, subtitle: str) -> None:
        self.image = Image.new("RGB", (WIDTH * SCALE, HEIGHT * SCALE), PAPER)
        self.draw = ImageDraw.Draw(self.image, "RGBA")
        self.words = (title, subtitle)
        self._heading()

    def text(  # noqa: PLR0913 - Type has that many sides.
        self,
        at: Point,
        words: str,
        size: float = 28,
        colour: str = INK,
        *,
        bold: bool = False,
        anchor: str = "la",
        halo: str | None = None,
    ) -> None:
        """Words at a point; `halo` is the colour of a rim that keeps them legible."""
        font, weight = _font(size * SCALE), size * SCALE * 0.022 if bold else 0.0
        if halo:
            rim = weight + 4.5 * SCALE
            self.draw.text(self.at(at), words, halo, font, anchor, stroke_width=rim)
        self.draw.text(self.at(at), words, colour, font, anchor, stroke_width=weight)

    def spaced(self, at: Point, words: str, size: float, colour: str = INK) -> None:
        """The name of a country or a sea, letters apart, centred on a point."""
        gap = size * 0.32
        x, y = at[0] - (self.width(words, size) + gap * (len(words) - 1)) / 2, at[1]
        for letter in words:
            self.text((x, y), letter, size, colour, bold=words.isupper(), anchor="lm")
            x += self.width(letter, size) + gap

    def width(self, words: str, size: float) -> float:
        """How wide the words will be."""
        return _font(size * SCALE).getlength(words) / SCALE

    def line(self, points: Sequence[Point], colour: str = INK, width: float = 2) -> None:
        scaled = [self.at(p) for p in points]
        self.draw.line(scaled, colour, max(1, round(width * SCALE)), joint="curve")

    def dashes(
        self,
        points: Sequence[Point],
        colour: str = INK,
        width: float = 3,
        rhythm: Point = (14, 10),
    ) -> None:
        """A broken line: so many points on, so many off, round every corner."""
        for piece in _pieces(points, *rhythm):
            self.line(piece, colour, width)

    def shape(
        self, points: Sequence[Point], fill: str | None, rim: str | None = INK, width: float = 2
    ) -> None:
        """A filled area with a line round it."""
        scaled = [self.at(p) for p in points]
        if fill:
            self.draw.polygon(scaled, fill)
        if rim:
            whole = [*scaled, scaled[0], scaled[1]]  # Twice over the corner, to round it.
            self.draw.line(whole, rim, max(1, round(width * SCALE)), joint="curve")

    def box(
        self,
        at: Point,
        size: Point,
        fill: str | None = None,
        rim: str | None = INK,
        width: float = 2,
    ) -> None:
        (x, y), (w, h) = at, size
        corners = [*self.at((x, y)), *self.at((x + w, y + h))]
        self.draw.rectangle(corners, fill, rim, round(width * SCALE))

    def panel(self, at: Point, size: Point, fill: str = PAPER, rim: str | None = HAIR) -> None:
        """A box with soft corners, for legends and units."""
        (x, y), (w, h) = at, size
        corners = [*self.at((x, y)), *self.at((x + w, y + h))]
        self.draw.rounded_rectangle(corners, 6 * SCALE, fill, rim, 2 * SCALE)

    def dot(
        self, at: Point, radius: float, fill: str | None, rim: str | None = None, width: float = 2
    ) -> None:
        x, y = at
        corners = [*self.at((x - radius, y - radius)), *self.at((x + radius, y + radius))]
        self.draw.ellipse(corners, fill, rim, round(width * SCALE))

    def hatch(
        self, outline: Sequence[Point], colour: str, step: float = 14, width: float = 2
    ) -> None:
        """Slanting lines inside an outline."""
        mask = Image.new("1", self.image.size)
        ImageDraw.Draw(mask).polygon([self.at(p) for p in outline], 1)
        lines = Image.new("1", self.image.size)
        pen = ImageDraw.Draw(lines)
        low, high = min(y for _, y in outline), max(y for _, y in outline)
        start = min(x for x, _ in outline) - (high - low)
        start -= start % step
        while start < max(x for x, _ in outline):
            ends = [*self.at((start, high)), *self.at((start + high - low, low))]
            pen.line(ends, 1, round(width * SCALE))
            start += step
        self.image.paste(colour, mask=Image.composite(lines, mask, mask))

    def inside(self, outline: Sequence[Point], colour: str, width: float) -> None:
        """A band along the inner side of an outline."""
        mask = Image.new("1", self.image.size)
        scaled = [self.at(p) for p in outline]
        ImageDraw.Draw(mask).polygon(scaled, 1)
        band = Image.new("1", self.image.size)
        ImageDraw.Draw(band).line([*scaled, scaled[0]], 1, round(width * SCALE), joint="curve")
        self.image.paste(colour, mask=Image.composite(band, mask, mask))

    def framed(self) -> None:
        """Take away what was drawn past the frame of a map, and draw the frame."""
        for corners in (
            (0, 0, WIDTH, TOP),
            (0, BOTTOM, WIDTH, HEIGHT),
            (0, TOP, LEFT, BOTTOM),
            (RIGHT, TOP, WIDTH, BOTTOM),
        ):
            self.draw.rectangle([edge * SCALE for edge in corners], PAPER)
        self.box((LEFT, TOP), (RIGHT - LEFT, BOTTOM - TOP), None, INK, 2.5)
        self._heading()

    def jpeg(self) -> bytes:
        """The finished sheet."""
        out = io.BytesIO()
        small = self.image.resize((WIDTH, HEIGHT), Image.Resampling.LANCZOS)
        small.save(out, "JPEG", quality=88)
        return out.getvalue()

    def at(self, point: Point) -> Point:
        """A point of the sheet as pixels of the drawing."""
        return (point[0] * SCALE, point[1] * SCALE)

    def _heading(self) -> None:
        title, subtitle = self.words
        self.box((LEFT, 34), (RIGHT - LEFT, 4), INK, None)
        self.text((LEFT, 56), title, 52, bold=True)
        self.text((LEFT, 120), subtitle, 31, MUTED)
        self.text((LEFT, 948), SOURCE, 26, MUTED)


def between(start: Point, end: Point, part: float) -> Point:
    """The point at this part of the way, 0 to 1."""
    return (start[0] + (end[0] - start[0]) * part, start[1] + (end[1] - start[1]) * part)


def curve(points: Sequence[Point], *, closed: bool = False, steps: int = 10) -> list[Point]:
    """A smooth line through the points (Catmull and Rom's spline)."""
    row = list(points)
    row = [row[-1], *row, row[0], row[1]] if closed else [row[0], *row, row[-1]]
    smooth = []
    for p0, p1, p2, p3 in zip(row, row[1:], row[2:], row[3:], strict=False):
        smooth += [_on_curve((p0, p1, p2, p3), step / steps) for step in range(steps)]
    return smooth if closed else [*smooth, points[-1]]


def circle(centre: Point, radius: float, steps: int = 180) -> list[Point]:
    """The points of a ring, closed."""
    turns = [turn / steps * math.tau for turn in range(steps + 1)]
    return [(centre[0] + radius * math.cos(a), centre[1] + radius * math.sin(a)) for a in turns]


def _on_curve(knots: tuple[Point, Point, Point, Point], t: float) -> Point:
    def axis(i: int) -> float:
        a, b, c, d = (knot[i] for knot in knots)
        bend, twist = 2 * a - 5 * b + 4 * c - d, 3 * b - a - 3 * c + d
        return 0.5 * (2 * b + (c - a) * t + bend * t**2 + twist * t**3)

    return (axis(0), axis(1))


def _pieces(points: Sequence[Point], on: float, off: float) -> Iterator[list[Point]]:
    """The strokes of a broken line, cut by length along it."""
    piece, left, drawing = [points[0]], on, True
    for start, end in pairwise(points):
        here = start
        while (rest := math.dist(here, end)) > left:
            here = between(here, end, left / rest)
            if drawing:
                yield [*piece, here]
            drawing = not drawing
            piece, left = [here], on if drawing else off
        left -= rest
        piece.append(end)
    if drawing and len(piece) > 1:
        yield piece
