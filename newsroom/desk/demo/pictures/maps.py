"""Contour maps with positions, and coast maps with range rings."""

import math
import random
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field

from newsroom.desk.demo.pictures.canvas import (
    DEEP,
    HIGH,
    INK,
    LAND,
    LINE,
    NAVY,
    OCHRE,
    PAPER,
    PEAK,
    RED,
    SEA,
    WHITE,
    Canvas,
    Point,
    curve,
)

LEFT, TOP, RIGHT, BOTTOM = 60, 170, 1540, 925
COLOURS = {"ours": NAVY, "theirs": RED, "other": OCHRE}


@dataclass(frozen=True)
class Map:
    """A sheet of the invented world."""

    title: str
    subtitle: str
    coasts: Sequence[Sequence[Point]]
    towns: Sequence[tuple[str, Point]]
    areas: Sequence[tuple[str, Point, str]]
    positions: Sequence[tuple[str, Point, str]]
    legend: Sequence[tuple[str, str]]
    scale: tuple[float, str]
    line: Sequence[Point] = ()
    rings: Sequence[tuple[Point, Sequence[tuple[float, str]], str]] = field(default=())
    inland: bool = False


WEST = [(LEFT, TOP), (470, TOP), (520, 260), (440, 350), (560, 450), (640, 560), (560, 680),
        (610, 790), (520, BOTTOM), (LEFT, BOTTOM)]  # fmt: skip
EAST = [(RIGHT, TOP), (1190, TOP), (1120, 270), (1180, 380), (1010, 500), (940, 590), (1040, 690),
        (1010, 800), (1130, BOTTOM), (RIGHT, BOTTOM)]  # fmt: skip
BAY = [(LEFT, TOP), (760, TOP), (700, 300), (480, 380), (430, 520), (520, 640), (760, 690),
       (900, 800), (860, BOTTOM), (LEFT, BOTTOM)]  # fmt: skip
BEACH = [(LEFT, 520), (300, 560), (520, 500), (760, 600), (980, 560), (1240, 640), (RIGHT, 590),
         (RIGHT, BOTTOM), (LEFT, BOTTOM)]  # fmt: skip
NORTH = [(LEFT, TOP), (RIGHT, TOP), (RIGHT, 360), (1260, 420), (1010, 350), (800, 450), (560, 400),
         (330, 480), (LEFT, 430)]  # fmt: skip

STRAIT = [(760, TOP), (770, 330), (800, 560), (800, 700), (790, BOTTOM)]
MAPS = {
    "meren-strait-map": Map(
        "The Meren Strait", "210 km long, 38 km wide at the Orrin Narrows",
        [WEST, EAST],
        [("Vaerholt", (330, 330)), ("Brightwater", (420, 760)), ("Norrvik", (250, 560))],
        [("VELDANIA", (230, 230), INK), ("KORVANE", (1330, 240), INK), ("Tallow Bank", (690, 480), NAVY)],
        [("Brightwater base", (560, 740), "ours"), ("Jammer hills", (1110, 560), "theirs"),
         ("Survey ship", (800, 640), "theirs")],
        [(NAVY, "Veldanian position"), (RED, "Korvanese position"), (WHITE, "Line of 1961 (dashed)")],
        (200, "40 km"), line=STRAIT,
    ),
    "halden-bay-map": Map(
        "Halden Bay", "Where the mutual assistance treaty was signed",
        [BAY],
        [("Thornhaven", (250, 640)), ("Halden", (420, 400))],
        [("OSTRELIA", (240, 300), INK), ("Halden Bay", (800, 480), NAVY)],
        [("Halden airfield", (360, 330), "ours"), ("Fleet anchorage", (640, 560), "ours"),
         ("Treaty house", (470, 520), "other")],
        [(NAVY, "Ostrelian forces"), (OCHRE, "Place of signing")],
        (180, "10 km"),
    ),
    "grey-heron-area": Map(
        "Exercise Grey Heron", "2,150 square kilometres of the western approaches",
        [BEACH],
        [("Saltmere", (420, 700)), ("Eddering", (930, 790))],
        [("VELDANIA", (760, 850), INK), ("Firing area", (1150, 330), RED), ("Western approaches", (430, 300), NAVY)],
        [("Landing beach", (620, 560), "ours"), ("Amphibious group", (560, 420), "ours"),
         ("Opposing force", (1040, 690), "theirs")],
        [(NAVY, "Landing force"), (RED, "Opposing force"), (WHITE, "Edge of the area (dashed)")],
        (220, "10 km"), line=[(180, 230), (1400, 230), (1400, 480), (1250, 600)],
    ),
    "tarsun-border-hills": Map(
        "The Tarsun frontier", "Sarn Gate and the firing area, 28 by 9 kilometres",
        [], [("Sarn", (620, 800)), ("Ketha", (300, 690)), ("Oblast Nine", (1120, 300))],
        [("TARSUN", (330, 850), INK), ("KORVANE", (1250, 240), INK)],
        [("Sarn Gate", (700, 600), "other"), ("2nd Hill Rifles", (540, 690), "ours"),
         ("Firing area", (930, 430), "theirs")],
        [(NAVY, "Tarsuni troops"), (RED, "Korvanese exercise"), (OCHRE, "Crossing")],
        (210, "5 km"), line=[(120, 430), (420, 520), (700, 590), (1020, 640), (1300, 760), (1500, 780)],
        inland=True,
    ),
    "coastal-missile-rings": Map(
        "Reach of the Stormgull coastal missile", "With its own radar, with help, and at most",
        [WEST, EAST], [("Vaerholt", (300, 300)), ("Norrvik", (230, 640))],
        [("VELDANIA", (200, 220), INK), ("KORVANE", (1360, 240), INK)],
        [("Position north", (470, 420), "ours"), ("Position south", (560, 720), "ours")],
        [(NAVY, "Missile position"), (WHITE, "Ring: reach in kilometres")],
        (180, "50 km"),
        rings=[((560, 720), [(110, "60"), (200, "110"), (335, "185")], NAVY),
               ((470, 420), [(110, "60"), (200, "110"), (335, "185")], NAVY)],
    ),
    "radar-coverage-rings": Map(
        "What the coast radars see", "A ship with a mast 20 metres high, by station",
        [NORTH], [("Vaerholt", (700, 300)), ("Brightwater", (1120, 290))],
        [("VELDANIA", (420, 260), INK), ("Outer sound", (800, 830), NAVY)],
        [("Station 1", (400, 450), "ours"), ("Station 2", (800, 440), "ours"), ("Station 3", (1240, 410), "ours")],
        [(NAVY, "Radar station"), (WHITE, "Ring: reach in kilometres")], (200, "20 km"),
        rings=[((400, 450), [(240, "42")], NAVY), ((800, 440), [(280, "48")], NAVY), ((1240, 410), [(225, "39")], NAVY)],
    ),
    "air-defence-rings": Map(
        "The gap in the air defence", "Reach at 3,000 metres; 34 kilometres lie open",
        [WEST], [("Vaerholt", (330, 330)), ("Brightwater", (420, 790))],
        [("VELDANIA", (180, 240), INK), ("Meren Strait", (1050, 560), NAVY), ("34 km gap", (640, 575), RED)],
        [("Long range", (400, 390), "ours"), ("Middle range", (470, 760), "ours")],
        [(NAVY, "Battery"), (RED, "Uncovered"), (WHITE, "Ring: reach in kilometres")], (210, "40 km"),
        rings=[((400, 390), [(160, "22"), (330, "70")], NAVY), ((470, 760), [(130, "22")], NAVY)],
    ),
}  # fmt: skip


def draw_map(name: str) -> bytes:
    """The map of this name as a JPEG."""
    sheet = MAPS[name]
    canvas = Canvas(sheet.title, sheet.subtitle)
    canvas.box((LEFT, TOP), (RIGHT - LEFT, BOTTOM - TOP), LAND if sheet.inland else SEA, None)
    if sheet.inland:
        _hills(canvas, name)
    for coast in sheet.coasts:
        _land(canvas, coast, name)
    _graticule(canvas)
    if sheet.line:
        canvas.dashes(curve(sheet.line), INK, 3)
    for centre, rings, colour in sheet.rings:
        for radius, reach in rings:
            _ring(canvas, centre, radius, reach, colour)
    _names(canvas, sheet)
    canvas.box((LEFT, TOP), (RIGHT - LEFT, BOTTOM - TOP), None, INK)
    canvas.legend((RIGHT - 480, BOTTOM - 42 * len(sheet.legend) - 42), sheet.legend)
    canvas.scale_bar((LEFT + 24, BOTTOM - 36), *sheet.scale)
    canvas.north((RIGHT - 50, TOP + 60))
    return canvas.jpeg()


def _wave(seed: str) -> Callable[[float], float]:
    """A gentle, always equal unevenness for a coast or contour."""
    dice = random.Random(seed)  # noqa: S311 - Scenery, not secrets.
    parts = [(dice.uniform(2, 9), dice.uniform(0, 6.3), n) for n in (3, 5, 8, 13)]
    return lambda t: sum(size * math.sin(n * t + shift) for size, shift, n in parts)


def _shrink(coast: Sequence[Point], towards: Point, part: float) -> list[Point]:
    return [
        (x + (towards[0] - x) * part, y + (towards[1] - y) * part)
        for x, y in curve(coast, closed=True)
    ]


def _clip(points: Sequence[Point]) -> list[Point]:
    return [(min(max(x, LEFT), RIGHT), min(max(y, TOP), BOTTOM)) for x, y in points]


def _land(canvas: Canvas, coast: Sequence[Point], seed: str) -> None:
    wave = _wave(seed)
    outline = curve(coast, closed=True)
    rough = [
        (x + wave(i / 9), y + wave(i / 7 + 2)) if LEFT < x < RIGHT and TOP < y < BOTTOM else (x, y)
        for i, (x, y) in enumerate(outline)
    ]
    middle = (sum(x for x, _ in coast) / len(coast), sum(y for _, y in coast) / len(coast))
    for part in (-0.06, -0.03):
        canvas.shape(_clip(_shrink(coast, middle, part)), None, DEEP, 5)
    canvas.shape(_clip(rough), LAND, INK, 2)
    for part, colour in ((0.35, HIGH), (0.62, PEAK)):
        canvas.shape(_clip(_shrink(coast, middle, part)), colour, LINE, 1.5)


def _hills(canvas: Canvas, seed: str) -> None:
    dice = random.Random(seed)  # noqa: S311 - Scenery, not secrets.
    for _ in range(7):
        x, y = dice.uniform(160, 1440), dice.uniform(260, 820)
        size = dice.uniform(120, 240)
        wave = _wave(f"{x}")
        for step in range(5):
            radius = size * (1 - step / 5)
            ring = [
                (
                    x
                    + math.cos(turn / 24 * math.tau) * (radius * 1.6 + wave(turn / 24 * math.tau)),
                    y
                    + math.sin(turn / 24 * math.tau) * (radius * 0.8 + wave(turn / 24 * math.tau)),
                )
                for turn in range(24)
            ]
            fill = (None, None, HIGH, HIGH, PEAK)[step]
            canvas.shape(_clip(curve(ring, closed=True, steps=4)), fill, LINE, 1.5)


def _graticule(canvas: Canvas) -> None:
    for place in range(1, 6):
        x = LEFT + (RIGHT - LEFT) * place / 6
        canvas.line([(x, TOP), (x, TOP + 14)], INK, 1.5)
        canvas.line([(x, BOTTOM), (x, BOTTOM - 14)], INK, 1.5)


def _ring(canvas: Canvas, centre: Point, radius: float, reach: str, colour: str) -> None:
    x, y = centre
    points = [
        (x + radius * math.cos(turn / 90 * math.tau), y + radius * math.sin(turn / 90 * math.tau))
        for turn in range(91)
    ]
    inside = [LEFT < px < RIGHT and TOP < py < BOTTOM for px, py in points]
    for place in range(90):
        if inside[place] and inside[place + 1]:
            canvas.line(points[place : place + 2], colour, 3)
    label = (x + radius * 0.87, y - radius * 0.5)
    if LEFT + 40 < label[0] < RIGHT - 40 and TOP + 20 < label[1] < BOTTOM:
        canvas.text(label, f"{reach} km", 27, colour, anchor="mm", halo=PAPER, bold=True)


def _names(canvas: Canvas, sheet: Map) -> None:
    for words, at, colour in sheet.areas:
        canvas.text(at, words, 34, colour, anchor="mm", bold=words.isupper(), halo=PAPER)
    for words, (x, y) in sheet.towns:
        canvas.dot((x, y), 6, WHITE, INK)
        canvas.text((x + 14, y), words, 28, anchor="lm", halo=PAPER)
    for words, (x, y), side in sheet.positions:
        colour = COLOURS[side]
        canvas.box((x - 20, y - 14), (40, 28), colour, WHITE, 3)
        canvas.line([(x - 20, y - 14), (x + 20, y + 14)], WHITE, 2)
        canvas.text((x + 30, y), words, 28, colour, anchor="lm", bold=True, halo=PAPER)
