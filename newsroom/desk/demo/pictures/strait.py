"""The Meren Strait as all its maps know it: coasts, depths, towns and lines, in kilometres.

`spot(along, across)` speaks the strait's own language: so many kilometres along it from its
south-western mouth, and so many across, with Veldania on the negative side and Korvane on the
positive.
"""

import math
from itertools import pairwise

from newsroom.desk.demo.pictures.canvas import Point

SEED = "meren"
TURN = math.radians(40)
EAST, SOUTH = math.cos(TURN), math.sin(TURN)
MOUTH = (95.6, 157.5)
# Half the width of the strait, by the kilometre along it: 96 km at the widest, 38 at the Narrows.
HALF = [(-400, 330), (-150, 132), (-100, 96), (-60, 72), (-30, 56), (0, 48), (50, 46), (100, 36),
        (150, 19), (175, 22), (210, 31), (260, 52), (330, 90), (600, 260)]  # fmt: skip
ISLANDS = [(22, -37, 4.6), (33, -34, 3.8), (38, -40, 2.6)]


def spot(along: float, across: float) -> Point:
    """Kilometres east and south on the map."""
    return (
        MOUTH[0] + along * EAST + across * SOUTH,
        MOUTH[1] - along * SOUTH + across * EAST,
    )


VAERHOLT, BRIGHTWATER, NORRVIK = spot(192, -27), spot(66, -45), spot(10, -50)
KORSAVIN, PELMORA = spot(158, 24), spot(52, 49)
TALLOW_BANK, NARROWS = spot(60, -5), spot(150, 0)
JAMMERS = (spot(98, 45), spot(109, 43))
MEDIAN = [spot(along, 0) for along in (-26, 0, 40, 80, 118)]
BEYOND = [[spot(-70, 0), spot(-26, 0)], [spot(118, 0), spot(134, 0)]]
SHELF = [spot(a, b) for a, b in (
    (-26, 0), (-6, -4.4), (16, -10), (34, -14.6), (52, -17), (70, -13.6), (94, -5.6), (118, 0))]  # fmt: skip
BUOYS = [spot(a, b) for a, b in (
    (-46, -5), (2, -5), (20, -8), (38, -11), (62, -13), (78, -9), (96, -4), (126, -2), (144, -1))]  # fmt: skip


def ground(x: float, y: float) -> tuple[float, float]:
    """Mean height in metres and roughness at a spot, in km."""
    east, south = x - MOUTH[0], y - MOUTH[1]
    along, across = east * EAST - south * SOUTH, east * SOUTH + south * EAST
    inland = abs(across) - _half(along) + _wiggle(along, across)
    if inland > 0:
        return 330 * (1 - math.exp(-inland / 55)) + inland * 1.2, 4 + min(inland, 60) * 5
    depth = _depth(across, _half(along))
    for a, b, size in ISLANDS:
        off = math.hypot(along - a, (across - b) * 1.5)
        if off < size * 2.5:
            depth = max(depth, 36 - 40 * (off + math.sin(along * 0.9 + across * 1.3)) / size)
    bank = math.hypot((along - 60) / 1.9, across + 5)
    return max(depth, -11 - bank * 3.2), min(12, 4 - inland)


def _depth(across: float, half: float) -> float:
    """Korvane's shelf falls gently to 50 metres; the trough lies under Veldania's shore."""
    shelf = -max(half - across, 0) * 0.85 - max(-15 - across, 0) * 5
    return max(shelf, -max(half + across, 0) * 5.5, -135)


def _wiggle(along: float, across: float) -> float:
    """Capes and coves: each shore has its own."""
    side = 0.0 if across < 0 else 2.1
    return sum(
        size * math.sin(along / length + shift + side * (1 + shift))
        for size, length, shift in (
            (2.6, 9.5, 0.4),
            (1.7, 4.3, 1.9),
            (1.0, 2.1, 4.0),
            (0.5, 0.9, 2.2),
        )
    )


def _half(along: float) -> float:
    for (start, a), (end, b) in pairwise(HALF):
        if along <= end:
            part = (along - start) / (end - start)
            return a + (b - a) * part * part * (3 - 2 * part)
    return HALF[-1][1]
