"""A map sheet: ground in a frame, with names, signs and lines at places given in kilometres."""

from collections.abc import Sequence

from newsroom.desk.demo.pictures.canvas import (
    BOTTOM,
    INK,
    LEFT,
    NAVY,
    RIGHT,
    TOP,
    WHITE,
    Canvas,
    Point,
    curve,
)
from newsroom.desk.demo.pictures.marks import Swatch, legend, north, scale_bar
from newsroom.desk.demo.pictures.symbols import unit
from newsroom.desk.demo.pictures.terrain import Ground, Tint, Window, paint

HALO, WATER = "#f4f1eae0", "#3d6480"
SIDES = {
    "right": (1, 0, "lm"),
    "left": (-1, 0, "rm"),
    "above": (0, -1, "mb"),
    "below": (0, 1, "mt"),
}


class Sheet:
    """Places are kilometres east and south in the window's world."""

    def __init__(self, title: str, subtitle: str, window: Window) -> None:
        self.canvas, self.window = Canvas(title, subtitle), window

    def ground(self, ground: Ground, seed: str, tint: Tint) -> None:
        paint(self.canvas, self.window, ground, seed, tint)
        for across in range(1, 6):
            x = LEFT + (RIGHT - LEFT) * across / 6
            for down in range(1, 3):
                y = TOP + (BOTTOM - TOP) * down / 3
                self.canvas.line([(x - 9, y), (x + 9, y)], "#1b2a3366", 1.5)
                self.canvas.line([(x, y - 9), (x, y + 9)], "#1b2a3366", 1.5)

    def country(self, spot: Point, name: str, size: float = 34) -> None:
        self.canvas.spaced(self.window.place(spot), name, size)

    def water(self, spot: Point, name: str, size: float = 31) -> None:
        self.canvas.spaced(self.window.place(spot), name, size, WATER)

    def town(self, spot: Point, name: str, side: str = "right") -> None:
        at = self.window.place(spot)
        self.canvas.dot(at, 8, WHITE, INK, 2.5)
        self._beside(at, name, side, 16, INK)

    def unit(
        self, spot: Point, kind: str, name: str = "", colour: str = NAVY, side: str = "right"
    ) -> None:
        at = self.window.place(spot)
        unit(self.canvas, at, kind, colour)
        if name:
            self._beside(at, name, side, 30, colour)

    def note(self, spot: Point, words: str, colour: str = INK, anchor: str = "mm") -> None:
        self.canvas.text(
            self.window.place(spot), words, 28, colour, bold=True, anchor=anchor, halo=HALO
        )

    def path(
        self, spots: Sequence[Point], colour: str, width: float, rhythm: Point | None = None
    ) -> None:
        points = curve(self.window.places(spots))
        if rhythm:
            self.canvas.dashes(points, colour, width, rhythm)
        else:
            self.canvas.line(points, colour, width)

    def finish(
        self, rows: Sequence[tuple[Swatch, str]], km: float, arrow: Point = (1484, 234)
    ) -> bytes:
        """Frame, legend in the lower right corner, scale in the lower left: the JPEG."""
        self.canvas.framed()
        self._ticks()
        legend(self.canvas, (RIGHT - 18, BOTTOM - 18), rows)
        scale_bar(self.canvas, (LEFT + 36, BOTTOM - 46), km * self.window.points, f"{km:g} km")
        north(self.canvas, arrow)
        return self.canvas.jpeg()

    def _ticks(self) -> None:
        for across in range(1, 6):
            x = LEFT + (RIGHT - LEFT) * across / 6
            self.canvas.line([(x, TOP), (x, TOP + 12)], INK, 2)
            self.canvas.line([(x, BOTTOM), (x, BOTTOM - 12)], INK, 2)
        for down in range(1, 3):
            y = TOP + (BOTTOM - TOP) * down / 3
            self.canvas.line([(LEFT, y), (LEFT + 12, y)], INK, 2)
            self.canvas.line([(RIGHT, y), (RIGHT - 12, y)], INK, 2)

    def _beside(self, at: Point, name: str, side: str, off: float, colour: str) -> None:
        east, south, anchor = SIDES[side]
        spot = (at[0] + east * off, at[1] + south * off)
        self.canvas.text(spot, name, 29, colour, bold=True, anchor=anchor, halo=HALO)
