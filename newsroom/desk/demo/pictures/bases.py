"""Bases from above."""

from collections.abc import Sequence
from dataclasses import dataclass

from newsroom.desk.demo.pictures.canvas import (
    GREY,
    HIGH,
    INK,
    LAND,
    LINE,
    MUTED,
    NAVY,
    PAPER,
    PEAK,
    RED,
    SEA,
    WHITE,
    Canvas,
    Point,
)

LEFT, TOP, RIGHT, BOTTOM = 60.0, 170.0, 1540.0, 925.0
ROAD, TREE = "#d9d4c6", "#b8c2a4"


@dataclass(frozen=True)
class Base:
    """Shapes by what they are; labels with the point they stand at."""

    title: str
    subtitle: str
    water: Sequence[Point]
    quays: Sequence[tuple[Point, Point]]
    halls: Sequence[tuple[Point, Point]]
    tanks: Sequence[Point]
    ships: Sequence[tuple[Point, float]]
    roads: Sequence[Sequence[Point]]
    runway: tuple[Point, Point] | None
    planned: Sequence[tuple[Point, Point]]
    labels: Sequence[tuple[str, Point]]
    scale: tuple[float, str]


BASES = {
    "brightwater-base": Base(
        "Brightwater naval base", "The southern pier is to grow by 190 metres",
        [(700, TOP), (RIGHT, TOP), (RIGHT, BOTTOM), (820, BOTTOM), (780, 780), (700, 740), (690, 420), (720, 330)],
        [((700, 330), (420, 44)), ((690, 530), (460, 44)), ((700, 730), (330, 44)), ((1250, 200), (40, 380))],
        [((380, 260), (200, 90)), ((390, 400), (220, 110)), ((170, 300), (130, 70)), ((400, 600), (190, 120)), ((160, 560), (120, 180))],
        [(440, 830), (520, 830), (600, 830), (440, 888), (520, 888), (600, 888)],
        [((740, 300), 250), ((760, 498), 280), ((880, 588), 200), ((740, 704), 190)],
        [[(110, TOP), (110, BOTTOM)], [(110, 480), (690, 480)], [(340, 220), (340, 780)], [(110, 780), (690, 770)]],
        None, [((1030, 730), (190, 44))],
        [("North pier", (900, 270)), ("Long pier", (960, 640)), ("Southern pier, planned", (1130, 830)),
         ("Mole with light", (1270, 620)), ("Fuel tanks", (310, 860)), ("Workshops", (490, 380)), ("Barracks", (220, 520))],
        (190, "190 m"),
    ),
    "halden-airfield": Base(
        "Halden airfield", "The runway's eastern end is broken for 640 metres",
        [(LEFT, 860), (500, 830), (900, 880), (RIGHT, 840), (RIGHT, BOTTOM), (LEFT, BOTTOM)],
        [], [((240, 270), (180, 90)), ((450, 270), (180, 90)), ((660, 270), (180, 90)), ((980, 660), (330, 120)), ((300, 660), (120, 60))],
        [(1230, 290), (1300, 290)], [],
        [[(LEFT, 230), (RIGHT, 230)], [(900, 520), (900, 800)], [(240, 400), (1300, 400)]],
        ((150, 470), (1300, 84)), [((1140, 470), (310, 84))],
        [("Runway, 2,600 m", (620, 512)), ("Closed, 640 m", (1295, 590)), ("Hangars", (540, 250)),
         ("Ostrelia Aeroworks", (1145, 640)), ("Tower", (360, 640)), ("Halden Bay", (700, 895))],
        (250, "500 m"),
    ),
    "norrvik-yard": Base(
        "Norrvik Yards", "One building dock, one crane: why one ship delays the next",
        [(LEFT, 640), (380, 640), (400, 600), (1200, 600), (1230, 650), (RIGHT, 650), (RIGHT, BOTTOM), (LEFT, BOTTOM)],
        [((420, 600), (520, 40)), ((1040, 560), (170, 90))],
        [((200, 250), (360, 130)), ((200, 420), (360, 130)), ((1260, 260), (180, 300)), ((1080, 260), (120, 120))],
        [(140, 300), (140, 380)], [((460, 644), 420), ((1000, 800), 200)],
        [[(LEFT, 215), (RIGHT, 215)], [(600, 215), (600, 560)], [(1230, 215), (1230, 560)]],
        None, [],
        [("Hall 1", (380, 315)), ("Hall 2", (380, 485)), ("Building dock", (820, 420)), ("Portal crane, 400 t", (830, 330)),
         ("Fitting-out quay", (680, 745)), ("VNS Aurelia", (680, 690)), ("Stores", (1350, 410))],
        (170, "100 m"),
    ),
}  # fmt: skip


def draw_base(name: str) -> bytes:
    """The base of this name from above, as a JPEG."""
    base = BASES[name]
    canvas = Canvas(base.title, base.subtitle)
    canvas.box((LEFT, TOP), (RIGHT - LEFT, BOTTOM - TOP), LAND, None)
    _fields(canvas)
    canvas.shape(base.water, SEA, INK, 2.5)
    for road in base.roads:
        canvas.line(road, LINE, 22)
        canvas.line(road, ROAD, 17)
    _built(canvas, base)
    if name == "norrvik-yard":
        _building_dock(canvas)
    for at in base.tanks:
        canvas.dot(at, 25, WHITE, INK)
    for (x, y), length in base.ships:
        _ship(canvas, (x, y), length)
    for words, at in base.labels:
        canvas.text(at, words, 28, anchor="mm", halo=PAPER, bold=True)
    canvas.box((LEFT, TOP), (RIGHT - LEFT, BOTTOM - TOP), None, INK)
    canvas.scale_bar((LEFT + 24, BOTTOM - 36), *base.scale)
    canvas.north((RIGHT - 50, TOP + 60))
    return canvas.jpeg()


def _built(canvas: Canvas, base: Base) -> None:
    """Runway, quays, what is planned, halls."""
    if base.runway:
        (x, y), (length, breadth) = base.runway
        canvas.box((x, y), (length, breadth), GREY, INK)
        canvas.dashes([(x + 40, y + breadth / 2), (x + length - 40, y + breadth / 2)], WHITE, 4)
    for at, size in base.quays:
        canvas.box(at, size, PEAK, INK)
    for at, size in base.planned:
        canvas.box(at, size, None, RED, 4)
    for (x, y), (w, h) in base.halls:
        canvas.box((x + 7, y + 7), (w, h), LINE, None)
        canvas.box((x, y), (w, h), WHITE, INK)
        canvas.line([(x, y + h / 2), (x + w, y + h / 2)], LINE, 2)


def _building_dock(canvas: Canvas) -> None:
    """The dock, and the portal crane across it."""
    canvas.box((660, 370), (360, 130), SEA, INK, 4)
    canvas.box((790, 345), (26, 180), RED, INK)


def _fields(canvas: Canvas) -> None:
    """Trees in rows, so that land does not look empty."""
    for row in range(6):
        for place in range(24):
            x, y = 90 + place * 62 + (row % 2) * 31, 200 + row * 130
            if (row * 7 + place * 5) % 4 == 0:
                canvas.dot((x, y), 11, TREE)
                canvas.dot((x + 17, y + 9), 8, HIGH)


def _ship(canvas: Canvas, at: Point, length: float) -> None:
    x, y = at
    breadth = 26
    hull = [
        (x, y + breadth / 2),
        (x + 34, y),
        (x + length, y + 3),
        (x + length, y + breadth - 3),
        (x + 34, y + breadth),
    ]
    canvas.shape(hull, NAVY, INK, 2)
    canvas.box((x + length * 0.3, y + 7), (length * 0.3, breadth - 14), MUTED, WHITE, 1)
