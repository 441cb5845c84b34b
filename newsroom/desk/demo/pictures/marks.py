"""The marks every sheet of the desk shares: dimensions, callouts, keys, legends, scales, north."""

import math
from collections.abc import Callable, Sequence

from newsroom.desk.demo.pictures.canvas import (
    HAIR,
    INK,
    MUTED,
    PAPER,
    WHITE,
    Canvas,
    Point,
    between,
)

Swatch = Callable[[Canvas, Point], None]


def arrowhead(canvas: Canvas, tip: Point, angle: float, colour: str = INK) -> None:
    """A slim head whose tip points along the angle, in radians."""
    wings = [
        (tip[0] - 19 * math.cos(angle + turn), tip[1] - 19 * math.sin(angle + turn))
        for turn in (-0.27, 0.27)
    ]
    canvas.shape([tip, *wings], colour, None)


def measure(canvas: Canvas, start: Point, end: Point, words: str) -> None:
    """A dimension line with arrowheads, its figure set into it."""
    angle = math.atan2(end[1] - start[1], end[0] - start[0])
    canvas.line([start, end], INK, 1.5)
    arrowhead(canvas, start, angle + math.pi)
    arrowhead(canvas, end, angle)
    middle, wide = between(start, end, 0.5), canvas.width(words, 32) + 28
    canvas.box((middle[0] - wide / 2, middle[1] - 21), (wide, 42), PAPER, None)
    canvas.text(middle, words, 32, anchor="mm", bold=True)


def beside(canvas: Canvas, start: Point, end: Point, words: str) -> None:
    """A short upright dimension, its figure to the right of it."""
    angle = math.atan2(end[1] - start[1], end[0] - start[0])
    canvas.line([start, end], INK, 1.5)
    arrowhead(canvas, start, angle + math.pi)
    arrowhead(canvas, end, angle)
    x, y = between(start, end, 0.5)
    canvas.text((x + 14, y), words, 30, anchor="lm", bold=True)


def drop(canvas: Canvas, start: Point, end: Point) -> None:
    """The hairline from a thing to its dimension."""
    canvas.line([start, end], MUTED, 1.2)


def disc(canvas: Canvas, at: Point, number: int) -> None:
    canvas.dot(at, 20, INK, PAPER, 2.5)
    canvas.text((at[0], at[1] + 0.5), str(number), 26, WHITE, anchor="mm", bold=True)


def callout(canvas: Canvas, number: int, at: Point, to: Point) -> None:
    """A numbered disc, with a hairline to what it names."""
    canvas.line([at, to], INK, 1.5)
    canvas.dot(to, 5, INK, PAPER, 1.5)
    disc(canvas, at, number)


def key(canvas: Canvas, at: Point, rows: Sequence[str], *, deep: int = 4, wide: int = 560) -> None:
    """The numbered list that the callouts refer to, in columns of `deep` rows."""
    for place, words in enumerate(rows):
        x, y = at[0] + place // deep * wide, at[1] + place % deep * 49
        disc(canvas, (x + 20, y + 18), place + 1)
        canvas.text((x + 54, y + 18), words, 29, anchor="lm")


def legend(canvas: Canvas, corner: Point, rows: Sequence[tuple[Swatch, str]]) -> None:
    """A panel of signs and their meaning; `corner` is its lower right corner."""
    wide = max(canvas.width(words, 28) for _sign, words in rows) + 112
    high = len(rows) * 44 + 26
    x, y = corner[0] - wide, corner[1] - high
    canvas.panel((x, y), (wide, high))
    for place, (sign, words) in enumerate(rows):
        middle = y + 35 + place * 44
        sign(canvas, (x + 48, middle))
        canvas.text((x + 92, middle), words, 28, anchor="lm")


def patch(colour: str, rim: str | None = INK, hatch: str | None = None) -> Swatch:
    """The sign of an area."""

    def draw(canvas: Canvas, at: Point) -> None:
        x, y = at
        canvas.box((x - 24, y - 13), (48, 26), WHITE, None)
        canvas.box((x - 24, y - 13), (48, 26), colour, rim, 1.5)
        if hatch:
            corners = [(x - 23, y - 12), (x + 23, y - 12), (x + 23, y + 12), (x - 23, y + 12)]
            canvas.hatch(corners, hatch, 11)

    return draw


def stroke(colour: str, width: float, rhythm: Point | None = None) -> Swatch:
    """The sign of a line."""

    def draw(canvas: Canvas, at: Point) -> None:
        ends = [(at[0] - 26, at[1]), (at[0] + 26, at[1])]
        if rhythm:
            canvas.dashes(ends, colour, width, rhythm)
        else:
            canvas.line(ends, colour, width)

    return draw


def scale_bar(canvas: Canvas, at: Point, points: float, words: str) -> None:
    """How long so many points are on the ground; `at` is the left end of the bar."""
    x, y = at
    wide = points + canvas.width(words, 27) + 48
    canvas.panel((x - 16, y - 25), (wide, 50))
    canvas.box((x, y - 5), (points, 10), WHITE, INK, 1.5)
    canvas.box((x, y - 5), (points / 2, 10), INK, None)
    canvas.text((x + points + 14, y), words, 27, anchor="lm")


def north(canvas: Canvas, at: Point) -> None:
    """An arrow to the north, on a disc."""
    x, y = at
    canvas.dot((x, y), 40, PAPER, HAIR, 2)
    canvas.shape([(x, y - 34), (x - 12, y + 6), (x, y - 2)], INK, INK, 1.5)
    canvas.shape([(x, y - 34), (x + 12, y + 6), (x, y - 2)], WHITE, INK, 1.5)
    canvas.text((x, y + 21), "N", 26, anchor="mm", bold=True)
