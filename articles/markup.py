"""How a photo stands in a page: every format and width, for the browser to choose from."""

from dataclasses import dataclass

from articles.models import Photo, Rendition
from articles.pictures.making import MIMES

STEPS = 10  # The focal point, to a tenth of width and height: a class for each, see picture.css.


@dataclass(frozen=True)
class Source:
    """The candidates of one format, as `srcset` has them (HTML, 4.8.4)."""

    type: str
    srcset: str


@dataclass(frozen=True)
class Shown:
    """The `src` that every browser takes, its size in pixels, and what newer ones may choose."""

    src: str
    srcset: str
    width: int
    height: int
    sources: list[Source]
    classes: str


def shown(photo: Photo, *, upto: int | None = None, crop: bool = False) -> Shown | None:
    """What a page writes of the photo; None before its first rendition is made.

    `upto` is the widest candidate in pixels that the place can use. With `crop` the classes keep
    the focal point in sight. Costs no query where `renditions` is prefetched.
    """
    rows = photo.pictures
    narrow = [row for row in rows if upto is None or row.width <= upto]
    by_format = {form: [r for r in narrow or rows if r.format == form] for form in MIMES}
    jpegs = by_format.pop("jpeg")
    if not jpegs:
        return None
    widest, plain = jpegs[-1], photo.plain_of(jpegs)
    return Shown(
        src=plain.url,
        srcset=_srcset(jpegs) if len(jpegs) > 1 else "",
        width=widest.width,
        height=widest.height,
        sources=[
            Source(MIMES[form], _srcset(by_format[form]))
            for form in ("avif", "webp")
            if by_format[form]
        ],
        classes=_focus(photo) if crop else "",
    )


def _srcset(rows: list[Rendition]) -> str:
    return ", ".join(f"{row.url} {row.width}w" for row in rows)


def _focus(photo: Photo) -> str:
    """A class for each direction in which the point lies off the middle."""
    points = {"x": round(photo.focal_x * STEPS), "y": round(photo.focal_y * STEPS)}
    off = [f"picture--{way}{step}" for way, step in points.items() if step != STEPS // 2]
    return " ".join(["picture", *off] if off else [])
