"""Draw the icons that are no SVG, from the same letter as favicon.svg.

Usage: python deploy/draw_icons.py [FOLDER]

Run it after changing the letter or its colours, and commit what it wrote.
"""

import sys
from pathlib import Path

from PIL import Image, ImageDraw

FOLDER = Path(__file__).parent.parent / "newsroom" / "static" / "newsroom" / "img"
INK, PAPER = "#14202b", "#fdfcfa"
GRID = 32  # The SVG's own.
LETTER = (
    (6, 25), (6, 7), (11.2, 7), (20.5, 18.4), (20.5, 7), (26, 7), (26, 25), (21.1, 25),
    (11.5, 13.2), (11.5, 25),
)  # fmt: skip
SMALL = (16, 32, 48)  # Pixels: what browsers and desktops take from an ICO.
LARGE = {"apple-touch-icon.png": 180, "icon-192.png": 192, "icon-512.png": 512}
INSIDE = 0.88  # So that the letter stays whole where a system cuts the square to a circle.
FINER = 8  # Drawn this much larger, then made smaller: smooth edges.


def draw(size: int, *, rounded: bool, scale: float = 1.0) -> Image.Image:
    """The letter on its ground, `size` pixels square."""
    fine = size * FINER
    unit = fine / GRID
    picture = Image.new("RGBA", (fine, fine), (0, 0, 0, 0) if rounded else INK)
    pen = ImageDraw.Draw(picture)
    if rounded:
        pen.rounded_rectangle((0, 0, fine - 1, fine - 1), radius=3 * unit, fill=INK)
    middle = GRID / 2
    pen.polygon(
        [
            ((middle + (x - middle) * scale) * unit, (middle + (y - middle) * scale) * unit)
            for x, y in LETTER
        ],
        fill=PAPER,
    )
    return picture.resize((size, size), Image.Resampling.LANCZOS)


def main(folder: Path) -> None:
    small = [draw(size, rounded=True) for size in SMALL]
    small[-1].save(
        folder / "favicon.ico", sizes=[(size, size) for size in SMALL], append_images=small[:-1]
    )
    for name, size in LARGE.items():
        picture = draw(size, rounded=False, scale=INSIDE).convert("RGB")
        picture.quantize(64).save(folder / name, optimize=True)


if __name__ == "__main__":
    main(Path(sys.argv[1]) if len(sys.argv) > 1 else FOLDER)
