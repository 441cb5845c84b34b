"""Bars: the budget by heading, the frigate's price by cause, the shells by the month."""

from collections.abc import Sequence

from newsroom.desk.demo.pictures.canvas import (
    HAIR,
    INK,
    LAND,
    LEFT,
    MUTED,
    NAVY,
    OCHRE,
    PAPER,
    RED,
    RIGHT,
    WHITE,
    Canvas,
    Point,
)

PALE_NAVY = "#8ba0b5"


def budget_2026() -> bytes:
    """What is asked for 2026, with last year as a mark on each bar."""
    canvas = Canvas(
        "More on paper, less for equipment",
        "Veldania’s defence budget for 2026 by heading, million crowns",
    )
    rows: tuple[tuple[str, int, int | None], ...] = (
        ("Personnel", 1920, 1880), ("Equipment", 1460, 1590), ("Operations, upkeep", 880, 900),
        ("Buildings, land", 410, 430), ("Pensions, coastguard", 310, None), ("Research", 120, 140),
        ("Treaty contributions", 100, 0),
    )  # fmt: skip
    left, per, top, step = 424.0, 0.51, 262.0, 89.0
    for value in (0, 500, 1000, 1500, 2000):
        _upright(canvas, left + value * per, (top - 26, top + step * 7 - 22), f"{value:,}")
    for place, (words, value, before) in enumerate(rows):
        y = top + place * step
        fresh = before in (0, None)
        canvas.text((left - 18, y + 22), words, 30, anchor="rm")
        colour = RED if words == "Equipment" else OCHRE if fresh else NAVY
        canvas.box((left, y), (value * per, 44), colour, None)
        end = left + max(value, before or 0) * per
        if before:
            x = left + before * per
            canvas.line([(x, y - 9), (x, y + 53)], INK, 4)
        canvas.text((end + 16, y + 22), f"{value:,}", 31, bold=True, anchor="lm", halo=PAPER)
    canvas.line([(left, top - 26), (left, top + step * 7 - 22)], INK, 3)
    _budget_reading(canvas)
    return canvas.jpeg()


def _budget_reading(canvas: Canvas) -> None:
    """The marks explained, and the sums, on the empty side of the sheet."""
    canvas.panel((1036, 478), (504, 326))
    canvas.line([(1076, 500), (1076, 540)], INK, 4)
    canvas.text((1106, 520), "2025", 29, anchor="lm")
    for y, colour, words in ((568, RED, "Cut"), (616, OCHRE, "New in this budget")):
        canvas.box((1062, y - 14), (28, 28), colour, None)
        canvas.text((1106, y), words, 29, anchor="lm")
    canvas.line([(1062, 650), (1514, 650)], HAIR, 2)
    for y, words, value in (
        (684, "2025", "4,940"),
        (728, "2026, as asked", "5,200"),
        (772, "2026, counted as 2025", "4,890"),
    ):
        canvas.text((1062, y), words, 29, anchor="lm")
        canvas.text((1514, y), value, 30, bold=True, anchor="rm")


def _upright(canvas: Canvas, x: float, span: Point, words: str) -> None:
    canvas.line([(x, span[0]), (x, span[1])], HAIR, 1.5)
    canvas.text((x, span[0] - 10), words, 27, MUTED, anchor="mb")


def shipyard_cost() -> bytes:
    """From the contract to today, cause by cause."""
    canvas = Canvas(
        "How 1,480 million became 2,110",
        "VNS Aurelia, million crowns: the contract of 2017, five causes, and the cost today",
    )
    base, per, first, step, wide = 800.0, 0.262, 136.0, 206.0, 150.0
    causes = (("Work done", "twice", 205), ("Navy’s", "changes", 168), ("Prices,", "wages", 117),
              ("Dock kept", "too long", 96), ("Radar to", "missiles", 44))  # fmt: skip
    for value in (500, 1000, 1500, 2000):
        _across(canvas, base - value * per, f"{value:,}")
    cap = base - 1650 * per
    _column(canvas, (first, base), (wide, 1480 * per), NAVY, ("Contract", "of 2017", "1,480"))
    so_far = 1480
    for place, (one, two, value) in enumerate(causes, start=1):
        x, low = first + place * step, base - so_far * per
        _column(canvas, (x, low), (wide, value * per), RED, (one, two, f"+{value}"))
        canvas.line([(x - step + wide, low), (x + wide, low)], INK, 1.5)
        so_far += value
    x = first + 6 * step
    canvas.line([(x - step + wide, base - so_far * per), (x, base - so_far * per)], INK, 1.5)
    _column(canvas, (x, base), (wide, so_far * per), NAVY, ("Cost", "today", f"{so_far:,}"))
    canvas.dashes([(first + wide + 16, cap), (RIGHT, cap)], RED, 3.5, (16, 10))
    canvas.text(
        (first + 2.05 * step, cap + 18),
        "Price cap, 1,650. All above it is the yard’s to bear.",
        29,
        RED,
        bold=True,
        halo=PAPER,
    )
    canvas.line([(LEFT, base), (RIGHT, base)], INK, 3)
    return canvas.jpeg()


def _across(canvas: Canvas, y: float, words: str) -> None:
    canvas.line([(LEFT, y), (RIGHT, y)], HAIR, 1.5)
    canvas.text((LEFT, y - 4), words, 27, MUTED, anchor="ls")


def _column(
    canvas: Canvas, foot: Point, size: Point, colour: str, words: tuple[str, str, str]
) -> None:
    """A column standing on `foot`, two lines of words at the base, its figure above."""
    (x, y), (wide, high) = foot, size
    canvas.box((x, y - high), (wide, high), colour, None)
    canvas.text((x + wide / 2, y - high - 12), words[2], 34, bold=True, anchor="mb", halo=PAPER)
    for row, line in enumerate(words[:2]):
        canvas.text((x + wide / 2, 822 + row * 38), line, 30, anchor="ma")


def shell_output() -> bytes:
    """Two years of shells, what can be completed, and the target."""
    canvas = Canvas(
        "Shells enough, powder for two in three",
        "155 mm shells made each month at Hollin Works, by quarter",
    )
    made = (900, 960, 1080, 1260, 1450, 1680, 1930, 2180, 2400)
    base, per, first, step, wide = 830.0, 0.142, 170.0, 122.0, 88.0
    for value in (1000, 2000, 3000, 4000):
        _across(canvas, base - value * per, f"{value:,}")
    for place, value in enumerate(made):
        x = first + place * step
        last = place == len(made) - 1
        canvas.box((x, base - value * per), (wide, value * per), NAVY if last else PALE_NAVY, None)
        if place in (0, len(made) - 1):
            canvas.text(
                (x + wide / 2, base - value * per - 10),
                f"{value:,}",
                34,
                bold=True,
                anchor="mb",
                halo=PAPER,
            )
    _target(canvas, (1390, base), (110, 4000 * per))
    limit = base - 1600 * per
    canvas.dashes([(first - 20, limit), (1330, limit)], RED, 4, (16, 10))
    canvas.text(
        (first - 14, limit - 14),
        "Complete rounds: 1,600",
        31,
        RED,
        bold=True,
        anchor="ls",
        halo=PAPER,
    )
    canvas.line([(LEFT, base), (RIGHT, base)], INK, 3)
    for x, words in ((first + wide / 2, "Two years ago"), (first + 4 * step + wide / 2, "Last year"),
                     (first + 8 * step + wide / 2, "Last month"), (1445, "Target")):  # fmt: skip
        canvas.text((x, base + 18), words, 30, anchor="ma")
    return canvas.jpeg()


def _target(canvas: Canvas, foot: Point, size: Point) -> None:
    (x, y), (wide, high) = foot, size
    corners: Sequence[Point] = [(x, y), (x, y - high), (x + wide, y - high), (x + wide, y)]
    canvas.shape(corners, LAND, None)
    canvas.hatch(corners, OCHRE, 20, 2.5)
    canvas.dashes([*corners, corners[0]], OCHRE, 4, (14, 8))
    canvas.text((x + wide / 2, y - high - 10), "4,000", 34, bold=True, anchor="mb", halo=WHITE)
