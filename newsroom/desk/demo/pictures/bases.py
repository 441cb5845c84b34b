"""Bases from above: the naval base, the airfield and the shipyard."""

from newsroom.desk.demo.pictures.canvas import (
    INK,
    NAVY,
    OCHRE,
    PLATE,
    RED,
    SEA,
    SHADE,
    STEEL,
    WHITE,
)
from newsroom.desk.demo.pictures.marks import measure, patch
from newsroom.desk.demo.pictures.plan import CONCRETE, Plan
from newsroom.desk.demo.pictures.symbols import PICTURES

RUNWAY, GRASS, MARK = "#7b858b", "#cfd0b4", "#fbfaf6"


def brightwater() -> bytes:
    """The base, the planned berth, and how near the school is to the tanks."""
    plan = Plan(
        "Brightwater, and where the tanker is to lie",
        "The naval base from above, with the planned extension of the southern pier",
        1850,
    )
    plan.water([(1990, -90), (1000, -90), (905, 60), (800, 130), (770, 300), (776, 480), (765, 640), (790, 800),
                (880, 900), (960, 1040), (1990, 1040)])  # fmt: skip
    plan.area([(0, 64), (800, 64), (800, 122), (0, 122)], GRASS)
    plan.slab((0, 76), (760, 34), RUNWAY)
    plan.canvas.dashes(plan.puts([(20, 93), (740, 93)]), MARK, 3, (26, 18))
    _brightwater_town(plan)
    _brightwater_harbour(plan)
    plan.label((290, 46), "Northern runway")
    plan.label((560, 236), "Workshops")
    plan.label((160, 540), "Town")
    plan.label((606, 856), "Fuel store")
    return plan.finish([
        (patch("#b3372c33", RED, RED), "Planned berth, 190 m"), (patch(WHITE), "Planned fuel tank"), (patch(OCHRE), "School"),
    ], 200)  # fmt: skip


def _brightwater_town(plan: Plan) -> None:
    plan.trees((20, 150), (330, 110), 70)
    plan.trees((640, 850), (180, 70), 40)
    for way in (
        [(0, 500), (430, 500), (735, 480)],
        [(420, 130), (430, 500), (440, 760), (600, 930), (620, 1000)],
        [(735, 150), (735, 820)],
    ):
        plan.road(way)
    plan.houses((20, 585), (290, 360), "old town", 58)
    plan.houses((20, 300), (350, 150), "new town", 62)
    for at, size in (
        ((470, 270), (110, 60)),
        ((610, 270), (96, 120)),
        ((470, 360), (110, 60)),
        ((600, 530), (110, 70)),
        ((470, 540), (90, 90)),
        ((610, 640), (100, 60)),
    ):
        plan.hall(at, size)
    for row in range(2):
        for place in range(3):
            plan.tank((544 + place * 62, 738 + row * 60), 24)
    plan.hall((250, 700), (60, 46), OCHRE)
    start, end = plan.put((310, 730)), plan.put((520, 730))
    measure(plan.canvas, start, end, "210 m")


def _brightwater_harbour(plan: Plan) -> None:
    plan.area(
        [(1420, -40), (1454, -40), (1500, 330), (1500, 560), (1466, 566), (1466, 336)],
        CONCRETE,
        INK,
    )
    plan.canvas.dot(plan.put((1483, 548)), 11, RED, INK, 2)
    for at, size in (((770, 262), (330, 34)), ((772, 452), (420, 34)), ((766, 660), (300, 34))):
        plan.slab(at, size)
    for stern, length, beam in (((800, 246), 138, 17), ((960, 246), 112, 15), ((800, 436), 118, 15), ((950, 436), 118, 15), ((800, 502), 54, 11),
                                ((870, 502), 54, 11), ((940, 502), 46, 9), ((1000, 502), 46, 9), ((1060, 502), 46, 9), ((1120, 502), 46, 9), ((820, 645), 112, 15)):  # fmt: skip
        plan.ship(stern, length, beam)
    berth = [(1066, 660), (1256, 660), (1256, 694), (1066, 694)]
    plan.area(berth, "#b3372c33")
    plan.canvas.hatch(plan.puts(berth), RED, 14)
    plan.area(berth, "#00000000", RED, 4)
    plan.label((930, 206), "North pier")
    plan.label((1200, 469), "Long pier", anchor="lm")
    plan.label((926, 722), "Southern pier")
    plan.label((1030, 590), "Southern basin", "#3d6480")
    plan.label((1512, 548), "Light", anchor="lm")
    plan.label((1400, 250), "Mole", anchor="rm")


def halden_airfield() -> bytes:
    """The runway, and the end of it that is coming up."""
    plan = Plan(
        "Halden’s runway loses its eastern end",
        "The airfield from above: 640 of 2,600 metres will be dug up",
        3600,
    )
    _fields(plan)
    plan.water(
        [
            (3700, -100),
            (3310, -100),
            (3250, 300),
            (3130, 620),
            (3170, 900),
            (3090, 1260),
            (3190, 1500),
            (3100, 1950),
            (3700, 1950),
        ]
    )
    plan.area([(180, 560), (2990, 560), (2990, 930), (180, 930)], GRASS)
    plan.slab((260, 600), (2680, 34), CONCRETE, None)
    for x in (300, 900, 1560, 2200, 2860):
        plan.slab((x, 600), (36, 210), CONCRETE, None)
    plan.slab((800, 400), (1000, 170), CONCRETE)
    plan.slab((1560, 840), (36, 260), CONCRETE, None)
    plan.slab((1240, 1080), (800, 90), CONCRETE)
    plan.slab((280, 790), (2600, 66), RUNWAY)
    plan.canvas.dashes(plan.puts([(360, 823), (2800, 823)]), MARK, 4, (30, 22))
    _closed_end(plan)
    _halden_buildings(plan)
    return plan.finish([
        (patch("#b3372c44", RED, RED), "Closed for nine weeks"), (patch(RUNWAY), "Runway"), (patch(CONCRETE), "Taxiway and apron"),
    ], 500)  # fmt: skip


def _closed_end(plan: Plan) -> None:
    closed = [(2240, 776), (2880, 776), (2880, 870), (2240, 870)]
    plan.area(closed, "#b3372c66")
    plan.canvas.hatch(plan.puts(closed), RED, 14, 2.5)
    plan.area(closed, "#00000000", RED, 4)
    measure(plan.canvas, plan.put((2240, 980)), plan.put((2880, 980)), "640 m")


def _halden_buildings(plan: Plan) -> None:
    for place in range(4):
        plan.hall((820 + place * 240, 270), (200, 110))
    plan.hall((520, 420), (130, 90))
    for place in range(4):
        plan.tank((2120 + place * 120, 400), 44)
    for at, size in (
        ((1260, 1190), (420, 210)),
        ((1720, 1190), (300, 130)),
        ((1100, 1190), (120, 120)),
    ):
        plan.hall(at, size, STEEL)
    for place in range(9):
        _parked(plan, 850 + place * 106, 500)
    plan.road([(0, 1500), (900, 1520), (1500, 1440), (2300, 1500), (3080, 1380)])
    plan.road([(585, 0), (590, 250), (585, 420)], 10)
    for at, words in (
        ((1300, 220), "Hangars"),
        ((1300, 445), "Apron"),
        ((2300, 310), "Fuel store"),
        ((640, 560), "Tower"),
        ((1520, 1460), "Ostrelia Aeroworks"),
        ((1240, 738), "Runway, 2,600 m"),
    ):
        plan.label(at, words)
    for y, word in ((960, "Halden"), (1055, "Bay")):
        plan.canvas.spaced(plan.put((3370, y)), word, 29, "#3d6480")


def _parked(plan: Plan, x: float, y: float) -> None:
    """A Kestrel on the apron, twice its size to be seen."""
    at = plan.put((x, y))
    for _how, points in PICTURES["plane"]:
        plan.canvas.shape([(at[0] + px * 14, at[1] + py * 14) for px, py in points], NAVY, None)


def _fields(plan: Plan) -> None:
    """Farmland round the fence."""
    shades = ("#dfe0c6", "#e6dcc0", "#d6d9ba", "#e2d3b3", "#dcd8bd")
    for row, y in enumerate((0, 250, 960, 1260, 1540)):
        for place in range(9):
            x = place * 380 - row % 3 * 110
            corners = [(x, y), (x + 366, y + 8), (x + 360, y + 236), (x + 4, y + 230)]
            plan.area(corners, shades[(row * 2 + place * 3) % 5] + "b0", "#c9c3a6", 1.5)
    for at, size, count in (
        ((60, 1180), (500, 200), 110),
        ((2500, 80), (560, 160), 90),
        ((100, 60), (360, 180), 70),
        ((2350, 1560), (500, 120), 60),
    ):
        plan.trees(at, size, count)


def norrvik_yard() -> bytes:
    """One dock, one crane."""
    plan = Plan(
        "Norrvik Yards: one dock, one crane",
        "The yard from above, with the portal crane where its cable parted",
        620,
    )
    plan.water(
        [(-40, 232), (120, 226), (240, 228), (300, 226), (640, 224), (660, 360), (-40, 360)],
        soft=False,
    )
    for way in ([(0, 22), (300, 22), (620, 22)], [(262, 22), (262, 214)], [(410, 22), (410, 200)]):
        plan.road(way, 20)
    plan.trees((6, 34), (18, 170), 30)
    plan.trees((586, 40), (30, 160), 34)
    _norrvik_halls(plan)
    _norrvik_dock(plan)
    plan.slab((372, 214), (236, 13))
    plan.ship((392, 237), 138, 17.2)
    for at, words, anchor in (((137, 67), "Hall 1", "mm"), ((137, 148), "Hall 2", "mm"), ((500, 66), "Stores", "mm"), ((538, 239), "VNS Aurelia", "lm"), ((490, 204), "Fitting-out quay", "mm"),
                              ((289, 112), "Portal crane", "rm"), ((336, 196), "Cassia", "mm"), ((336, 244), "Building dock", "mm")):  # fmt: skip
        plan.label(at, words, RED if words == "Portal crane" else INK, anchor)
    return plan.finish([
        (patch(RED), "Crane, 400 tonnes, stopped"), (patch(OCHRE), "Dropped block, 90 tonnes"),
    ], 100)  # fmt: skip


def _norrvik_halls(plan: Plan) -> None:
    for at, size in (
        ((34, 38), (206, 58)),
        ((34, 118), (206, 60)),
        ((430, 40), (146, 52)),
        ((430, 110), (64, 50)),
        ((510, 110), (66, 50)),
    ):
        plan.hall(at, size)
    for x in (60, 86, 112, 138, 164, 190):
        plan.hall((x, 190), (16, 18), "#c4b19b")
    plan.tank((560, 184), 9)
    plan.tank((536, 184), 9)


def _norrvik_dock(plan: Plan) -> None:
    """The dock open to the south, Cassia without her bow, and the crane across them."""
    plan.slab((306, 34), (60, 194), "#c9c4b6")
    plan.slab((314, 40), (44, 184), "#b4bdbf")
    plan.slab((312, 222), (48, 8), SHADE)
    hull = [(327, 205), (345, 205), (345, 120), (344, 104), (328, 104), (327, 120)]
    plan.area(hull, "#7d8b94", INK)
    plan.area([(330, 190), (342, 190), (342, 140), (330, 140)], PLATE, INK)
    plan.area([(330, 82), (343, 79), (340, 93), (333, 93)], OCHRE, INK)
    for x in (299, 370):
        plan.canvas.line(plan.puts([(x, 34), (x, 222)]), INK, 3)
    plan.area([(297, 92), (377, 92), (377, 105), (297, 105)], "#1b2a3338")
    plan.area([(294, 88), (374, 88), (374, 100), (294, 100)], RED, INK)
    plan.area([(331, 86), (342, 86), (342, 102), (331, 102)], WHITE, INK)
    plan.slab((296, 82), (6, 24), SEA)
    plan.slab((367, 82), (6, 24), SEA)
