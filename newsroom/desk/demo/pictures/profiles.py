"""Side views of ships and aircraft, with their dimensions."""

from collections.abc import Sequence
from dataclasses import dataclass

from newsroom.desk.demo.pictures.canvas import (
    DEEP,
    GREY,
    INK,
    LINE,
    MUTED,
    PAPER,
    SEA,
    WHITE,
    Canvas,
    Point,
    curve,
)

PLATE, SHADE = "#aab4b9", "#8f9ba1"


@dataclass(frozen=True)
class Ship:
    """What is drawn of a ship: lengths in metres, blocks as (from, to, height) in hull lengths."""

    title: str
    subtitle: str
    length: float
    draught: str
    blocks: Sequence[tuple[float, float, float]]
    mast: tuple[float, float]
    gun: float
    key: Sequence[str]
    spots: Sequence[tuple[float, float]]


SHIPS = {
    "vns-aurelia-profile": Ship(
        "VNS Aurelia", "Frigate, 6,100 tonnes; built at Norrvik Yards", 138, "5.4 m",
        [(0.24, 0.46, 0.075), (0.29, 0.42, 0.12), (0.5, 0.6, 0.09), (0.62, 0.86, 0.06)], (0.37, 0.23), 0.14,
        ["Gun, 76 mm", "Missile cells", "Radar mast", "Funnel and the opening cut below it", "Hangar and deck"],
        [(0.14, 0.05), (0.205, 0.03), (0.37, 0.2), (0.55, 0.08), (0.78, 0.06)],
    ),
    "patrol-boat-profile": Ship(
        "Tern-class patrol boat", "320 tonnes, crew of 24", 46, "2.1 m",
        [(0.3, 0.62, 0.09), (0.36, 0.54, 0.14)], (0.46, 0.22), 0.17,
        ["Gun, 30 mm", "Bridge", "Mast with radar and camera", "Boat and ramp"],
        [(0.17, 0.05), (0.4, 0.12), (0.46, 0.19), (0.86, 0.03)],
    ),
    "minehunter-profile": Ship(
        "Minehunter of the Lantern Bay class", "Glass-fibre hull, 650 tonnes", 54, "2.6 m",
        [(0.2, 0.58, 0.1), (0.26, 0.46, 0.14), (0.5, 0.56, 0.16)], (0.4, 0.215), 0.12,
        ["Gun, 20 mm", "Bridge", "Sonar well below the hull", "Crane and drones on the work deck"],
        [(0.12, 0.05), (0.33, 0.15), (0.36, -0.05), (0.78, 0.05)],
    ),
}  # fmt: skip


def draw_ship(name: str) -> bytes:
    """The ship of this name from its side, as a JPEG."""
    ship = SHIPS[name]
    canvas = Canvas(ship.title, ship.subtitle)
    left, right, water = 130.0, 1470.0, 560.0
    span = right - left
    canvas.box((60, water), (1480, 95), SEA, None)
    hull = _hull(left, right, water)
    _superstructure(canvas, ship, left, span, water - 62)
    canvas.shape(curve(hull[:4]) + hull[4:], GREY, INK, 3)
    canvas.line([(left + 25, water - 24), (right - 14, water - 24)], SHADE, 2)
    canvas.line([(60, water), (1540, water)], INK, 2)
    canvas.line([(60, water + 95), (1540, water + 95)], DEEP, 3)
    canvas.measure((left, water + 132), (right, water + 132), f"{ship.length:g} m")
    canvas.measure((right + 34, water), (right + 34, water + 58), ship.draught)
    for number, (along, up) in enumerate(ship.spots, start=1):
        spot = (left + along * span, water - 62 - up * span)
        canvas.callout(number, (spot[0] + 30, 226 if up >= 0 else water + 78), spot)
    canvas.key((130, 735), ship.key, step=40)
    _person(canvas, (1330, 905), span / ship.length)
    return canvas.jpeg()


def _hull(left: float, right: float, water: float) -> list[Point]:
    """From the bow down and aft along the keel, up the stern and forward along the deck."""
    return [
        (left, water - 86), (left + 34, water - 10), (left + 84, water + 44), (left + 190, water + 58),
        (right - 120, water + 58), (right - 40, water + 30), (right, water - 10), (right, water - 58),
        (left + 300, water - 62),
    ]  # fmt: skip


def _superstructure(canvas: Canvas, ship: Ship, left: float, span: float, deck: float) -> None:
    for place, (start, end, height) in enumerate(ship.blocks):
        a, b, top = left + start * span, left + end * span, deck - height * span
        slope = 14
        body = [(a, deck + 10), (a + slope, top), (b - slope, top), (b, deck + 10)]
        canvas.shape(body, PLATE if place % 2 else WHITE, INK, 2.5)
        if place == 1:
            canvas.box((a + 30, top + 16), (b - a - 60, 14), INK, None)
    along, height = ship.mast
    x, top = left + along * span, deck - height * span
    canvas.shape(
        [(x - 20, deck - 40), (x - 5, top), (x + 5, top), (x + 20, deck - 40)], SHADE, INK, 2
    )
    canvas.line([(x - 34, top + 30), (x + 34, top + 30)], INK, 4)
    canvas.line([(x, top), (x, top - 22)], INK, 3)
    gun = left + ship.gun * span
    canvas.shape(
        [(gun - 26, deck - 4), (gun - 18, deck - 36), (gun + 16, deck - 36), (gun + 26, deck - 4)],
        PLATE, INK, 2,
    )  # fmt: skip
    canvas.line([(gun - 14, deck - 26), (gun - 84, deck - 42)], INK, 5)


def _person(canvas: Canvas, feet: Point, metre: float) -> None:
    """Someone of 1.8 metres, where that can be seen."""
    tall = max(1.8 * metre, 10)
    x, y = feet
    canvas.dot((x, y - tall * 0.9), tall * 0.12, INK)
    canvas.line([(x, y - tall * 0.78), (x, y)], INK, max(2, tall * 0.16))
    canvas.text((x + 20, y - 14), "1.8 m", 26, MUTED, anchor="lm")


@dataclass(frozen=True)
class Aircraft:
    """Outlines in a box of 1000 by 300, nose to the left."""

    title: str
    subtitle: str
    length: str
    height: str
    body: Sequence[Point]
    parts: Sequence[tuple[Sequence[Point], str]]
    wheels: Sequence[Point]
    key: Sequence[str]
    spots: Sequence[Point]


AIRCRAFT = {
    "kestrel-l9-profile": Aircraft(
        "Kestrel L-9", "Trainer and light fighter, Ostrelia Aeroworks; span 9.1 m", "12.4 m", "4.2 m",
        [(0, 190), (120, 150), (260, 128), (420, 120), (700, 128), (900, 150), (1000, 160), (990, 196),
         (820, 216), (500, 226), (220, 222), (60, 208)],
        [([(220, 138), (270, 84), (380, 66), (470, 90), (520, 124)], "#bcd3de"),
         ([(720, 132), (850, 0), (930, 0), (925, 150)], PLATE),
         ([(420, 190), (560, 176), (800, 196), (760, 212), (520, 208)], SHADE),
         ([(860, 176), (990, 168), (1000, 182), (900, 190)], SHADE)],
        [(210, 292), (560, 292), (600, 292)],
        ["Two seats, one behind the other", "Air intake", "Wing with four stores points", "Engine, 28 kN"],
        [(330, 90), (430, 168), (640, 198), (960, 176)],
    ),
    "heron-drone-profile": Aircraft(
        "Heron drone", "Watches for 22 hours; span 16 m", "8.6 m", "2.4 m",
        [(0, 170), (40, 120), (140, 104), (300, 128), (640, 150), (860, 158), (900, 170), (860, 190),
         (500, 206), (160, 220), (40, 206)],
        [([(720, 152), (860, 20), (900, 24), (830, 158)], PLATE),
         ([(720, 190), (850, 270), (890, 268), (830, 184)], PLATE),
         ([(380, 126), (520, 112), (600, 126), (480, 140)], SHADE)],
        [(130, 292), (470, 292)],
        ["Satellite antenna under the hump", "Camera turret", "Long straight wing", "Pusher propeller"],
        [(110, 112), (180, 222), (490, 122), (900, 170)],
    ),
    "transport-c4-profile": Aircraft(
        "Transport C-4", "18 tonnes over 2,700 km; span 38 m", "33.5 m", "11.8 m",
        [(0, 180), (50, 130), (150, 96), (320, 84), (700, 88), (880, 110), (1000, 120), (960, 150),
         (820, 208), (640, 234), (160, 236), (40, 216)],
        [([(820, 100), (900, -40), (985, -40), (975, 118)], PLATE),
         ([(300, 92), (380, 66), (620, 66), (640, 96)], SHADE),
         ([(360, 118), (500, 112), (520, 150), (380, 150)], PLATE),
         ([(70, 124), (130, 104), (140, 128), (80, 146)], "#bcd3de")],
        [(150, 292), (420, 292), (470, 292)],
        ["Flight deck", "Two turboprop engines a side", "Tail", "Loading ramp"],
        [(104, 124), (440, 132), (930, 20), (800, 206)],
    ),
}  # fmt: skip


def draw_aircraft(name: str) -> bytes:
    """The aircraft of this name from its side, as a JPEG."""
    craft = AIRCRAFT[name]
    canvas = Canvas(craft.title, craft.subtitle)

    def put(points: Sequence[Point]) -> list[Point]:
        return [(240 + x * 1.1, 300 + y * 1.1) for x, y in points]

    ground = 300 + 310 * 1.1
    canvas.line([(60, ground), (1540, ground)], LINE, 3)
    for wheel in craft.wheels:
        (x, y) = put([wheel])[0]
        canvas.line([(x, y - 90), (x, y)], INK, 6)
        canvas.dot((x, y), 20, INK)
        canvas.dot((x, y), 8, PAPER)
    canvas.shape(put(craft.parts[0][0]), craft.parts[0][1], INK, 2.5)
    canvas.shape(put(curve(craft.body, closed=True)), GREY, INK, 3)
    for outline, colour in craft.parts[1:]:
        canvas.shape(put(outline), colour, INK, 2.5)
    canvas.measure((240, ground + 44), (1340, ground + 44), craft.length)
    top = min(y for outline, _colour in craft.parts for _x, y in outline)
    canvas.measure((1440, 300 + top * 1.1), (1440, ground), craft.height)
    for number, spot in enumerate(craft.spots, start=1):
        (x, y) = put([spot])[0]
        canvas.callout(number, (x - 60, 215), (x, y))
    canvas.key((140, 735), craft.key, step=46)
    return canvas.jpeg()
