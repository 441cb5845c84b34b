"""Invented ground: heights in metres from seeded noise, drawn as bands, contours and relief."""

import random
from bisect import bisect_left
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from functools import cache
from math import floor

from PIL import Image, ImageChops, ImageColor, ImageFilter, ImageMath

from newsroom.desk.demo.pictures.canvas import (
    BOTTOM,
    INK,
    LEFT,
    RIGHT,
    SCALE,
    TOP,
    Canvas,
    Point,
)

FRAME = (RIGHT - LEFT, BOTTOM - TOP)
SIDE = 256  # Cells of noise each way, more than a window shows of the finest; it repeats beyond.
DEPTHS = ("#b2c8d3", "#bcd0d9", "#c6d7df", "#cfdde3", "#d9e5e8")
CONTOUR = "#6f6a5c"
HEIGHTS = ("#ebe5d6", "#e4ddcb", "#dcd3bc", "#d3c8ac", "#c9bb9c", "#beae8d")

Ground = Callable[[float, float], tuple[float, float]]


@dataclass(frozen=True)
class Window:
    """What part of the world the frame shows: its north-west corner and its breadth, in km."""

    corner: Point
    breadth: float

    @property
    def points(self) -> float:
        """Points of the sheet for each kilometre."""
        return FRAME[0] / self.breadth

    def place(self, spot: Point) -> Point:
        """A spot of the world, in km, as a point of the sheet."""
        x, y = spot[0] - self.corner[0], spot[1] - self.corner[1]
        return (LEFT + x * self.points, TOP + y * self.points)

    def places(self, spots: Sequence[Point]) -> list[Point]:
        return [self.place(spot) for spot in spots]


@dataclass(frozen=True)
class Tint:
    """Where the bands change, in metres; heights below zero are sea."""

    depths: Sequence[float] = (-100, -50, -30, -12)
    heights: Sequence[float] = (40, 100, 180, 280, 400)
    relief: float = 0.55  # How strongly slopes are lit, per metre and kilometre.
    contours: Sequence[float] = ()
    weight: int = 80  # How dark the contours are, of 255.
    grain: float = 36  # How many km the largest hills are apart.


def paint(canvas: Canvas, window: Window, ground: Ground, seed: str, tint: Tint) -> None:
    """Draw the ground into the frame of the sheet.

    `ground` gives for a spot, in km, its mean height in metres and how rough it is there.
    """
    field = _heights(window, ground, seed, tint.grain)
    levels = _levels(field, tint)
    colours = _banded(levels, tint)
    force = tint.relief * window.points
    colours = _shaded(colours, _light(field, force), levels, tint)
    lines = _edge(_sorted(levels, [*tint.depths, *(tint.contours or tint.heights)], tint), 2)
    colours.paste(ImageColor.getrgb(CONTOUR), mask=lines.point([0, *[tint.weight] * 255]))
    if tint.depths:
        colours.paste(ImageColor.getrgb(INK), mask=_edge(_sorted(levels, [0], tint), 4))
    canvas.image.paste(colours, (LEFT * SCALE, TOP * SCALE))


def _heights(window: Window, ground: Ground, seed: str, cell: float) -> Image.Image:
    """The heights of the window, one for each point of the frame."""
    field, rough = _coarse(window, ground)
    weight = 0.55
    while cell * window.points > 7:
        field = _rippled(field, _ripple(window, seed, cell), rough, weight)
        cell, weight = cell / 2, weight * 0.52
    return field


def _rippled(
    field: Image.Image, ripple: Image.Image, rough: Image.Image, weight: float
) -> Image.Image:
    bumps = ImageMath.lambda_eval(lambda a: a["ripple"] * a["rough"], ripple=ripple, rough=rough)
    scaled = bumps.point(lambda metres: metres * weight + 0)
    summed: Image.Image = ImageMath.lambda_eval(lambda a: a["x"] + a["y"], x=field, y=scaled)
    return summed


def _coarse(window: Window, ground: Ground) -> tuple[Image.Image, Image.Image]:
    """Mean height and roughness, asked for at every tenth point and smoothed between."""
    step = 10
    across, down = FRAME[0] // step + 1, FRAME[1] // step + 1
    rows = [
        ground(
            window.corner[0] + x * step / window.points,
            window.corner[1] + y * step / window.points,
        )
        for y in range(down)
        for x in range(across)
    ]
    images = []
    for part in range(2):
        image = Image.new("F", (across, down))
        image.putdata([row[part] for row in rows])
        images.append(
            image.resize(FRAME, Image.Resampling.BICUBIC, (0.5, 0.5, across - 0.5, down - 0.5))
        )
    return images[0], images[1]


def _ripple(window: Window, seed: str, cell: float) -> Image.Image:
    """Smooth noise of one size, from -1 to 1, that stays where it is in the world."""
    west, north = (edge / cell for edge in window.corner)
    lattice = ImageChops.offset(_lattice(seed, cell), 1 - floor(west), 1 - floor(north))
    west, north = 1 + west % 1, 1 + north % 1
    box = (west, north, west + window.breadth / cell, north + FRAME[1] / window.points / cell)
    return lattice.resize(FRAME, Image.Resampling.BICUBIC, box).point(lambda v: v / 127.5 - 1)


@cache
def _lattice(seed: str, cell: float) -> Image.Image:
    dice = random.Random(f"{seed} {cell}")  # noqa: S311 - Scenery, not secrets.
    return Image.frombytes("L", (SIDE, SIDE), dice.randbytes(SIDE * SIDE)).convert("F")


def _bounds(tint: Tint) -> tuple[float, float]:
    low = min([*tint.depths, 0]) * 1.2
    return low, max(tint.heights) * 1.2


def _step(metres: float, tint: Tint) -> int:
    low, high = _bounds(tint)
    return round((metres - low) / (high - low) * 255)


def _levels(field: Image.Image, tint: Tint) -> Image.Image:
    """The heights as 256 steps, at the size that is drawn."""
    low, high = _bounds(tint)
    large = field.resize((FRAME[0] * SCALE, FRAME[1] * SCALE), Image.Resampling.BILINEAR)
    scale = 255 / (high - low)
    return large.point(lambda metres: metres * scale + (-low * scale)).convert("L")


def _banded(levels: Image.Image, tint: Tint) -> Image.Image:
    limits = [*tint.depths, *([0] if tint.depths else []), *tint.heights]
    steps = [_step(limit, tint) for limit in limits]
    depths = DEPTHS[len(DEPTHS) - 1 - len(tint.depths) :] if tint.depths else ()
    colours = [ImageColor.getrgb(c) for c in [*depths, *HEIGHTS]]
    table = [colours[min(bisect_left(steps, level), len(colours) - 1)] for level in range(256)]
    channels = [levels.point([colour[part] for colour in table]) for part in range(3)]
    return Image.merge("RGB", channels)


def _light(field: Image.Image, force: float) -> Image.Image:
    """How much light from the north-west each point gets; 128 is level ground."""
    moved = ImageChops.offset(field, -2, -2)
    fall = ImageMath.lambda_eval(lambda a: a["field"] - a["moved"], field=field, moved=moved)
    light: Image.Image = fall.point(lambda metres: metres * -force + 128).convert("L")
    return light.filter(ImageFilter.GaussianBlur(1.2))


def _shaded(
    colours: Image.Image, light: Image.Image, levels: Image.Image, tint: Tint
) -> Image.Image:
    """The colours with light and shade on the land."""
    large = light.resize(colours.size, Image.Resampling.BILINEAR)
    lit = ImageChops.soft_light(colours, Image.merge("RGB", [large] * 3))
    if not tint.depths:
        return lit
    land = levels.point([255 if step > _step(0, tint) else 0 for step in range(256)])
    return Image.composite(lit, colours, land)


def _sorted(levels: Image.Image, limits: Sequence[float], tint: Tint) -> Image.Image:
    """Between which of the limits each point lies, in grey steps far enough apart to tell."""
    steps = [_step(limit, tint) for limit in limits]
    return levels.point([bisect_left(steps, level) * 9 for level in range(256)])


def _edge(sorted_levels: Image.Image, width: int) -> Image.Image:
    """White where the ground passes a limit, black elsewhere."""
    east = ImageChops.difference(sorted_levels, ImageChops.offset(sorted_levels, width, 0))
    south = ImageChops.difference(sorted_levels, ImageChops.offset(sorted_levels, 0, width))
    return ImageChops.lighter(east, south).point([0, *[255] * 255])
