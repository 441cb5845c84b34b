"""Contour maps: the strait and its row, the bay of the treaty, the exercise, the border hills."""

import math

from newsroom.desk.demo.pictures import strait
from newsroom.desk.demo.pictures.canvas import (
    INK,
    OCHRE,
    RED,
    WHITE,
    Canvas,
    Point,
    curve,
)
from newsroom.desk.demo.pictures.marks import patch, stroke
from newsroom.desk.demo.pictures.sheet import Sheet
from newsroom.desk.demo.pictures.strait import spot
from newsroom.desk.demo.pictures.symbols import sign
from newsroom.desk.demo.pictures.terrain import Tint, Window

LONG, SHORT = (18, 10), (9, 8)
SOUNDINGS = [(10.6, 6.3), (14.4, 6.6), (12.2, 2.0), (18.8, 5.0), (20.6, 6.6), (21.6, 2.4)]
RANGE = [(14, 3.6), (42, 2.6), (42, 11.6), (14, 12.6)]
ROAD = [
    (3, 23.4),
    (9, 21.6),
    (13.2, 19.9),
    (16.2, 18.6),
    (17.6, 16.6),
    (16.6, 14.2),
    (12.6, 12.4),
    (8.6, 8.2),
    (5, 0),
]
VILLAGES = [(10.9, 10.4), (7.2, 5.2), (12.2, 20.5), (43.8, 9.2)]
AREA = [(14, 126.5), (83, 119.6), (83, 150.6), (14, 157.9)]
FIRING = [(24, 142.5), (64, 138), (64, 152), (24, 156)]


def meren_strait() -> bytes:
    """The two lines and what lies between them."""
    sheet = Sheet(
        "Two lines across one strait",
        "The Meren Strait: 210 km long, 38 km wide at the Orrin Narrows",
        Window((0, 6), 352),
    )
    sheet.ground(strait.ground, strait.SEED, Tint())
    between = curve(sheet.window.places(strait.SHELF))
    sheet.canvas.shape(between, "#b3372c2e", None)
    for line in (strait.MEDIAN, *strait.BEYOND):
        sheet.path(line, INK, 4, LONG)
    sheet.path(strait.SHELF, RED, 4, SHORT)
    for buoy in strait.BUOYS:
        _buoy(sheet.canvas, sheet.window.place(buoy))
    sheet.country((80, 52), "VELDANIA", 40)
    sheet.country((290, 96), "KORVANE", 40)
    sheet.water(spot(224, 2), "Outer Sound")
    _strait_names(sheet)
    rows = [
        (stroke(INK, 4, LONG), "Line of 1961"),
        (stroke(RED, 4, SHORT), "Korvane’s line of 1998"),
        (patch("#b3372c40", RED), "Claimed by both"),
        (_buoy, "Lit buoy"),
    ]
    return sheet.finish(rows, 40)


def _strait_names(sheet: Sheet) -> None:
    sheet.town(strait.VAERHOLT, "Vaerholt", "left")
    sheet.town(strait.NORRVIK, "Norrvik", "above")
    sheet.town(strait.KORSAVIN, "Korsavin")
    sheet.town(strait.PELMORA, "Pelmora")
    sheet.unit(strait.BRIGHTWATER, "anchor", "Brightwater", side="left")
    sheet.note(spot(64, 13), "Tallow Bank")
    sheet.note(spot(160, 2), "Orrin Narrows")


def _buoy(canvas: Canvas, at: Point) -> None:
    canvas.dot(at, 7, OCHRE, INK, 1.5)


def halden_bay() -> bytes:
    """Where the treaty was signed."""
    sheet = Sheet(
        "Halden Bay, where the treaty was signed",
        "North-east coast of Ostrelia; depths in metres from the chart of 2025",
        Window((0, 0), 26),
    )
    sheet.ground(_bay, "halden", Tint((-40, -20, -10, -5), (20, 50, 90, 140, 200), 0.12, grain=5))
    for place in SOUNDINGS:
        depth = f"{-_bay(*place)[0]:.0f}"
        sheet.canvas.text(sheet.window.place(place), depth, 27, "#3d6480", anchor="mm")
    sheet.country((5.6, 10.6), "OSTRELIA", 40)
    sheet.water((14.6, 3.4), "Halden Bay", 36)
    sheet.path([(8.6, 8.3), (7.7, 7.4), (6.5, 7.0), (4.6, 4.6), (0, 2.2)], "#8c7f66", 3)
    sheet.path([(8.6, 8.3), (11.2, 9.4), (13.2, 13.4)], "#8c7f66", 3)
    runway = sheet.window.places([(4.2, 5.85), (6.72, 6.48)])
    sheet.canvas.line(runway, INK, 11)
    sheet.canvas.line(runway, WHITE, 3)
    sheet.unit((5.4, 5.3), "plane", "Halden airfield", side="left")
    sheet.town((8.7, 8.5), "Halden", "below")
    sheet.unit((9.7, 7.1), "pen", "Signing quay", OCHRE)
    sheet.unit((13.6, 5.4), "anchor", "Fleet anchorage")
    return sheet.finish([
        (sign("pen", OCHRE), "Quay of the signing"), (sign("plane"), "Airfield"), (sign("anchor"), "Anchorage"),
        (stroke("#8fa9b6", 3), "Depth: 5, 10, 20, 40 m"),
    ], 4)  # fmt: skip


def _bay(x: float, y: float) -> tuple[float, float]:
    """The coast runs from north-west to south-east; the bay is cut into it."""
    along, inland = 0.82 * x + 0.57 * y, -0.57 * x + 0.82 * y + 3.4
    inland -= 4.4 * math.exp(-(((along - 12.4) / 2.9) ** 4))
    if inland > 0:
        return 12 * inland + 120 * (1 - math.exp(-inland / 6)), 16 + 26 * min(inland, 5)
    return max(inland * 7.5, -58), 9


def grey_heron() -> bytes:
    """The area closed for the exercise."""
    sheet = Sheet(
        "Grey Heron closes 2,150 square kilometres",
        "The exercise area in the western approaches, for twelve days",
        Window((-17, 90), 140),
    )
    sheet.ground(strait.ground, strait.SEED, Tint())
    places = sheet.window.places
    sheet.canvas.shape(places(FIRING), "#b3372c1c", None)
    sheet.canvas.hatch(places(FIRING), "#cf9a90", 26, 1.5)
    sheet.canvas.shape(places(FIRING), None, RED, 3)
    area = places([*AREA, AREA[0]])
    sheet.canvas.dashes(area, INK, 4, LONG)
    road = [spot(40, -52), (88, 101), (78, 107), (68, 113), (58, 119)]
    sheet.path(road, OCHRE, 5, (16, 9))
    sheet.note((84, 98), "74 km by road", anchor="rm")
    sheet.town(strait.NORRVIK, "Norrvik", "below")
    sheet.country((22, 106), "VELDANIA", 40)
    sheet.water((104, 126.5), "Western")
    sheet.water((104, 131), "Approaches")
    sheet.unit((53, 124), "beach", "Landing beach", OCHRE, "left")
    sheet.unit((72, 131), "anchor", "Assembly point", side="below")
    sheet.unit((36, 152.5), "ship", "Intelligence ship", RED)
    return sheet.finish([
        (stroke(INK, 4, LONG), "Exercise area"), (patch("#b3372c22", RED, RED), "Firing range"),
        (sign("beach", OCHRE), "Landing beach"), (sign("anchor"), "Ships’ assembly point"),
    ], 10)  # fmt: skip


def tarsun_hills() -> bytes:
    """The frontier, the pass and the range."""
    sheet = Sheet(
        "A range 3 km from the frontier",
        "Korvane’s firing area, 28 by 9 km, and the pass at Sarn Gate",
        Window((0, 0), 46),
    )
    tint = Tint((), (380, 520, 660, 800, 940), 0.16, tuple(range(240, 1200, 60)), 120, 7)
    sheet.ground(_hills, "tarsun", tint)
    places = sheet.window.places
    sheet.canvas.shape(places(RANGE), "#b3372c1c", None)
    sheet.canvas.hatch(places(RANGE), "#cf9a90", 26, 1.5)
    sheet.canvas.shape(places(RANGE), None, RED, 3)
    for colour, width in (("#fbfaf6", 9), ("#8a5a2b", 5)):
        sheet.path(ROAD, colour, width)
    frontier = [(x / 2, crest(x / 2)) for x in range(93)]
    sheet.canvas.dashes(places(frontier), INK, 4.5, LONG)
    sheet.country((5.5, 11.6), "KORVANE", 38)
    sheet.country((27, 21.6), "TARSUN", 38)
    sheet.unit((17.6, crest(17.6)), "gate", "Sarn Gate", OCHRE)
    sheet.unit((14.9, 18.3), "rifles", "2nd Hill Rifles", side="left")
    sheet.unit((25.5, 8.6), "gun", "Firing area", RED)
    for village in VILLAGES:
        _village(sheet.canvas, sheet.window.place(village))
    return sheet.finish([
        (stroke(INK, 4.5, LONG), "Frontier"), (stroke("#8a5a2b", 6), "Road over the pass"),
        (patch("#b3372c22", RED, RED), "Closed for firing"), (_village, "Village"),
    ], 5)  # fmt: skip


def _village(canvas: Canvas, at: Point) -> None:
    canvas.dot(at, 7, WHITE, INK, 2.5)


def crest(x: float) -> float:
    """How far south the frontier runs, by the kilometre east."""
    return 16.4 + 1.1 * math.sin(x / 5.2 + 0.6) - 0.035 * (x - 23)


def _hills(x: float, y: float) -> tuple[float, float]:
    off = abs(y - crest(x))
    gate = math.exp(-(((x - 17.5) / 1.5) ** 2))
    ridge = 660 * math.exp(-off / 7.5) * (1 - 0.42 * gate * math.exp(-off / 3))
    return 300 + ridge, 90 + 170 * math.exp(-off / 8) * (1 - 0.7 * gate)
