"""Charts as SVG, reckoned here and written by a template: no script, no style of their own.

A chart is a picture of a table that stands below it. All lengths are units of the drawing, 720
wide; colours and type come from the page's style sheet by class, so that light, dark and print
are its affair. Words are in a `title` and a `desc` for whoever cannot see it (SVG-AAM 1.0).
"""

from collections.abc import Sequence
from dataclasses import dataclass, field
from math import ceil, floor, log10

WIDTH, LEFT, RIGHT = 720, 52, 12
TOP, BOTTOM = 12, 28
HEIGHT = 240
STEPS = (1, 2, 2.5, 5, 10)
MOST_MARKS = 5  # Lines across, about.
MOST_NAMES = 5  # Names below, about.
LETTER = 14  # Of a name below and the room after it, as large as a phone shows it.
WIDEST = 72  # Of a column and the gap beside it.
GAP = 0.2  # Of a column's width.


@dataclass(frozen=True)
class Mark:
    """A line across the drawing with its number, or a name below it at a place."""

    at: float
    words: str
    anchor: str = "middle"


@dataclass(frozen=True)
class Box:
    """A column or a part of one. `kind` is the number of its series, for its colour."""

    x: float
    y: float
    width: float
    height: float
    kind: int
    words: str


@dataclass(frozen=True)
class Words:
    """What a chart is called: `key` tells it from others on the page, `head` heads the column
    of labels in its table, `names` are the series' in the order of their colours."""

    key: str
    title: str
    desc: str
    head: str
    names: Sequence[str]


@dataclass(frozen=True)
class Drawing:
    """All that the template needs."""

    words: Words
    rows: Sequence[tuple[str, Sequence[int]]]
    width: int = WIDTH
    height: int = HEIGHT
    left: int = LEFT
    right: int = WIDTH - RIGHT
    base: float = 0.0
    across: list[Mark] = field(default_factory=list)
    below: list[Mark] = field(default_factory=list)
    boxes: list[Box] = field(default_factory=list)
    line: str = ""
    area: str = ""

    @property
    def bottom(self) -> int:
        """Where the names below stand."""
        return self.height - BOTTOM + 18


@dataclass(frozen=True)
class Scale:
    """From a number to a height in the drawing."""

    low: int
    high: int

    def y(self, value: float) -> float:
        room = HEIGHT - TOP - BOTTOM
        return round(TOP + room * (self.high - value) / (self.high - self.low), 1)

    def marks(self) -> list[Mark]:
        """Whole, round numbers from the lowest to the highest."""
        step = step_of(self.high - self.low)
        numbers = range(ceil(self.low / step) * step, self.high + 1, step)
        return [Mark(self.y(number), f"{abs(number):,}", "end") for number in numbers]


def step_of(span: int) -> int:
    """A round number that goes about five times into the span."""
    rough = max(span / MOST_MARKS, 1)
    power = 10.0 ** floor(log10(rough))
    return max(1, round(next(step * power for step in STEPS if step * power >= rough)))


def scale_for(values: Sequence[int]) -> Scale:
    """One in which nought and all values have room, its ends round."""
    high, low = max([*values, 1]), min([*values, 0])
    step = step_of(high - low)
    return Scale(floor(low / step) * step, ceil(high / step) * step)


def line_chart(
    words: Words, rows: Sequence[tuple[str, int]], short: Sequence[str] = ()
) -> Drawing:
    """One number over time: a line, and the ground below it. `rows` has at least one.

    `short` are the labels as they stand below the drawing, where there is little room.
    """
    values = [value for _label, value in rows]
    scale = scale_for(values)
    spread = (WIDTH - LEFT - RIGHT) / max(len(rows) - 1, 1)
    points = [
        (round(LEFT + spread * place, 1), scale.y(value)) for place, value in enumerate(values)
    ]
    if len(points) == 1:
        points.append((WIDTH - RIGHT, points[0][1]))
    line = " ".join(f"{x},{y}" for x, y in points)
    base = scale.y(0)
    return Drawing(
        words, [(label, [value]) for label, value in rows],
        base=base,
        across=scale.marks(),
        below=names_below(short or [label for label, _value in rows], LEFT, spread),
        line=line,
        area=f"{points[0][0]},{base} {line} {points[-1][0]},{base}",
    )  # fmt: skip


def column_chart(
    words: Words,
    rows: Sequence[tuple[str, Sequence[int]]],
    short: Sequence[str] = (),
    *,
    down: Sequence[int] = (),
) -> Drawing:
    """Columns of several numbers, one above the other; those series in `down` hang below.

    `short` as in `line_chart`. Without a row there is nothing to draw: `boxes` is empty.
    """
    up = [sum(v for kind, v in enumerate(values) if kind not in down) for _l, values in rows]
    hung = [-sum(values[kind] for kind in down) for _label, values in rows]
    scale = scale_for([*up, *hung])
    spread = min((WIDTH - LEFT - RIGHT) / max(len(rows), 1), WIDEST)
    boxes = [
        box
        for place, (label, values) in enumerate(rows)
        for box in _column(
            scale, LEFT + spread * place, spread, label, (values, words.names, down)
        )
    ]
    return Drawing(
        words, rows,
        base=scale.y(0),
        across=scale.marks(),
        below=names_below(short or [label for label, _values in rows], LEFT + spread / 2, spread),
        boxes=boxes,
    )  # fmt: skip


def _column(
    scale: Scale,
    x: float,
    spread: float,
    label: str,
    what: tuple[Sequence[int], Sequence[str], Sequence[int]],
) -> list[Box]:
    """The boxes of one column, the first series next to the line of nought."""
    values, names, down = what
    above = below = 0
    boxes = []
    for kind, value in enumerate(values):
        if not value:
            continue
        if kind in down:
            high, low = -below, -below - value
            below += value
        else:
            low, high = above, above + value
            above += value
        y = scale.y(high)
        words = f"{label}: {names[kind]} {value:,}"
        left, width = round(x + spread * GAP / 2, 1), round(spread * (1 - GAP), 1)
        boxes.append(Box(left, y, width, round(scale.y(low) - y, 1), kind, words))
    return boxes


def names_below(labels: Sequence[str], first: float, spread: float) -> list[Mark]:
    """Some of the labels, so that they do not touch; the first begins at its place."""
    room = LETTER * max((len(label) for label in labels), default=0)
    every = max(1, ceil(len(labels) / MOST_NAMES), ceil(room / spread))
    chosen = list(range(0, len(labels), every))
    marks = [Mark(round(first + spread * place, 1), labels[place]) for place in chosen]
    return [
        Mark(mark.at, mark.words, "start" if mark.at <= LEFT else _anchor(mark)) for mark in marks
    ]


def _anchor(mark: Mark) -> str:
    return "end" if mark.at > WIDTH - RIGHT - 20 else "middle"
