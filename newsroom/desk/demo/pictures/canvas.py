"""The graphics desk's tools: paper, type, lines, arrows, legends. All measures are in points of a
1600 x 1000 sheet; the drawing is made twice as large and brought down, which smooths it."""

import io
import math
from collections.abc import Sequence
from itertools import pairwise

from PIL import Image, ImageDraw, ImageFont

WIDTH, HEIGHT, SCALE = 1600, 1000, 2
PAPER, INK, MUTED, LINE = "#f4f1ea", "#1b2a33", "#5d6b73", "#b9b6ab"
SEA, DEEP, LAND, HIGH, PEAK = "#cfdde3", "#bccfd8", "#e9e2d2", "#dcd2bb", "#cdc0a2"
RED, NAVY, OCHRE, GREY, WHITE = "#b3372c", "#27496d", "#c28f2c", "#8b979d", "#fbfaf6"
SOURCE = "Graphic: The Meridian Watch. All places are invented."

Point = tuple[float, float]


class Canvas:
    """A sheet with a heading, to be drawn on and given out as a JPEG."""

    def __init__(self, title: str, subtitle: str) -> None:
        self.image = Image.new("RGB", (WIDTH * SCALE, HEIGHT * SCALE), PAPER)
        self.draw = ImageDraw.Draw(self.image)
        self.text((60, 44), title, 52, bold=True)
        self.text((60, 108), subtitle, 30, MUTED)
        self.text((60, 950), SOURCE, 26, MUTED)

    def text(  # noqa: PLR0913 - Type has that many sides.
        self,
        at: Point,
        words: str,
        size: int = 28,
        colour: str = INK,
        *,
        bold: bool = False,
        anchor: str = "la",
        halo: str = "",
    ) -> None:
        """Words at a point; `halo` is the colour of a rim that keeps them legible."""
        self.draw.text(
            self._at(at),
            words,
            colour,
            ImageFont.load_default(size * SCALE),
            anchor=anchor,
            stroke_width=4 * SCALE if halo else (1 if bold else 0),
            stroke_fill=halo or colour,
        )
        if halo and bold:
            self.text(at, words, size, colour, bold=True, anchor=anchor)

    def line(self, points: Sequence[Point], colour: str = INK, width: float = 2) -> None:
        self.draw.line([self._at(p) for p in points], colour, round(width * SCALE), joint="curve")

    def dashes(self, points: Sequence[Point], colour: str = INK, width: float = 3) -> None:
        """A dashed line of fourteen points on, ten off."""
        for start, end in pairwise(points):
            length = math.dist(start, end)
            steps = max(1, int(length // 24))
            for step in range(steps):
                a, b = step / steps, (step + 0.58) / steps
                self.line([_between(start, end, a), _between(start, end, b)], colour, width)

    def shape(
        self, points: Sequence[Point], fill: str | None, rim: str | None = None, width: float = 2
    ) -> None:
        scaled = [self._at(p) for p in points]
        if fill:
            self.draw.polygon(scaled, fill)
        if rim:
            self.draw.line([*scaled, scaled[0]], rim, round(width * SCALE), joint="curve")

    def box(
        self,
        at: Point,
        size: Point,
        fill: str | None = None,
        rim: str | None = INK,
        width: float = 2,
    ) -> None:
        (x, y), (w, h) = at, size
        self.draw.rectangle(
            [self._at((x, y)), self._at((x + w, y + h))], fill, rim, round(width * SCALE)
        )

    def dot(
        self, at: Point, radius: float, fill: str | None, rim: str | None = None, width: float = 2
    ) -> None:
        (x, y) = at
        corners = [self._at((x - radius, y - radius)), self._at((x + radius, y + radius))]
        self.draw.ellipse(corners, fill, rim, round(width * SCALE))

    def measure(self, start: Point, end: Point, words: str) -> None:
        """A dimension line with arrowheads at both ends and its figure in the middle."""
        self.line([start, end], INK, 2)
        angle = math.atan2(end[1] - start[1], end[0] - start[0])
        for tip, towards in ((start, angle), (end, angle + math.pi)):
            wings = [
                (tip[0] + 16 * math.cos(towards + turn), tip[1] + 16 * math.sin(towards + turn))
                for turn in (-0.35, 0.35)
            ]
            self.shape([tip, *wings], INK)
        middle = _between(start, end, 0.5)
        self.text(middle, words, 28, anchor="mm", halo=PAPER, bold=True)

    def callout(self, number: int, at: Point, to: Point) -> None:
        """A numbered disc, with a hairline to what it names."""
        self.line([at, to], MUTED, 1.5)
        self.dot(to, 4, MUTED)
        self.dot(at, 21, INK)
        self.text(at, str(number), 27, WHITE, anchor="mm", bold=True)

    def key(self, at: Point, rows: Sequence[str], *, step: int = 42) -> None:
        """The numbered list that the callouts refer to."""
        x, y = at
        for number, words in enumerate(rows, start=1):
            self.dot((x + 18, y + 16), 18, INK)
            self.text((x + 18, y + 16), str(number), 24, WHITE, anchor="mm", bold=True)
            self.text((x + 48, y), words, 28)
            y += step

    def legend(self, at: Point, rows: Sequence[tuple[str, str]]) -> None:
        """A panel of coloured squares and their meaning."""
        x, y = at
        width = max(len(words) for _colour, words in rows) * 14.5 + 84
        self.box((x, y), (width, len(rows) * 42 + 20), PAPER, LINE)
        for place, (colour, words) in enumerate(rows):
            top = y + 15 + place * 42
            self.box((x + 18, top + 3), (26, 24), colour, INK, 1)
            self.text((x + 58, top), words, 27)

    def scale_bar(self, at: Point, points: float, words: str) -> None:
        """How long so many points are on the ground."""
        x, y = at
        self.box((x, y), (points / 2, 9), INK)
        self.box((x + points / 2, y), (points / 2, 9), PAPER)
        self.text((x + points + 12, y + 5), words, 26, anchor="lm", halo=PAPER)

    def north(self, at: Point) -> None:
        x, y = at
        self.shape([(x, y - 34), (x - 13, y + 10), (x, y)], INK)
        self.shape([(x, y - 34), (x + 13, y + 10), (x, y)], PAPER, INK, 1.5)
        self.text((x, y + 28), "N", 26, anchor="mm", bold=True, halo=PAPER)

    def jpeg(self) -> bytes:
        """The finished sheet."""
        out = io.BytesIO()
        small = self.image.resize((WIDTH, HEIGHT), Image.Resampling.BOX)
        small.save(out, "JPEG", quality=86)
        return out.getvalue()

    def _at(self, point: Point) -> tuple[float, float]:
        return (point[0] * SCALE, point[1] * SCALE)


def _between(start: Point, end: Point, part: float) -> Point:
    return (start[0] + (end[0] - start[0]) * part, start[1] + (end[1] - start[1]) * part)


def curve(points: Sequence[Point], *, closed: bool = False, steps: int = 10) -> list[Point]:
    """A smooth line through the points (Catmull and Rom's spline)."""
    row = list(points)
    row = [row[-1], *row, row[0], row[1]] if closed else [row[0], *row, row[-1]]
    smooth = []
    for p0, p1, p2, p3 in zip(row, row[1:], row[2:], row[3:], strict=False):
        smooth += [_on_curve(p0, p1, p2, p3, step / steps) for step in range(steps)]
    return smooth if closed else [*smooth, points[-1]]


def _on_curve(p0: Point, p1: Point, p2: Point, p3: Point, t: float) -> Point:
    def axis(a: float, b: float, c: float, d: float) -> float:
        return 0.5 * (
            2 * b
            + (c - a) * t
            + (2 * a - 5 * b + 4 * c - d) * t**2
            + (3 * b - a - 3 * c + d) * t**3
        )

    return (axis(p0[0], p1[0], p2[0], p3[0]), axis(p0[1], p1[1], p2[1], p3[1]))
