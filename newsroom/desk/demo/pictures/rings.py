"""Range rings on the coast of the strait: what is reached, seen and covered from where."""

import math
from collections.abc import Sequence

from PIL import Image, ImageDraw

from newsroom.desk.demo.pictures import strait
from newsroom.desk.demo.pictures.canvas import NAVY, OCHRE, PAPER, RED, Point, between, circle
from newsroom.desk.demo.pictures.marks import patch, stroke
from newsroom.desk.demo.pictures.sheet import HALO, Sheet
from newsroom.desk.demo.pictures.strait import spot
from newsroom.desk.demo.pictures.symbols import sign
from newsroom.desk.demo.pictures.terrain import Tint, Window

BROKEN = (16, 10)
# Reach is 4.1 times the roots of both heights, in km: the horizon of a radar.
STATIONS = (
    (spot(44, -46), 57, 150, "South, 90 m"),
    (spot(104, -34), 69, 78, "Middle, 150 m"),
    (spot(166, -21), 50, 95, "North, 60 m"),
)
LONG_ARM = (spot(191, -28), spot(158, -112))
MIDDLE_ARM = (spot(66, -46), spot(180, -38), spot(14, -82), spot(96, -92))
SHORT_ARM = (spot(66, -46), spot(180, -38), spot(148, -23), spot(10, -52))
PLAIN = Tint((-50, -12), (60, 140, 240, 360, 480), 0.3, weight=36)


def coastal_missiles() -> bytes:
    """Three honest rings, round both positions of the brigade at once."""
    sheet = Sheet(
        "The ring of 185 km is the least honest of three",
        "Stormgull missiles of the 4th Coastal Brigade, from its two usual positions",
        Window((-42, -34), 500),
    )
    sheet.ground(strait.ground, strait.SEED, PLAIN)
    north, south = spot(150, -21), spot(60, -46.5)
    _wash(sheet, (north, south), 185, "#27496d", 26)
    _wash(sheet, (north, south), 60, "#27496d", 62)
    for radius, width, rhythm in ((185, 2, None), (110, 3, BROKEN), (60, 4.5, None)):
        _joint(sheet, (north, south), radius, width, rhythm)
    _reach(sheet, south, 60, 118)
    _reach(sheet, south, 110, 118)
    _reach(sheet, north, 185, 77)
    sheet.unit(north, "missile", "North position")
    sheet.unit(south, "missile", "South position", side="left")
    sheet.country((20, 8), "VELDANIA", 36)
    sheet.country((330, 122), "KORVANE", 36)
    return sheet.finish([
        (sign("missile"), "Launchers"), (stroke(NAVY, 4.5), "Seen by its own radars, 60 km"),
        (stroke(NAVY, 3, BROKEN), "With help of others, 110 km"), (stroke(NAVY, 2), "At the very most, 185 km"),
    ], 100)  # fmt: skip


def coast_radars() -> bytes:
    """What three stations see, and where their bearings cross."""
    sheet = Sheet(
        "Three radars, three bearings, two hills",
        "Reach against a ship’s mast of 20 metres, and bearings on the jammer",
        Window((12, -8), 320),
    )
    sheet.ground(strait.ground, strait.SEED, PLAIN)
    for centre, radius, _turn, _name in STATIONS:
        _wash(sheet, (centre,), radius, NAVY, 44)
    for centre, radius, turn, _name in STATIONS:
        sheet.canvas.line(sheet.window.places(circle(centre, radius)), NAVY, 3.5)
        _reach(sheet, centre, radius, turn)
    for centre, _radius, _turn, name in STATIONS:
        for hill in strait.JAMMERS:
            sheet.path([centre, hill], RED, 2.5, (10, 7))
        sheet.unit(centre, "radar", name, side="left")
    for hill, name in zip(strait.JAMMERS, ("Jammer hills", ""), strict=True):
        sheet.unit(hill, "jammer", name, RED, "below")
    sheet.country((42, 28), "VELDANIA", 36)
    sheet.country((268, 112), "KORVANE", 36)
    return sheet.finish([
        (sign("radar"), "Station, height above sea"), (stroke(NAVY, 3.5), "Its reach"),
        (patch("#27496d80", NAVY), "Seen by two stations"), (stroke(RED, 2.5, (10, 7)), "Bearing"),
    ], 40)  # fmt: skip


def air_defence() -> bytes:
    """The long arm, the middle, the short arm, and the gap."""
    sheet = Sheet(
        "34 kilometres of coast between two rings",
        "Reach of ground-based air defence against an aircraft at 3,000 metres",
        Window((2, -57), 330),
    )
    sheet.ground(strait.ground, strait.SEED, PLAIN)
    for sites, radius, colour in (
        (LONG_ARM, 70, NAVY),
        (MIDDLE_ARM, 22, NAVY),
        (SHORT_ARM, 6, OCHRE),
    ):
        _wash(sheet, sites, radius, colour, 120 if radius < 10 else 48)
        for site in sites:
            sheet.canvas.line(sheet.window.places(circle(site, radius)), colour, 3)
    _reach(sheet, LONG_ARM[0], 70, 140)
    _reach(sheet, LONG_ARM[1], 70, 285)
    _reach(sheet, MIDDLE_ARM[0], 22, 140)
    _gap(sheet, LONG_ARM[0], MIDDLE_ARM[0])
    for site, name in zip(LONG_ARM, ("Vaerholt", "Inland"), strict=True):
        sheet.unit(site, "missile", name)
    sheet.town(strait.BRIGHTWATER, "Brightwater", "below")
    sheet.country((38, 0), "VELDANIA", 36)
    sheet.water(spot(110, 2), "Meren Strait")
    return sheet.finish([
        (sign("missile"), "Long range, 70 km"), (patch("#27496d80", NAVY), "Middle range, 22 km"),
        (patch("#c28f2caa", OCHRE), "Short range, 6 km"), (stroke(RED, 7), "Not covered"),
    ], 40)  # fmt: skip


def _gap(sheet: Sheet, far: Point, near: Point) -> None:
    """The stretch between the ring of 70 km and that of 22, and its length."""
    whole = math.dist(far, near)
    ends = [between(far, near, 70 / whole), between(far, near, 1 - 22 / whole)]
    start, end = sheet.window.places(ends)
    sheet.canvas.line([start, end], RED, 7)
    middle = between(start, end, 0.5)
    sheet.canvas.text((middle[0] + 30, middle[1] + 34), "34 km gap", 34, RED, bold=True, halo=HALO)


def _wash(
    sheet: Sheet, centres: Sequence[Point], radius: float, colour: str, strength: int
) -> None:
    """A thin colour over all that lies within the radius, in km, of any of the centres."""
    mask = Image.new("L", sheet.canvas.image.size)
    pen = ImageDraw.Draw(mask)
    for centre in centres:
        outline = sheet.window.places(circle(centre, radius))
        pen.polygon([sheet.canvas.at(point) for point in outline], strength)
    sheet.canvas.image.paste(colour, mask=mask)


def _joint(
    sheet: Sheet, centres: Sequence[Point], radius: float, width: float, rhythm: Point | None
) -> None:
    """The outline of several rings together: each is drawn where it lies outside the others."""
    for centre in centres:
        others = [other for other in centres if other != centre]
        ring = circle(centre, radius, 720)[:-1]
        outside = [all(math.dist(p, o) >= radius for o in others) for p in ring]
        start = next((i for i, out in enumerate(outside) if out and not outside[i - 1]), 0)
        arc = [ring[(start + i) % 720] for i in range(720) if outside[(start + i) % 720]]
        points = sheet.window.places(arc)
        if rhythm:
            sheet.canvas.dashes(points, NAVY, width, rhythm)
        else:
            sheet.canvas.line(points, NAVY, width)


def _reach(sheet: Sheet, centre: Point, radius: float, turn: float) -> None:
    """The figure on a ring, so many degrees clockwise from north."""
    angle = math.radians(turn - 90)
    at = (centre[0] + radius * math.cos(angle), centre[1] + radius * math.sin(angle))
    words = f"{radius:g} km"
    x, y = sheet.window.place(at)
    wide = sheet.canvas.width(words, 28) + 20
    sheet.canvas.panel((x - wide / 2, y - 20), (wide, 40), PAPER, NAVY)
    sheet.canvas.text((x, y), words, 28, NAVY, bold=True, anchor="mm")
