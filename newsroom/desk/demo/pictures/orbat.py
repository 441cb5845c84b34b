"""Orders of battle: units in boxes, joined by lines, with their strength."""

from collections.abc import Sequence
from dataclasses import dataclass

from newsroom.desk.demo.pictures.canvas import (
    HAIR,
    INK,
    MUTED,
    NAVY,
    OCHRE,
    PAPER,
    RED,
    WHITE,
    Canvas,
    Point,
)
from newsroom.desk.demo.pictures.marks import arrowhead
from newsroom.desk.demo.pictures.symbols import unit

EMPTY = "#dcd8cc"


@dataclass(frozen=True)
class Box:
    """A unit: its sign, its name, a line of figures, and pips that are filled or not."""

    sign: str
    name: str
    line: str
    pips: tuple[int, int] = (0, 0)
    colour: str = NAVY


STAFF = 118
BATTALIONS = [
    Box("missile", "41st Missile", "540 · 12 launchers", (12, 12)),
    Box("missile", "42nd Missile", "366 · 4 of 12", (4, 12), RED),
    Box("rifles", "43rd Infantry", "620 · 4 companies", (4, 4)),
    Box("gun", "44th Artillery", "540 · 18 guns", (18, 18)),
]
COMPANIES = [
    Box("engineers", "Engineers", "160 soldiers"), Box("signals", "Signals", "140 soldiers"),
    Box("scouts", "Reconnaissance", "130 soldiers"), Box("medical", "Field hospital", "236 soldiers"),
]  # fmt: skip


def coastal_brigade() -> bytes:
    """The brigade with each launcher it has, and has not."""
    canvas = Canvas(
        "One missile battalion whole, one a third",
        "The 4th Coastal Brigade of Veldania: 2,850 soldiers",
    )
    _head(canvas, "staff", "4th Coastal Brigade", f"Staff, {STAFF} soldiers", 800)
    _branches(canvas, 800, 300, [(243 + 371 * i, 372) for i in range(4)], 695)
    for place, box in enumerate(BATTALIONS):
        _box(canvas, (75 + place * 371, 372), (337, 240), box)
    for place, box in enumerate(COMPANIES):
        _box(canvas, (75 + place * 371, 744), (337, 120), box)
    _pip_key(canvas, (84, 908), (NAVY, "there"), (EMPTY, "missing: launchers waiting for an axle"))
    return canvas.jpeg()


def _head(canvas: Canvas, sign: str, name: str, line: str, x: float) -> None:
    canvas.panel((x - 280, 196), (560, 104), INK, None)
    unit(canvas, (x - 222, 248), sign, NAVY, 32)
    canvas.text((x - 166, 230), name, 38, WHITE, bold=True, anchor="lm")
    canvas.text((x - 166, 274), line, 28, "#c9d3d8", anchor="lm")


def _branches(
    canvas: Canvas, x: float, start: float, heads: Sequence[Point], lower: float = 0
) -> None:
    """Lines from a head down to each of the boxes below; `lower` is a second row's rail."""
    rail = heads[0][1] - 36
    canvas.line([(x, start), (x, lower or rail)], INK, 3)
    for y, ends in ((rail, heads), (lower, [(hx, lower + 49) for hx, _ in heads])):
        if y:
            canvas.line([(heads[0][0], y), (heads[-1][0], y)], INK, 3)
            for end in ends:
                canvas.line([(end[0], y), end], INK, 3)


def _box(canvas: Canvas, at: Point, size: Point, box: Box) -> None:
    (x, y), (wide, _high) = at, size
    canvas.panel(at, size, WHITE, HAIR)
    canvas.box((x, y), (wide, 7), box.colour, None)
    unit(canvas, (x + 52, y + 66), box.sign, box.colour, 32)
    canvas.text((x + 98, y + 48), box.name, 31, bold=True, anchor="lm")
    canvas.text((x + 98, y + 88), box.line, 27, MUTED, anchor="lm")
    _pips(canvas, (x + 22, y + 128), wide - 44, box)


def _pips(canvas: Canvas, at: Point, wide: float, box: Box) -> None:
    """A small square for each launcher, gun or company: filled if it is there."""
    there, all_of_them = box.pips
    across = 9 if all_of_them > 12 else 6
    step = min(wide / across, 48)
    side = step - 12
    for place in range(all_of_them):
        x, y = at[0] + place % across * step, at[1] + place // across * (side + 10)
        full = place < there
        canvas.box((x, y), (side, side), NAVY if full else EMPTY, None if full else MUTED, 1.5)


def _pip_key(canvas: Canvas, at: Point, *rows: tuple[str, str]) -> None:
    x, y = at
    for colour, words in rows:
        canvas.box((x, y - 13), (26, 26), colour, MUTED, 1.5)
        canvas.text((x + 38, y), words, 27, anchor="lm")
        x += canvas.width(words, 27) + 84


@dataclass(frozen=True)
class Squadron:
    """Ships with what keeps them, and whether they can sail."""

    sign: str
    name: str
    ships: Sequence[tuple[str, str, str]]


SAILS, HALF, LAID_UP = NAVY, OCHRE, RED
SQUADRONS = (
    Squadron("ship", "Frigates", [
        ("Candour", "ready", SAILS), ("Prudence", "ready", SAILS), ("Patience", "short of crew", HALF),
        ("Constant", "gives her parts", LAID_UP), ("Resolve", "in dock 23 months", LAID_UP)]),
    Squadron("mine", "Minehunters", [("Thimble", "by turns", HALF), ("Needle", "by turns", HALF)]),
    Squadron("landing", "Landing ship", [("Thornback", "stern gate", LAID_UP)]),
    Squadron("tanker", "Tankers", [("Largesse", "ready", SAILS), ("Plenty", "ready", SAILS)]),
)  # fmt: skip


def ostrelia_fleet() -> bytes:
    """Each ship of the navy list, by whether she could sail."""
    canvas = Canvas(
        "Five frigates on the list, two that can sail",
        "The Ostrelian fleet by squadron",
    )
    _head(canvas, "anchor", "Fleet Command", "Thornhaven", 800)
    lefts, widths = (60.0, 532.0, 868.0, 1204.0), (452.0, 316.0, 316.0, 336.0)
    _branches(canvas, 800, 300, [(x + w / 2, 372) for x, w in zip(lefts, widths, strict=True)])
    for squadron, left, wide in zip(SQUADRONS, lefts, widths, strict=True):
        _squadron(canvas, (left, 372), wide, squadron)
    _how_five_become_two(canvas)
    _pip_key(
        canvas,
        (84, 908),
        (SAILS, "can sail"),
        (HALF, "by turns, or short of crew"),
        (LAID_UP, "laid up"),
    )
    return canvas.jpeg()


def _squadron(canvas: Canvas, at: Point, wide: float, squadron: Squadron) -> None:
    x, y = at
    canvas.panel((x, y), (wide, 118 + len(squadron.ships) * 74), WHITE, HAIR)
    canvas.box((x, y), (wide, 7), INK, None)
    unit(canvas, (x + 50, y + 58), squadron.sign, INK, 30)
    canvas.text((x + 96, y + 58), squadron.name, 33, bold=True, anchor="lm")
    for place, (ship, state, colour) in enumerate(squadron.ships):
        top = y + 114 + place * 74
        _silhouette(canvas, (x + 24, top + 34), colour)
        canvas.text((x + 136, top + 16), ship, 29, bold=True, anchor="lm")
        canvas.text((x + 136, top + 48), state, 26, MUTED, anchor="lm")


def _how_five_become_two(canvas: Canvas) -> None:
    """What stands between the list and the sea, step by step."""
    steps = (
        ("5", "on the list"),
        ("4", "less the dock"),
        ("3", "less the crew"),
        ("2", "less the spares"),
    )
    for place, (figure, words) in enumerate(steps):
        x = 640 + place * 262
        canvas.text((x, 752), figure, 92, RED if figure == "2" else INK, bold=True, anchor="mm")
        canvas.text((x, 822), words, 28, MUTED, anchor="mm")
        if place:
            canvas.line([(x - 186, 752), (x - 80, 752)], INK, 2.5)
            arrowhead(canvas, (x - 70, 752), 0)


def _silhouette(canvas: Canvas, at: Point, colour: str) -> None:
    """A small ship, a hundred points long."""
    x, y = at
    outline = [(0, 2), (0, 14), (6, 22), (82, 22), (98, 2), (72, 4), (70, -6), (62, -8), (58, -22), (54, -22), (52, -8),
               (44, -8), (42, 0), (36, 0), (35, -10), (27, -10), (26, 0), (20, 2)]  # fmt: skip
    canvas.shape([(x + px, y + py) for px, py in outline], colour, None)


def cyber_command() -> bytes:
    """The command with its posts, filled and empty, where they are told."""
    canvas = Canvas(
        "Cyber Command: 612 posts, 430 people",
        "The gap is in the group that keeps watch by day and night",
    )
    _head(canvas, "staff", "Cyber Command", "Commander and staff, Vaerholt", 800)
    groups = [
        (Box("network", "Networks Group", "runs what all use"), ["Bases", "Ships", "Troops in the field"]),
        (Box("shield", "Defence Group", "121 of 240 posts filled", colour=RED), ["Watch on bases", "Watch on ships", "Watch on radars"]),
        (Box("closed", "Third Group", "said to be full", colour=INK), ["Not named", "Not named", "Not named"]),
    ]  # fmt: skip
    lefts = [60.0, 570.0, 1080.0]
    _branches(canvas, 800, 300, [(left + 230, 372) for left in lefts])
    for left, (box, squadrons) in zip(lefts, groups, strict=True):
        _box(canvas, (left, 372), (460, 128), box)
        for place, name in enumerate(squadrons):
            _small(canvas, (left, 520 + place * 84), name)
    _posts(canvas, (570, 800), 460, 121 / 240, "Defence Group: half empty")
    _posts(canvas, (60, 800), 460, 430 / 612, "Whole command: 70 per cent")
    return canvas.jpeg()


def _small(canvas: Canvas, at: Point, name: str) -> None:
    """A squadron below its group."""
    x, y = at
    closed = name == "Not named"
    canvas.line([(x + 24, y - 22), (x + 24, y + 32), (x + 52, y + 32)], INK, 2.5)
    canvas.panel((x + 52, y), (408, 64), "#e2dfd6" if closed else WHITE, HAIR)
    if closed:
        canvas.hatch(
            [(x + 56, y + 4), (x + 456, y + 4), (x + 456, y + 60), (x + 56, y + 60)],
            "#c9c5b8",
            16,
            2,
        )
    canvas.text(
        (x + 76, y + 32),
        name,
        29,
        MUTED if closed else INK,
        anchor="lm",
        halo="#e2dfd6" if closed else None,
    )


def _posts(canvas: Canvas, at: Point, wide: float, part: float, words: str) -> None:
    """A bar of posts, filled so far."""
    x, y = at
    canvas.text((x, y), words, 29, bold=True)
    canvas.box((x, y + 44), (wide, 40), EMPTY, MUTED, 1.5)
    canvas.box((x, y + 44), (wide * part, 40), RED if part < 0.6 else NAVY, None)
    canvas.text((x + wide * part - 14, y + 64), "filled", 27, PAPER, anchor="rm")
    canvas.text((x + wide * part + 14, y + 64), "empty", 27, MUTED, anchor="lm")
