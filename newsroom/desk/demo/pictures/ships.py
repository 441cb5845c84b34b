"""Ships from the side: metres from the stern, and up from the waterline; bow to the right."""

from collections.abc import Sequence
from dataclasses import dataclass

from newsroom.desk.demo.pictures.canvas import (
    INK,
    NAVY,
    OCHRE,
    RED,
    SEA,
    WHITE,
    Canvas,
    Point,
)
from newsroom.desk.demo.pictures.marks import beside, drop, key, measure
from newsroom.desk.demo.pictures.side import Call, Part, Scale, calls, draw_parts, person

WATER = 588.0


@dataclass(frozen=True)
class Ship:
    """A ship and what the sheet says of her; lengths in metres."""

    title: str
    subtitle: str
    length: float
    draught: float
    metre: float
    sides: Sequence[Point]
    keel: Sequence[Point]
    below: Sequence[Part]
    above: Sequence[Part]
    calls: Sequence[Call]
    key: Sequence[str]
    number: tuple[str, Point]
    crew: Point
    cut: tuple[Point, Point] | None = None


def draw_ship(ship: Ship) -> bytes:
    """The ship on her sheet, as a JPEG."""
    canvas = Canvas(ship.title, ship.subtitle)
    scale = Scale((800 - ship.length * ship.metre / 2 - 36, WATER), ship.metre)
    draw_parts(canvas, scale, ship.below)
    canvas.shape(scale.puts(ship.keel), "#8a5648", INK, 2)
    draw_parts(canvas, scale, ship.above)
    _side(canvas, scale, ship)
    person(canvas, scale.put(ship.crew), ship.metre)
    _sea(canvas, ship.draught * ship.metre + 26)
    _cut(canvas, scale, ship.cut)
    _dimensions(canvas, scale, ship)
    calls(canvas, scale, ship.calls)
    key(canvas, (84, 776), ship.key, deep=3 if len(ship.key) > 4 else 2, wide=700)
    return canvas.jpeg()


def _side(canvas: Canvas, scale: Scale, ship: Ship) -> None:
    """The side of the hull with its boot-topping, number and ensign."""
    canvas.shape(scale.puts(ship.sides), "#8c9aa3", INK, 2.5)
    stern, bow = ship.keel[0][0], ship.keel[-1][0]
    band = 0.006 * ship.length
    canvas.shape(
        scale.puts([(stern, 0), (bow, 0), (bow + band * 0.4, band), (stern, band)]), INK, None
    )
    words, at = ship.number
    canvas.text(scale.put(at), words, 34, WHITE, bold=True, anchor="mm")
    x, y = scale.put(ship.sides[0])
    canvas.line([(x + 8, y), (x + 2, y - 62)], INK, 2.5)
    canvas.shape(
        [(x + 3, y - 60), (x - 38, y - 56), (x - 36, y - 32), (x + 5, y - 36)], NAVY, INK, 1
    )
    canvas.shape(
        [(x + 4, y - 52), (x - 37, y - 48), (x - 36, y - 41), (x + 5, y - 45)], OCHRE, None
    )


def _sea(canvas: Canvas, depth: float) -> None:
    """Water in front of what lies under it."""
    canvas.box((60, WATER), (1480, depth), SEA + "9c", None)
    canvas.line([(60, WATER), (1540, WATER)], NAVY, 2.5)
    for row, step in ((0.35, 150), (0.7, 210)):
        for x in range(90, 1500, step):
            y = WATER + depth * row
            canvas.line([(x, y), (x + 46, y)], "#9fb8c3", 2)


def _cut(canvas: Canvas, scale: Scale, cut: tuple[Point, Point] | None) -> None:
    """The opening that is to be made in the side."""
    if cut is None:
        return
    (x0, y0), (x1, y1) = scale.puts(cut)
    corners = [(x0, y0), (x1, y0), (x1, y1), (x0, y1)]
    canvas.shape(corners, "#b3372c66", None)
    canvas.dashes([*corners, corners[0]], RED, 4, (9, 6))


def _dimensions(canvas: Canvas, scale: Scale, ship: Ship) -> None:
    ends = [min(x for x, _ in ship.sides), max(x for x, _ in ship.sides)]
    base = WATER + ship.draught * ship.metre + 70
    start, end = scale.put((ends[0], 0)), scale.put((ends[1], 0))
    drop(canvas, (start[0], WATER + 8), (start[0], base + 14))
    drop(canvas, (end[0], WATER - 40), (end[0], base + 14))
    measure(canvas, (start[0], base), (end[0], base), f"{ship.length:g} m")
    x = end[0] + 36
    bottom = WATER + ship.draught * ship.metre
    drop(canvas, (end[0] - 130, bottom), (x + 14, bottom))
    beside(canvas, (x, WATER), (x, bottom), f"{ship.draught:g} m")


def _area(fill: str, *points: Point, width: float = 2) -> Part:
    return Part("area", fill, points, width)


def _line(fill: str, *points: Point, width: float = 2) -> Part:
    return Part("line", fill, points, width)


def _windows(x: float, y: float, count: int, size: Point, gap: float) -> list[Part]:
    """A row of bridge windows, the first at x."""
    w, h = size
    return [
        Part("bare", "glass", [(a, y), (a + w, y), (a + w, y + h), (a, y + h)])
        for a in (x + place * (w + gap) for place in range(count))
    ]


AURELIA = Ship(
    "VNS Aurelia, and where she will be cut open",
    "Frigate built at Norrvik Yards: 6,100 tonnes, 17.2 m in the beam",
    138, 5.4, 9.3,
    sides=[(0, 5.2), (0.6, 0), (129.6, 0), (133, 4.6), (138, 11.0), (122, 9.3), (104, 8.4), (34, 8.4), (33, 5.6)],
    keel=[(0.6, 0), (3, -1.4), (12, -3.4), (26, -4.9), (40, -5.4), (122, -5.4), (127, -4.6), (129.6, 0)],
    below=[
        Part("soft", "dark", [(121, -4.4), (126, -3.8), (131, -4.6), (131.6, -6.0), (127, -7.0), (120, -6.2)]),
        _area("dark", (7, -2), (12, -2), (11, -6), (8, -6)),
        _line("ink", (16, -4.6), (30, -4.0), width=5),
        _area("shade", (14.6, -2.4), (16, -2.4), (16, -6.6), (14.6, -6.6)),
    ],
    above=[
        _area("pale", (33, 8.2), (34, 14.2), (48, 14.2), (49, 12.2), (72, 12.2), (72, 8.2)),
        _area("pale", (70, 8.2), (70, 12.6), (97.5, 12.6), (100, 8.2)),
        _area("plate", (73, 12.6), (76, 18.4), (93, 18.4), (96.6, 12.6)),
        *_windows(78, 15.6, 7, (1.7, 1.5), 0.45),
        _area("plate", (78, 18.4), (81, 29), (86, 29), (90.5, 18.4)),
        _area("dark", (82.4, 21.4), (83.2, 25.6), (86, 25.6), (87.4, 21.4)),
        _line("ink", (78.5, 27.4), (89, 27.4), width=3),
        Part("dot", "white", [(83.6, 30.6)], 1.7),
        _line("ink", (82.2, 29), (82.2, 35.5), width=3), _line("ink", (85.4, 29), (85.4, 33), width=2.5),
        _area("plate", (50.5, 12.2), (53, 19.2), (61, 19.2), (63.5, 12.2)),
        _area("ink", (52.7, 18.2), (53, 19.6), (61, 19.6), (61.4, 18.2)),
        *[_line("shade", (54.4, y), (60.6, y), width=3) for y in (13.8, 14.9, 16.0)],
        _area("plate", (43, 14.2), (44, 21.5), (46, 21.5), (47, 14.2)), Part("dot", "white", [(45, 22.9)], 1.4),
        _area("shade", (37.4, 14.2), (37.6, 16.6), (40.6, 16.6), (41, 14.2)), _line("ink", (38, 15.8), (34.8, 16.4), width=4),
        _area("dark", (35, 8.9), (35, 12.9), (42, 12.9), (42, 8.9)),
        _area("shade", (65.4, 12.2), (68.8, 15.4), (70, 14.4), (67.6, 12.2)),
        _area("shade", (101, 8.3), (101, 9.9), (108.4, 10.2), (108.4, 8.6)),
        *[_line("ink", (x, 8.5), (x, 10), width=1.5) for x in (102.8, 104.6, 106.5)],
        _area("plate", (112, 8.8), (112.6, 11.6), (117, 12), (119.4, 9.2)), _line("ink", (117, 11), (125.4, 12.7), width=6),
        Part("rail", "ink", [(1, 5.3), (32, 5.7)]), Part("rail", "ink", [(121, 9.4), (137, 11)]),
    ],
    calls=[
        Call((121, 22), (122.6, 12.2)), Call((107, 22), (105, 10)), Call((95.5, 31), (84.6, 23.4)),
        Call((64.5, 25.5), (58, 17.6)), Call((73, 3.6), (61.4, 3.6)), Call((26, 21), (39, 11)),
    ],
    key=["Gun, 76 mm", "Missile cells", "Radar mast", "Funnel", "Opening to be cut, 9 by 6 m", "Hangar"],
    number=("F 61", (117, 4.2)),
    crew=(20, 5.5),
    cut=((52, 6.6), (61, 0.6)),
)  # fmt: skip

PLOVER = Ship(
    "The patrol boats that watch the strait",
    "Plover class: 320 tonnes, 7.6 m in the beam, a crew of 24",
    46, 2.1, 27.4,
    sides=[(0, 1.1), (0.1, 0), (43.3, 0), (44.6, 2.0), (46, 4.3), (41, 3.7), (33, 3.1), (22, 2.75), (9.4, 2.6), (6, 2.5), (0.6, 1.1)],
    keel=[(0.1, 0), (0.6, -0.9), (5, -1.3), (12, -1.75), (22, -2.1), (34, -2.0), (40, -1.5), (43.3, 0)],
    below=[_line("ink", (3.2, -1.9), (9, -1.5), width=6), _area("shade", (2.7, -2.3), (3.2, -2.3), (3.2, -1.0), (2.7, -1.0)),
           _area("dark", (1.1, -0.6), (2.3, -0.6), (2.1, -2.2), (1.3, -2.2))],
    above=[
        _area("pale", (11.4, 2.5), (11.8, 4.7), (30.4, 4.9), (31.6, 2.9)),
        _area("plate", (18.6, 4.8), (19.2, 7.3), (28.0, 7.3), (29.8, 4.9)),
        *_windows(20.2, 5.75, 6, (1.05, 0.85), 0.24),
        _line("ink", (18.8, 7.4), (28.4, 7.4), width=6),
        _area("plate", (21.0, 7.4), (21.8, 12.0), (22.8, 12.0), (24.0, 7.4)),
        _line("ink", (20.2, 10.3), (25.0, 10.3), width=5), _area("white", (23.2, 10.4), (23.2, 10.9), (26.2, 10.9), (26.2, 10.4)),
        _line("ink", (22.3, 12), (22.3, 14.4), width=4), Part("dot", "white", [(20.3, 8.2)], 0.75), Part("dot", "dark", [(26.6, 7.9)], 0.42),
        _area("shade", (12.6, 4.7), (13.1, 6.6), (15.9, 6.6), (16.6, 4.7)), _area("ink", (13.0, 6.3), (13.1, 6.8), (15.9, 6.8), (16.0, 6.3)),
        *[Part("dot", "glass", [(x, 3.75)], 0.27) for x in (17.6, 19.8, 22, 24.2, 26.4)],
        _area("shade", (13.2, 2.7), (13.2, 4.3), (14.4, 4.3), (14.4, 2.7)),
        _area("plate", (35.4, 3.2), (35.7, 4.3), (37.3, 4.4), (38.0, 3.35)), _line("ink", (37, 4.05), (39.8, 4.6), width=7),
        Part("soft", "dark", [(1.2, 2.0), (3, 1.95), (5.6, 2.5), (8.0, 3.5), (7.6, 3.9), (5, 3.5), (1.4, 2.7)]),
        _line("white", (1.6, 2.55), (5.2, 3.25), (7.4, 3.72), width=4),
        Part("rail", "ink", [(31.8, 3.05), (35, 3.25)]), Part("rail", "ink", [(39.4, 3.6), (45.6, 4.25)]),
    ],
    calls=[Call((39.4, 8.2), (38.9, 4.45)), Call((31.6, 9.2), (25.6, 6.2)), Call((27.4, 12.6), (25.6, 10.7)), Call((6, 8.0), (5.4, 3.2))],
    key=["Light gun, 30 mm", "Wheelhouse", "Radar mast", "Boarding boat on its ramp"],
    number=("P 214", (36.2, 1.7)),
    crew=(32.6, 3.1),
)  # fmt: skip

MINEHUNTER = Ship(
    "Thirty-six years old, and still searching",
    "Veldanian minehunter: glass-fibre hull, 650 tonnes, 9.8 m in the beam",
    54, 3.0, 21.6,
    sides=[(0, 3.0), (0.5, 0), (51.0, 0), (52.2, 2.4), (54, 6.4), (47, 5.6), (40, 5.2), (22, 4.9), (20, 3.1)],
    keel=[(0.5, 0), (1.5, -1.0), (6, -2.1), (14, -2.8), (24, -3.0), (42, -2.9), (48, -2.2), (51, 0)],
    below=[_area("dark", (1.6, -0.8), (3.4, -0.8), (3.2, -3.0), (1.9, -3.0)), _line("ink", (5, -2.2), (9, -2.0), width=6),
           _area("shade", (4.4, -3.0), (5.0, -3.0), (5.0, -1.2), (4.4, -1.2)),
           _area("dark", (35.6, -2.6), (36.2, -4.0), (38.2, -4.0), (38.8, -2.6))],
    above=[
        _area("pale", (20.4, 4.8), (21, 7.8), (41.6, 8.0), (42.6, 5.2)),
        _area("plate", (29, 7.9), (29.4, 11.4), (40, 11.4), (41.8, 8)),
        *_windows(31, 9.35, 6, (1.2, 1.05), 0.3),
        _line("ink", (28.8, 11.5), (40.6, 11.5), width=6),
        _area("plate", (31.6, 11.5), (32.4, 16.8), (33.6, 16.8), (35.0, 11.5)), _line("ink", (30.6, 14.6), (36.2, 14.6), width=5),
        _area("white", (34, 14.7), (34, 15.2), (37, 15.2), (37, 14.7)), _line("ink", (33, 16.8), (33, 18), width=4),
        Part("dot", "white", [(37.8, 12.5)], 0.85),
        _area("plate", (22.6, 7.8), (23.2, 11.8), (26.2, 11.8), (27.0, 7.8)), _area("ink", (23.1, 11.2), (23.2, 12), (26.2, 12), (26.3, 11.2)),
        *[_line("shade", (23.7, y), (25.9, y), width=3) for y in (8.8, 9.5, 10.2)],
        *[Part("dot", "glass", [(x, 6.5)], 0.3) for x in (28.4, 31, 33.6, 36.2, 38.8)],
        _area("shade", (22.2, 5.1), (22.2, 7), (23.4, 7), (23.4, 5.1)),
        _area("plate", (45.4, 5.5), (45.8, 6.9), (47, 7), (47.6, 5.8)), _line("ink", (46.6, 6.6), (49.4, 7.3), width=6),
        _area("shade", (15.6, 3), (15.8, 6.4), (17.2, 6.4), (17.4, 3)), _line("ink", (16.5, 6.2), (6.4, 10.4), width=9), _line("white", (16.4, 6.24), (6.6, 10.3), width=4),
        _line("ink", (12.6, 7.8), (16, 9.6), (16.5, 6.4), width=3), _line("ink", (6.5, 10.3), (6.5, 6.6), width=2),
        Part("soft", "dark", [(4.2, 5.9), (6, 6.5), (8.6, 6.4), (9.4, 5.8), (8.6, 5.2), (6, 5.1)]), _line("white", (5.2, 5.8), (8.8, 5.8), width=4),
        _area("shade", (5, 3), (5.3, 4.9), (5.7, 4.9), (5.7, 3)), _area("shade", (8, 3), (8, 4.9), (8.4, 4.9), (8.7, 3)),
        Part("rail", "ink", [(0.6, 3.0), (15, 3.05)]), Part("rail", "ink", [(48.4, 5.8), (53.4, 6.3)]),
    ],
    calls=[Call((48, 11), (48.6, 7.2)), Call((44.6, 13.4), (38, 10)), Call((42.2, -1.3), (37.2, -3.3)), Call((17.6, 12.6), (11.5, 8.3)), Call((2.6, 9.4), (5.8, 6.1))],
    key=["Light gun, 20 mm", "High bridge", "Sonar well", "Crane", "Underwater vehicle on the working deck"],
    number=("M 38", (43, 2.7)),
    crew=(12.4, 3.05),
)  # fmt: skip


def vns_aurelia() -> bytes:
    """The late frigate, from starboard."""
    return draw_ship(AURELIA)


def patrol_boat() -> bytes:
    """The boats that shadow survey ships."""
    return draw_ship(PLOVER)


def minehunter() -> bytes:
    """The class the opinion writer served in."""
    return draw_ship(MINEHUNTER)
