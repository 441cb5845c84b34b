"""Aircraft from the side, nose to the left, with a small plan; metres from the nose and up."""

import math
from collections.abc import Sequence
from dataclasses import dataclass

from newsroom.desk.demo.pictures.canvas import (
    HAIR,
    INK,
    MUTED,
    NAVY,
    OCHRE,
    PALE,
    WHITE,
    Canvas,
    Point,
    curve,
)
from newsroom.desk.demo.pictures.marks import drop, key, measure
from newsroom.desk.demo.pictures.side import Call, Part, Scale, calls, draw_parts, person

GROUND = 612.0


@dataclass(frozen=True)
class Aircraft:
    """An aircraft and what the sheet says of it; lengths in metres."""

    title: str
    subtitle: str
    length: float
    height: float
    span: float
    metre: float
    behind: Sequence[Part]
    top: Sequence[Point]
    belly: Sequence[Point]
    before: Sequence[Part]
    wheels: Sequence[tuple[Point, Point, float]]
    roundel: tuple[Point, float]
    plan: Sequence[Point]
    calls: Sequence[Call]
    key: Sequence[str]


def draw_aircraft(craft: Aircraft) -> bytes:
    """The aircraft on its sheet, as a JPEG."""
    canvas = Canvas(craft.title, craft.subtitle)
    scale = Scale((120, GROUND), craft.metre)
    canvas.line([(60, GROUND), (1540, GROUND)], HAIR, 4)
    draw_parts(canvas, scale, craft.behind)
    for wheel in craft.wheels:
        _wheel(canvas, scale, wheel)
    body = [*curve(scale.puts(craft.top)), *curve(scale.puts(craft.belly))]
    canvas.shape(body, "#a9b5bc", None)
    canvas.shape(_shadow(curve(scale.puts(craft.belly)), craft.metre), "#1b2a331c", None)
    canvas.shape(body, None, INK, 2.5)
    draw_parts(canvas, scale, craft.before)
    _roundel(canvas, scale, craft.roundel)
    _dimensions(canvas, scale, craft)
    calls(canvas, scale, craft.calls)
    key(canvas, (84, 742), craft.key, deep=3 if len(craft.key) > 4 else 4, wide=500)
    _plan(canvas, craft)
    return canvas.jpeg()


def _shadow(belly: Sequence[Point], metre: float) -> list[Point]:
    """The lower part of the body, out of the light; thin towards nose and tail."""
    last = len(belly) - 1
    lifted = [
        (x, y - 0.13 * metre**0.85 * math.sin(math.pi * place / last) * 2.2)
        for place, (x, y) in enumerate(belly)
    ]
    return [*belly, *reversed(lifted)]


def _wheel(canvas: Canvas, scale: Scale, wheel: tuple[Point, Point, float]) -> None:
    """A leg from the body to an axle, and its tyre."""
    top, axle, radius = wheel
    canvas.line(scale.puts([top, axle]), INK, max(7, radius * scale.metre * 0.4))
    canvas.line(scale.puts([top, axle]), PALE, max(3, radius * scale.metre * 0.16))
    canvas.dot(scale.put(axle), radius * scale.metre, INK)
    canvas.dot(scale.put(axle), radius * scale.metre * 0.45, PALE, INK, 1.5)


def _roundel(canvas: Canvas, scale: Scale, roundel: tuple[Point, float]) -> None:
    at, radius = scale.put(roundel[0]), roundel[1] * scale.metre
    for part, colour in ((1.0, NAVY), (0.68, WHITE), (0.36, OCHRE)):
        canvas.dot(at, radius * part, colour)


def _dimensions(canvas: Canvas, scale: Scale, craft: Aircraft) -> None:
    nose, tail = scale.put((0, 0)), scale.put((craft.length, 0))
    base = GROUND + 62
    drop(canvas, (nose[0], GROUND + 8), (nose[0], base + 14))
    drop(canvas, (tail[0], GROUND + 8), (tail[0], base + 14))
    measure(canvas, (nose[0], base), (tail[0], base), f"{craft.length:g} m")
    top, x = scale.put((0, craft.height))[1], tail[0] + 110
    drop(canvas, (tail[0] - 30, top), (x + 14, top))
    measure(canvas, (x, GROUND), (x, top), f"{craft.height:g} m")
    person(canvas, (1460, GROUND - 2), craft.metre)
    canvas.text((1460, GROUND + 12), "1.8 m", 26, MUTED, anchor="ma")


def _plan(canvas: Canvas, craft: Aircraft) -> None:
    """The aircraft from above, small, for its span."""
    metre = min(214 / craft.span, 330 / craft.length)
    left, middle = 1500 - craft.length * metre, 822.0
    half = [(left + x * metre, middle - y * metre) for x, y in craft.plan]
    other = [(x, 2 * middle - y) for x, y in reversed(half)]
    canvas.shape([*half, *other], "#a9b5bc", INK, 2)
    x, reach = left - 72, craft.span / 2 * metre
    widest = left + max(craft.plan, key=lambda point: point[1])[0] * metre
    for y in (middle - reach, middle + reach):
        drop(canvas, (widest, y), (x - 12, y))
    measure(canvas, (x, middle - reach), (x, middle + reach), f"{craft.span:g} m")


def _area(fill: str, *points: Point, width: float = 2) -> Part:
    return Part("area", fill, points, width)


def _soft(fill: str, *points: Point) -> Part:
    return Part("soft", fill, points)


def _line(fill: str, *points: Point, width: float = 2) -> Part:
    return Part("line", fill, points, width)


KESTREL = Aircraft(
    "Kestrel L-9: the gun now fires, the wing must last",
    "Trainer and light fighter of Ostrelia Aeroworks, two seats",
    12.4, 4.4, 9.1, 84,
    behind=[_line("ink", (0, 1.78), (0.7, 1.8), width=4),
            _area("plate", (8.3, 2.5), (10.5, 4.4), (11.8, 4.4), (11.75, 2.2)), _line("shade", (11.1, 4.4), (11.05, 2.4)),
            _area("dark", (11.5, 2.26), (12.4, 2.12), (12.4, 1.58), (11.5, 1.42)),
            _area("glass", *curve([(2.35, 2.36), (2.85, 2.88), (3.7, 3.2), (4.7, 3.24), (5.4, 3.04), (6.1, 2.72)]))],
    top=[(0.5, 1.78), (1.1, 2.04), (1.8, 2.24), (2.6, 2.4), (4.2, 2.56), (5.8, 2.74), (7.4, 2.68), (9.4, 2.5), (11.8, 2.22)],
    belly=[(11.8, 1.46), (10.4, 1.28), (8.2, 1.14), (5.4, 1.1), (3.2, 1.18), (1.6, 1.42), (0.5, 1.76)],
    before=[
        _line("ink", (3.0, 2.98), (3.1, 2.46), width=3), _line("ink", (4.35, 3.25), (4.4, 2.58), width=3),
        _soft("dark", (3.38, 2.5), (3.4, 2.86), (3.58, 3.0), (3.76, 2.86), (3.78, 2.52)),
        _soft("dark", (4.78, 2.62), (4.8, 2.9), (4.98, 3.06), (5.16, 2.92), (5.18, 2.66)),
        _line("shade", (1.85, 2.25), (1.85, 1.36)), _line("shade", (9.5, 2.46), (9.5, 1.22)), _line("shade", (3.0, 1.9), (4.5, 1.95)),
        _area("steel", *curve([(4.75, 2.3), (5.6, 2.32), (6.8, 2.16), (7.8, 1.9), (7.0, 1.5), (5.6, 1.36), (4.55, 1.42)])),
        _area("ink", (4.75, 2.3), (4.92, 2.26), (4.74, 1.42), (4.55, 1.42)),
        _soft("dark", (4.9, 1.0), (5.5, 1.12), (8, 1.1), (8.7, 0.98), (8, 0.86), (5.5, 0.84)), _line("ink", (4.5, 0.98), (5.1, 0.98), width=6),
        _area("pale", *curve([(5.9, 1.84), (6.5, 1.98), (7.6, 1.98), (9.4, 1.82), (8.2, 1.74), (6.8, 1.74), (5.9, 1.84)])),
        _line("ink", (7.3, 1.84), (9.7, 1.84), width=6),
        _area("pale", *curve([(10.1, 1.9), (10.6, 2.02), (11.4, 2.0), (12.3, 1.88), (11.4, 1.8), (10.1, 1.9)])),
    ],
    wheels=[((2.75, 1.3), (2.6, 0.29), 0.29), ((7.5, 1.2), (7.75, 0.37), 0.37)],
    roundel=((8.9, 2.16), 0.27),
    plan=[(0.5, 0), (1.6, 0.3), (3, 0.5), (4.6, 0.62), (5.0, 1.0), (7.2, 4.4), (7.6, 4.55), (8.8, 4.55), (8.9, 4.4), (8.7, 0.8),
          (9.9, 0.7), (11, 1.9), (11.9, 1.9), (11.7, 0.5), (12.4, 0.42)],
    calls=[Call((2.2, 3.75), (3.2, 2.9)), Call((6.2, 4.0), (5.4, 2.05)), Call((9.4, 0.45), (8.0, 1.0)), Call((7.7, 3.55), (7.2, 1.92)), Call((12.9, 3.3), (12.1, 2.0))],
    key=["Two seats under one canopy", "Air intake", "Gun pod, 27 mm", "Mid-mounted wing", "Engine"],
)  # fmt: skip

HERON = Aircraft(
    "Marsh Heron, which found its own way home",
    "Long-endurance drone of Veldania’s navy; one of five",
    8.6, 2.6, 16, 120,
    behind=[_area("pale", (6.5, 1.42), (7.3, 2.6), (7.9, 2.6), (7.75, 1.38)), _area("plate", (6.8, 1.05), (7.35, 0.42), (7.8, 0.42), (7.75, 1.15)),
            _area("dark", (7.85, 1.44), (8.6, 1.28), (7.85, 1.12))],
    top=[(0, 1.34), (0.22, 1.66), (0.7, 1.9), (1.3, 1.95), (2.1, 1.78), (3.4, 1.62), (5.6, 1.54), (8.0, 1.42)],
    belly=[(8.0, 1.14), (6, 1.02), (3.4, 0.94), (1.4, 0.92), (0.45, 1.02), (0, 1.32)],
    before=[
        Part("dot", "dark", [(1.15, 0.76)], 0.25), Part("dot", "glass", [(1.02, 0.72)], 0.1),
        _line("shade", (2.2, 1.76), (2.2, 0.94)), _line("shade", (6.2, 1.5), (6.2, 1.03)), _line("shade", (0.6, 1.22), (2.2, 1.26)),
        _area("pale", *curve([(3.2, 1.62), (3.5, 1.78), (4.0, 1.8), (5.0, 1.66), (4.2, 1.58), (3.2, 1.62)])),
        _area("ink", (8.08, 1.3), (8.03, 2.12), (8.13, 2.3), (8.22, 2.12), (8.18, 1.28), (8.22, 0.44), (8.13, 0.26), (8.03, 0.44)),
        _line("ink", (3.0, 1.66), (3.0, 1.98), width=4),
    ],
    wheels=[((1.75, 0.95), (1.75, 0.19), 0.19), ((4.7, 0.98), (5.0, 0.24), 0.24)],
    roundel=((5.6, 1.28), 0.16),
    plan=[(0, 0), (0.2, 0.3), (1.2, 0.48), (3.0, 0.4), (3.3, 0.42), (3.7, 7.8), (3.8, 8.0), (4.3, 8.0), (4.6, 0.45), (6.6, 0.28),
          (7.3, 1.7), (7.9, 1.7), (7.8, 0.25), (8.6, 0.05)],
    calls=[Call((1.9, 2.5), (1.3, 1.8)), Call((0.35, 0.42), (1.0, 0.78)), Call((4.6, 2.3), (4.1, 1.7)), Call((7.0, 2.9), (7.5, 2.3)), Call((8.75, 2.2), (8.16, 1.9))],
    key=["Satellite antenna", "Sensor ball", "Wing", "V-shaped tail", "Pusher propeller"],
)  # fmt: skip

CARRACK = Aircraft(
    "Carrack C-4: six on paper, two that fly",
    "Transport of Ostrelia’s air force: 11 tonnes from 900 metres of grass",
    24.8, 9.0, 28.4, 43,
    behind=[_area("plate", (18.6, 5.5), (20.4, 6.1), (22.4, 9.0), (24.4, 9.0), (24.8, 5.0), (22, 4.6)), _line("shade", (23.3, 9.0), (23.4, 5.3)),
            _area("steel", (8.8, 5.5), (9.8, 6.35), (15.2, 6.35), (16.6, 5.5))],
    top=[(0, 3.1), (0.35, 3.7), (1.2, 4.1), (2.2, 4.75), (3.3, 5.35), (5, 5.6), (9, 5.7), (15, 5.7), (19, 5.6), (22.6, 5.3), (24.6, 4.95)],
    belly=[(24.8, 4.7), (22, 3.7), (19, 2.5), (16.6, 1.5), (14.6, 1.15), (8, 1.1), (3.6, 1.15), (1.4, 1.6), (0.3, 2.4), (0, 3.05)],
    before=[
        _area("glass", (1.32, 4.12), (2.15, 4.68), (2.9, 5.0), (3.15, 4.34), (1.9, 4.02)), _line("pale", (2.15, 4.68), (2.35, 4.14), width=3),
        *[Part("dot", "glass", [(x, 4.1)], 0.2) for x in (6.2, 7.6, 9, 10.4, 11.8, 13.2, 14.6, 16)],
        _area("pale", (4.3, 1.9), (4.3, 4.5), (5.3, 4.5), (5.3, 1.9)), _line("ink", (16.5, 1.5), (17.2, 3.2), (21.6, 4.4), width=3),
        _line("shade", (3.8, 5.4), (3.8, 1.2)), _line("shade", (18.2, 5.6), (18.2, 3.5)),
        _area("steel", *curve([(9.2, 1.3), (9.9, 1.95), (11, 2.1), (13.6, 2.1), (14.8, 1.8), (15.4, 1.3), (14.4, 0.95), (10.2, 0.95), (9.2, 1.3)])),
        _area("pale", *curve([(9.4, 6.3), (10.2, 6.62), (12, 6.62), (15, 6.34), (12.6, 6.2), (9.4, 6.3)])),
        _area("steel", *curve([(7.5, 6.0), (8.2, 6.36), (10, 6.4), (12, 6.25), (13.6, 5.85), (12, 5.5), (9.2, 5.4), (8, 5.55), (7.5, 6.0)])),
        _area("ink", (7.34, 6), (7.22, 7.6), (7.4, 7.95), (7.58, 7.6), (7.5, 6), (7.58, 4.35), (7.4, 4.0), (7.22, 4.35)),
        _soft("dark", (6.8, 5.95), (7.2, 6.2), (7.6, 6.25), (7.6, 5.65), (7.2, 5.7)),
        _area("pale", *curve([(21.2, 5.5), (21.9, 5.72), (23.2, 5.7), (24.9, 5.5), (23, 5.4), (21.2, 5.5)])),
    ],
    wheels=[((3.5, 1.4), (3.5, 0.46), 0.46), ((11.2, 1.2), (11.2, 0.58), 0.58), ((13.2, 1.2), (13.2, 0.58), 0.58)],
    roundel=((18.9, 4.35), 0.55),
    plan=[(0, 0), (0.8, 1.0), (3, 1.45), (8.6, 1.5), (8.8, 3.9), (7.4, 4.0), (7.4, 5.0), (8.9, 5.1), (9.8, 14.0), (10.1, 14.2), (11.6, 14.2),
          (12.4, 5.1), (13.4, 4.5), (12.6, 3.9), (13, 1.5), (18, 1.35), (21.4, 0.8), (22, 5), (23.8, 5), (24.2, 0.6), (24.8, 0.2)],
    calls=[Call((2.4, 7.0), (2.4, 4.7)), Call((10.6, 8.3), (10.2, 6.0)), Call((19.0, 7.9), (23, 7.6)), Call((20.6, 1.7), (18.8, 3.0))],
    key=["Windscreen", "Turboprop engine, one a side", "Tall fin", "Loading ramp"],
)  # fmt: skip


def kestrel() -> bytes:
    """The trainer that is also a fighter."""
    return draw_aircraft(KESTREL)


def heron_drone() -> bytes:
    """The drone that lost its link."""
    return draw_aircraft(HERON)


def transport_c4() -> bytes:
    """The transport with no windscreens."""
    return draw_aircraft(CARRACK)
