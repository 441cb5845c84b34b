"""The pictures of the demo title, drawn by our own code: nothing is photographed or borrowed."""

from collections.abc import Callable

from newsroom.desk.demo.pictures import aircraft, bars, bases, maps, orbat, rings, ships

DRAWN_BY: dict[str, Callable[[], bytes]] = {
    "meren-strait-map": maps.meren_strait,
    "halden-bay-map": maps.halden_bay,
    "grey-heron-area": maps.grey_heron,
    "tarsun-border-hills": maps.tarsun_hills,
    "vns-aurelia-profile": ships.vns_aurelia,
    "patrol-boat-profile": ships.patrol_boat,
    "minehunter-profile": ships.minehunter,
    "kestrel-l9-profile": aircraft.kestrel,
    "heron-drone-profile": aircraft.heron_drone,
    "transport-c4-profile": aircraft.transport_c4,
    "coastal-missile-rings": rings.coastal_missiles,
    "radar-coverage-rings": rings.coast_radars,
    "air-defence-rings": rings.air_defence,
    "budget-bars-2026": bars.budget_2026,
    "shipyard-cost-bars": bars.shipyard_cost,
    "shell-output-bars": bars.shell_output,
    "coastal-brigade-orbat": orbat.coastal_brigade,
    "ostrelia-fleet-orbat": orbat.ostrelia_fleet,
    "cyber-command-orbat": orbat.cyber_command,
    "brightwater-base": bases.brightwater,
    "halden-airfield": bases.halden_airfield,
    "norrvik-yard": bases.norrvik_yard,
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
    return DRAWN_BY[name]()
