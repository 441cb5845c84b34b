"""The desk's own signs for units, ships and places: a coloured tile with a white pictogram."""

import math

from newsroom.desk.demo.pictures.canvas import NAVY, WHITE, Canvas, Point, circle
from newsroom.desk.demo.pictures.marks import Swatch

Strokes = list[tuple[str, list[Point]]]
HULL = [(-0.95, 0.1), (0.95, 0.1), (0.65, 0.55), (-0.7, 0.55)]

# Pictograms in a square from -1 to 1: filled areas and lines.
PICTURES: dict[str, Strokes] = {
    "missile": [("fill", [(0, -0.9), (0.24, -0.5), (0.24, 0.5), (-0.24, 0.5), (-0.24, -0.5)]),
                ("fill", [(-0.24, 0.2), (-0.6, 0.8), (0.6, 0.8), (0.24, 0.2)])],
    "rifles": [("line", [(-0.75, -0.15), (0, -0.75), (0.75, -0.15)]),
               ("line", [(-0.75, 0.5), (0, -0.1), (0.75, 0.5)])],
    "gun": [("line", [(-0.5, 0.35), (0.8, -0.6)]), ("fill", circle((-0.4, 0.35), 0.42, 20))],
    "radar": [("line", [(-0.7, -0.65), (-0.62, -0.1), (-0.2, 0.32), (0.35, 0.4)]),
              ("line", [(-0.25, -0.15), (0.55, -0.75)]), ("line", [(-0.35, 0.3), (-0.6, 0.85), (0.2, 0.85)])],
    "ship": [("fill", HULL), ("fill", [(-0.4, 0.1), (-0.3, -0.3), (0.3, -0.3), (0.4, 0.1)]),
             ("line", [(0, -0.3), (0, -0.85)])],
    "landing": [("fill", HULL), ("fill", [(-0.75, 0.1), (-0.75, -0.45), (-0.25, -0.45), (-0.25, 0.1)]),
                ("line", [(0.95, 0.1), (0.95, -0.35)])],
    "tanker": [("fill", HULL), ("fill", [(-0.8, 0.1), (-0.8, -0.5), (-0.45, -0.5), (-0.45, 0.1)]),
               ("fill", circle((-0.1, -0.05), 0.2, 16)), ("fill", circle((0.4, -0.05), 0.2, 16))],
    "mine": [("fill", circle((0, 0), 0.48, 24)),
             *[("line", [(0.4 * math.cos(a), 0.4 * math.sin(a)), (0.9 * math.cos(a), 0.9 * math.sin(a))])
               for a in (turn * math.pi / 4 for turn in range(8))]],
    "anchor": [("line", [(0, -0.5), (0, 0.8)]), ("line", [(-0.4, -0.2), (0.4, -0.2)]),
               ("line", circle((0, -0.68), 0.2, 16)),
               ("line", [(-0.75, 0.2), (-0.5, 0.62), (0, 0.82), (0.5, 0.62), (0.75, 0.2)])],
    "engineers": [("line", [(-0.8, 0.55), (-0.8, -0.4), (0.8, -0.4), (0.8, 0.55)]), ("line", [(0, -0.4), (0, 0.55)])],
    "signals": [("line", [(-0.8, 0.55), (0.12, 0.1), (-0.12, -0.15), (0.8, -0.6)])],
    "scouts": [("line", [(-0.9, 0), (-0.45, -0.42), (0, -0.52), (0.45, -0.42), (0.9, 0), (0.45, 0.42),
                         (0, 0.52), (-0.45, 0.42), (-0.9, 0)]), ("fill", circle((0, 0), 0.26, 20))],
    "medical": [("line", [(0, -0.75), (0, 0.75)]), ("line", [(-0.75, 0), (0.75, 0)])],
    "staff": [("line", [(-0.6, 0.9), (-0.6, -0.85)]), ("fill", [(-0.6, -0.85), (0.8, -0.5), (-0.6, -0.1)])],
    "network": [("line", [(0, -0.6), (-0.62, 0.5), (0.62, 0.5), (0, -0.6)]), ("fill", circle((0, -0.6), 0.26, 16)),
                ("fill", circle((-0.62, 0.5), 0.26, 16)), ("fill", circle((0.62, 0.5), 0.26, 16))],
    "shield": [("fill", [(-0.7, -0.7), (0, -0.88), (0.7, -0.7), (0.62, 0.15), (0, 0.9), (-0.62, 0.15)])],
    "closed": [("line", circle((0, -0.3), 0.36, 20)),
               ("fill", [(-0.62, -0.15), (0.62, -0.15), (0.62, 0.75), (-0.62, 0.75)])],
    "jammer": [("line", [(0, 0.85), (0, -0.2)]), ("fill", circle((0, -0.25), 0.2, 16)),
               ("line", [(-0.42, 0.2), (-0.6, -0.25), (-0.42, -0.7)]), ("line", [(0.42, 0.2), (0.6, -0.25), (0.42, -0.7)])],
    "gate": [("line", [(-0.7, 0.75), (-0.7, -0.6)]), ("line", [(0.7, 0.75), (0.7, -0.6)]), ("line", [(-0.7, 0.05), (0.7, 0.05)])],
    "beach": [("line", [(0, -0.85), (0, 0.3)]), ("fill", [(-0.5, 0.0), (0.5, 0.0), (0, 0.6)]), ("line", [(-0.8, 0.8), (0.8, 0.8)])],
    "pen": [("fill", [(-0.75, 0.85), (-0.6, 0.3), (0.45, -0.8), (0.8, -0.45), (-0.25, 0.65)])],
    "plane": [("fill", [(0, -0.95), (0.13, -0.6), (0.13, -0.2), (0.95, 0.25), (0.95, 0.42), (0.13, 0.2), (0.1, 0.6),
                        (0.4, 0.82), (0.4, 0.95), (0, 0.85), (-0.4, 0.95), (-0.4, 0.82), (-0.1, 0.6), (-0.13, 0.2),
                        (-0.95, 0.42), (-0.95, 0.25), (-0.13, -0.2), (-0.13, -0.6)])],
}  # fmt: skip


def unit(canvas: Canvas, at: Point, kind: str, colour: str = NAVY, size: float = 22) -> None:
    """A tile of `size` points from its middle to its edge."""
    x, y = at
    canvas.panel((x - size, y - size), (size * 2, size * 2), colour, WHITE)
    reach = size * 0.7
    for how, points in PICTURES[kind]:
        placed = [(x + px * reach, y + py * reach) for px, py in points]
        if how == "fill":
            canvas.shape(placed, WHITE, None)
        else:
            canvas.line(placed, WHITE, size * 0.16)


def sign(kind: str, colour: str = NAVY) -> Swatch:
    """The tile as it stands in a legend."""

    def draw(canvas: Canvas, at: Point) -> None:
        unit(canvas, at, kind, colour, 19)

    return draw
