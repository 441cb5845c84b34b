"""Side views: parts given in metres, drawn to scale on a sheet with dimensions and a key."""

from collections.abc import Sequence
from dataclasses import dataclass, field
from itertools import pairwise
from typing import Literal

from newsroom.desk.demo.pictures.canvas import (
    INK,
    MUTED,
    PALE,
    PAPER,
    PLATE,
    SHADE,
    STEEL,
    WHITE,
    Canvas,
    Point,
    curve,
)
from newsroom.desk.demo.pictures.marks import callout

GLASS, DARK, KEEL = "#33505f", "#3d4a52", "#8a5648"
FILLS = {
    "steel": STEEL, "plate": PLATE, "pale": PALE, "shade": SHADE, "glass": GLASS, "dark": DARK,
    "ink": INK, "white": WHITE, "keel": KEEL, "paper": PAPER,
}  # fmt: skip


@dataclass(frozen=True)
class Part:
    """A piece of the drawing, in metres from stern or tail and up from the waterline or ground.

    A bare area has no line round it, a soft one has smooth edges; the width of a dot is its
    radius in metres, all other widths are points.
    """

    how: Literal["area", "bare", "soft", "line", "dot", "rail"]
    fill: str
    points: Sequence[Point]
    width: float = 2


@dataclass(frozen=True)
class Call:
    """A numbered disc at one place, pointing at another."""

    at: Point
    to: Point


@dataclass(frozen=True)
class Scale:
    """Metres to points; `origin` is where the metres begin on the sheet."""

    origin: Point
    metre: float
    mirrored: bool = field(default=False)

    def put(self, point: Point) -> Point:
        x = -point[0] if self.mirrored else point[0]
        return (self.origin[0] + x * self.metre, self.origin[1] - point[1] * self.metre)

    def puts(self, points: Sequence[Point]) -> list[Point]:
        return [self.put(point) for point in points]


def draw_parts(canvas: Canvas, scale: Scale, parts: Sequence[Part]) -> None:
    for part in parts:
        points, fill = scale.puts(part.points), FILLS[part.fill]
        match part.how:
            case "area":
                canvas.shape(points, fill, INK, part.width)
            case "bare":
                canvas.shape(points, fill, None)
            case "soft":
                canvas.shape(curve(points, closed=True, steps=14), fill, INK, part.width)
            case "line":
                canvas.line(points, fill, part.width)
            case "dot":
                canvas.dot(points[0], part.width * scale.metre, fill, INK, 2)
            case "rail":
                _rail(canvas, points, scale.metre)


def calls(canvas: Canvas, scale: Scale, rows: Sequence[Call]) -> None:
    for number, row in enumerate(rows, start=1):
        callout(canvas, number, scale.put(row.at), scale.put(row.to))


def person(canvas: Canvas, feet: Point, metre: float) -> None:
    """Somebody 1.8 metres tall, for the size."""
    x, y = feet
    tall = 1.8 * metre
    canvas.dot((x, y - tall * 0.91), tall * 0.085, INK)
    body = [(-0.13, 0.8), (0.13, 0.8), (0.15, 0.45), (0.09, 0.44), (0.08, 0), (0.01, 0), (0, 0.4),
            (-0.01, 0), (-0.08, 0), (-0.09, 0.44), (-0.15, 0.45)]  # fmt: skip
    canvas.shape([(x + px * tall, y - py * tall) for px, py in body], INK, None)


def _rail(canvas: Canvas, points: Sequence[Point], metre: float) -> None:
    """A guard rail, a metre high, along the deck."""
    high = metre * 1.0
    for start, end in pairwise(points):
        for part in (0.55, 1.0):
            canvas.line(
                [(start[0], start[1] - high * part), (end[0], end[1] - high * part)], MUTED, 1
            )
        posts = max(2, round(abs(end[0] - start[0]) / (metre * 1.8)))
        for post in range(posts + 1):
            x = start[0] + (end[0] - start[0]) * post / posts
            y = start[1] + (end[1] - start[1]) * post / posts
            canvas.line([(x, y), (x, y - high)], MUTED, 1)
