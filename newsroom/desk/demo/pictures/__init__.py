"""The pictures of the demo title, drawn by our own code: nothing is photographed or borrowed."""

from collections.abc import Callable

from newsroom.desk.demo.pictures.bases import BASES, draw_base
from newsroom.desk.demo.pictures.charts import BARS, ORDERS, draw_bars, draw_order
from newsroom.desk.demo.pictures.maps import MAPS, draw_map
from newsroom.desk.demo.pictures.profiles import AIRCRAFT, SHIPS, draw_aircraft, draw_ship

DRAWN_BY: dict[str, Callable[[str], bytes]] = {
    **dict.fromkeys(MAPS, draw_map),
    **dict.fromkeys(SHIPS, draw_ship),
    **dict.fromkeys(AIRCRAFT, draw_aircraft),
    **dict.fromkeys(BARS, draw_bars),
    **dict.fromkeys(ORDERS, draw_order),
    **dict.fromkeys(BASES, draw_base),
}


class UnknownPictureError(KeyError):
    """No picture of this name is drawn here."""


def names() -> tuple[str, ...]:
    """All pictures there are."""
    return tuple(DRAWN_BY)


def draw(name: str) -> bytes:
    """The picture as a JPEG of 1600 x 1000 pixels, the same bytes each time.

    Raises UnknownPictureError.
    """
    if name not in DRAWN_BY:
        raise UnknownPictureError(name)
    return DRAWN_BY[name](name)
