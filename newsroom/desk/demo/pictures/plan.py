"""What stands on ground seen from above, in metres east and south of the frame's corner."""

import random
from collections.abc import Sequence

from newsroom.desk.demo.pictures.canvas import (
    BOTTOM,
    HAIR,
    INK,
    LEFT,
    MUTED,
    PALE,
    PLATE,
    RIGHT,
    SEA,
    TOP,
    WHITE,
    Canvas,
    Point,
    curve,
)
from newsroom.desk.demo.pictures.marks import Swatch, legend, north, scale_bar
from newsroom.desk.demo.pictures.terrain import Tint, Window, paint

SHADOW, ROAD, KERB, CONCRETE, SHALLOW = "#1b2a3338", "#f1ece0", "#bdb5a3", "#d5d1c6", "#dbe7ea"
ROOFS, LEAVES = ("#b9a58f", "#c4b19b", "#ad9a86", "#bfa890"), ("#93a17f", "#a2ae8c", "#869675")


class Plan:
    """A site from above."""

    def __init__(self, title: str, subtitle: str, breadth: float) -> None:
        self.canvas, self.metre = Canvas(title, subtitle), (RIGHT - LEFT) / breadth
        window = Window((0, 0), breadth / 100)
        paint(
            self.canvas,
            window,
            lambda _x, _y: (50, 60),
            title,
            Tint((), (36, 56, 90, 120), 0.05, weight=0, grain=4),
        )

    def put(self, point: Point) -> Point:
        return (LEFT + point[0] * self.metre, TOP + point[1] * self.metre)

    def puts(self, points: Sequence[Point]) -> list[Point]:
        return [self.put(point) for point in points]

    def water(self, shore: Sequence[Point], *, soft: bool = True) -> None:
        """Water with a pale rim of shallows, inside a closed shore."""
        points = self.puts(shore)
        points = curve(points, closed=True) if soft else points
        self.canvas.shape(points, SEA, None)
        self.canvas.inside(points, SHALLOW, 40)
        self.canvas.shape(points, None, "#c5b999", 7)
        self.canvas.shape(points, None, INK, 2)

    def area(
        self, corners: Sequence[Point], fill: str, rim: str | None = None, width: float = 2
    ) -> None:
        self.canvas.shape(self.puts(corners), fill, rim, width)

    def slab(self, at: Point, size: Point, fill: str = CONCRETE, rim: str | None = INK) -> None:
        """A pier, quay, runway or apron."""
        wide, high = size[0] * self.metre, size[1] * self.metre
        self.canvas.box(self.put(at), (wide, high), fill, rim, 1.5)

    def road(self, way: Sequence[Point], width: float = 14) -> None:
        points = curve(self.puts(way)) if len(way) > 2 else self.puts(way)
        self.canvas.line(points, KERB, width + 4)
        self.canvas.line(points, ROAD, width)

    def hall(self, at: Point, size: Point, fill: str = PLATE) -> None:
        """A building with a ridge, its shadow to the south-east."""
        x, y = self.put(at)
        wide, high = size[0] * self.metre, size[1] * self.metre
        self.canvas.box((x + 7, y + 7), (wide, high), SHADOW, None)
        self.canvas.box((x, y), (wide, high), fill, INK, 1.5)
        if wide > high:
            self.canvas.box((x + 1, y + high / 2), (wide - 2, high / 2 - 1), "#1b2a331c", None)
            self.canvas.line([(x, y + high / 2), (x + wide, y + high / 2)], "#1b2a3366", 1.5)
        else:
            self.canvas.box((x + wide / 2, y + 1), (wide / 2 - 1, high - 2), "#1b2a331c", None)
            self.canvas.line([(x + wide / 2, y), (x + wide / 2, y + high)], "#1b2a3366", 1.5)

    def tank(self, at: Point, radius: float) -> None:
        x, y = self.put(at)
        reach = radius * self.metre
        self.canvas.dot((x + 6, y + 6), reach, SHADOW)
        self.canvas.dot((x, y), reach, WHITE, INK, 2)
        self.canvas.dot((x, y), reach * 0.3, PALE, HAIR, 1.5)

    def houses(self, at: Point, size: Point, seed: str, gap: float) -> None:
        """A quarter of small houses."""
        dice = random.Random(seed)  # noqa: S311 - Scenery, not secrets.
        y = at[1]
        while y < at[1] + size[1]:
            x = at[0]
            while x < at[0] + size[0]:
                wide, high = gap * dice.uniform(0.4, 0.68), gap * dice.uniform(0.38, 0.6)
                if dice.random() < 0.86:
                    self.hall(
                        (x + dice.uniform(0, gap * 0.2), y), (wide, high), dice.choice(ROOFS)
                    )
                x += gap
            y += gap

    def trees(self, at: Point, size: Point, count: int) -> None:
        """A wood of so many trees."""
        dice = random.Random(f"{at}{size}")  # noqa: S311 - Scenery, not secrets.
        for _ in range(count):
            x, y = self.put((at[0] + dice.random() * size[0], at[1] + dice.random() * size[1]))
            reach = dice.uniform(5, 9.5)
            self.canvas.dot((x + 4, y + 4), reach, SHADOW)
            self.canvas.dot((x, y), reach, dice.choice(LEAVES))

    def ship(self, stern: Point, length: float, beam: float, *, south: bool = False) -> None:
        """A ship at berth, bow to the east, or to the south."""
        outline = [(0, 0.42), (0.02, 0.5), (0.64, 0.5), (0.78, 0.44), (0.9, 0.27), (1, 0)]
        whole = [*outline, *[(x, -y) for x, y in reversed(outline[:-1])]]
        house = [(0.3, 0.3), (0.68, 0.3), (0.72, 0), (0.68, -0.3), (0.3, -0.3)]
        tower = [(0.44, 0.2), (0.6, 0.2), (0.6, -0.2), (0.44, -0.2)]
        for part, fill in ((whole, "#7d8b94"), (house, PALE), (tower, MUTED)):
            placed = [(x * length, y * beam) for x, y in part]
            turned = [(y, x) if south else (x, y) for x, y in placed]
            self.area([(stern[0] + x, stern[1] + y) for x, y in turned], fill, INK, 1.5)

    def label(self, at: Point, words: str, colour: str = INK, anchor: str = "mm") -> None:
        self.canvas.text(
            self.put(at), words, 29, colour, bold=True, anchor=anchor, halo="#f4f1eae8"
        )

    def finish(self, rows: Sequence[tuple[Swatch, str]], metres: float) -> bytes:
        """Frame, legend, scale and north: the JPEG."""
        self.canvas.framed()
        legend(self.canvas, (RIGHT - 18, BOTTOM - 18), rows)
        scale_bar(self.canvas, (LEFT + 36, BOTTOM - 46), metres * self.metre, f"{metres:g} m")
        north(self.canvas, (1484, 234))
        return self.canvas.jpeg()
