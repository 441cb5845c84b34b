"""Budget bars and orders of battle."""

from collections.abc import Sequence
from dataclasses import dataclass

from newsroom.desk.demo.pictures.canvas import (
    GREY,
    INK,
    LINE,
    MUTED,
    NAVY,
    OCHRE,
    PAPER,
    RED,
    WHITE,
    Canvas,
    Point,
)


@dataclass(frozen=True)
class Bars:
    """Rows of values; one or two a row."""

    title: str
    subtitle: str
    rows: Sequence[tuple[str, Sequence[float]]]
    series: Sequence[tuple[str, str]]
    unit: str
    reading: str


BARS = {
    "budget-bars-2026": Bars(
        "The defence budget, item by item", "Million crowns, 2025 and as asked for 2026",
        [("Personnel", (1880, 1920)), ("Equipment", (1590, 1460)), ("Operations, upkeep", (900, 880)),
         ("Buildings and land", (430, 410)), ("Pensions, coastguard", (0, 310)), ("Research", (140, 120)),
         ("Treaty contributions", (0, 100))],
        [(GREY, "2025: 4,940"), (NAVY, "2026: 5,200")], "",
        "More in all, less for equipment: the growth lies in new items.",
    ),
    "shipyard-cost-bars": Bars(
        "What the first frigate costs", "VNS Aurelia, million crowns; the cap was 1,650",
        [("As contracted", (1480,)), ("Rework", (205,)), ("Changes by the navy", (168,)),
         ("Prices and wages", (117,)), ("Dock", (96,)), ("Radar and missile", (44,)), ("Sum", (2110,))],
        [(RED, "")], "", "630 million more than contracted.",
    ),
    "shell-output-bars": Bars(
        "Shells a month", "155 mm, all Veldanian plants",
        [("Two years ago", (900,)), ("Last year", (1500,)), ("Last month", (2400,)), ("Target", (4000,))],
        [(OCHRE, "")], "", "Sixty per cent of the target is reached.",
    ),
}  # fmt: skip


def draw_bars(name: str) -> bytes:
    """The chart of this name as a JPEG."""
    chart = BARS[name]
    canvas = Canvas(chart.title, chart.subtitle)
    left, right, top, bottom = 400.0, 1420.0, 220.0, 850.0
    most = max(value for _words, values in chart.rows for value in values)
    unit = (right - left) / most
    tick = 500 if most <= 2500 else 1000
    for mark in range(0, int(most) + 1, tick):
        x = left + mark * unit
        canvas.line([(x, top - 8), (x, bottom)], LINE, 1.5)
        canvas.text((x, bottom + 14), f"{mark:,}", 26, MUTED, anchor="ma")
    step = (bottom - top) / len(chart.rows)
    for place, (words, values) in enumerate(chart.rows):
        middle = top + step * (place + 0.5)
        canvas.text((left - 18, middle), words, 29, anchor="rm")
        thick = min(44.0, step * 0.72 / len(values))
        for number, value in enumerate(values):
            y = middle + (number - len(values) / 2) * thick
            colour = chart.series[number][0]
            canvas.box((left, y), (value * unit, thick - 4), colour, None)
            if value:
                canvas.text(
                    (left + value * unit + 10, y + thick / 2 - 2), f"{value:,}", 26, anchor="lm"
                )
    canvas.line([(left, top - 8), (left, bottom)], INK, 3)
    x = 1020.0
    for colour, words in chart.series if len(chart.series) > 1 else ():
        canvas.box((x, 172), (26, 24), colour, None)
        canvas.text((x + 38, 184), words, 27, anchor="lm")
        x += 250
    canvas.text((60, 172), chart.reading, 30, anchor="la", bold=True)
    return canvas.jpeg()


@dataclass(frozen=True)
class Order:
    """A headquarters and what stands under it: (symbol, name, strength)."""

    title: str
    subtitle: str
    head: tuple[str, str, str]
    units: Sequence[tuple[str, str, str]]
    colour: str


ORDERS = {
    "coastal-brigade-orbat": Order(
        "4th Coastal Brigade", "2,850 soldiers; half of the newer missile battalion is missing",
        ("X", "4th Coastal Brigade", "2,850"),
        [("missile", "41st Missile Bn", "12 launchers"), ("missile", "42nd Missile Bn", "4 of 12 launchers"),
         ("infantry", "43rd Infantry Bn", "3 + 1 companies"), ("guns", "44th Artillery Bn", "18 towed guns"),
         ("works", "Engineers", "1 company"), ("signals", "Signals", "1 company"),
         ("scouts", "Reconnaissance", "1 company"), ("aid", "Field hospital", "60 beds")],
        NAVY,
    ),
    "ostrelia-fleet-orbat": Order(
        "The Ostrelian fleet", "Of five frigates three are at sea",
        ("F", "Royal Fleet", "Thornhaven"),
        [("ship", "Frigates", "3 at sea"), ("ship", "Resolve", "in dock"), ("ship", "Constant", "reserve"),
         ("ship", "Thornback", "landing ship"), ("mine", "Minehunters", "2"), ("tank", "Tankers", "2")],
        NAVY,
    ),
    "cyber-command-orbat": Order(
        "Cyber Command", "612 posts, of which 430 are filled",
        ("C", "Cyber Command", "430 of 612"),
        [("signals", "Networks group", "own systems"), ("shield", "Defence group", "121 of 240 posts"),
         ("blank", "Third group", "not named"), ("works", "School", "at Vaerholt")],
        OCHRE,
    ),
}  # fmt: skip


def draw_order(name: str) -> bytes:
    """The order of battle of this name as a JPEG."""
    order = ORDERS[name]
    canvas = Canvas(order.title, order.subtitle)
    _unit(canvas, (800, 220), order.head, order.colour, head=True)
    rows = [order.units[i : i + 4] for i in range(0, len(order.units), 4)]
    spine = 400.0
    canvas.line([(800, 340), (800, spine)], INK, 3)
    for number, row in enumerate(rows):
        y = spine + number * 265
        xs = [800 + (place - (len(row) - 1) / 2) * 370 for place in range(len(row))]
        if number:
            canvas.line([(800, y - 265), (800, y)], INK, 3)
        canvas.line([(min(*xs, 800), y), (max(*xs, 800), y)], INK, 3)
        for x, unit in zip(xs, row, strict=True):
            canvas.line([(x, y), (x, y + 34)], INK, 3)
            _unit(canvas, (x, y + 34), unit, order.colour)
    return canvas.jpeg()


def _unit(
    canvas: Canvas, at: Point, unit: tuple[str, str, str], colour: str, *, head: bool = False
) -> None:
    x, y = at
    symbol, words, strength = unit
    if head:
        canvas.box((x - 210, y), (420, 120), colour, INK, 3)
        canvas.text((x, y + 42), words, 36, WHITE, anchor="mm", bold=True)
        canvas.text((x, y + 86), strength, 30, WHITE, anchor="mm")
        return
    canvas.box((x - 55, y), (110, 72), PAPER, colour, 4)
    _symbol(canvas, (x, y + 36), symbol, colour)
    canvas.text((x, y + 104), words, 30, anchor="mm", bold=True)
    canvas.text((x, y + 142), strength, 27, MUTED, anchor="mm")


def _symbol(canvas: Canvas, at: Point, symbol: str, colour: str) -> None:
    """Simple signs of our own, told apart by shape."""
    x, y = at
    strokes: dict[str, list[list[Point]]] = {
        "infantry": [[(x - 55, y - 36), (x + 55, y + 36)], [(x - 55, y + 36), (x + 55, y - 36)]],
        "missile": [[(x, y + 24), (x, y - 14)], [(x - 12, y - 6), (x, y - 26), (x + 12, y - 6)]],
        "signals": [[(x - 40, y + 12), (x - 5, y + 12), (x + 5, y - 12), (x + 40, y - 12)]],
        "works": [[(x - 30, y + 18), (x - 30, y - 12), (x + 30, y - 12), (x + 30, y + 18)], [(x, y - 12), (x, y + 18)]],
        "scouts": [[(x - 55, y + 36), (x + 55, y - 36)]],
        "aid": [[(x - 22, y), (x + 22, y)], [(x, y - 22), (x, y + 22)]],
        "ship": [[(x - 40, y - 2), (x - 28, y + 18), (x + 28, y + 18), (x + 40, y - 2), (x - 40, y - 2)], [(x, y - 2), (x, y - 24)]],
        "mine": [[(x - 30, y), (x + 30, y)], [(x, y - 28), (x, y + 28)]],
        "tank": [[(x - 36, y - 14), (x + 36, y - 14), (x + 36, y + 14), (x - 36, y + 14), (x - 36, y - 14)]],
        "shield": [[(x - 24, y - 22), (x + 24, y - 22), (x + 24, y + 2), (x, y + 26), (x - 24, y + 2), (x - 24, y - 22)]],
    }  # fmt: skip
    if symbol in {"guns", "mine"}:
        canvas.dot(at, 14, colour)
    for stroke in strokes.get(symbol, []):
        canvas.line(stroke, colour, 4)
