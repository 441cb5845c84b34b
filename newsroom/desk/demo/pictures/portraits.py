"""The people who write for the demo title, head and shoulders, drawn flat and lit from the left.

All measures are in points of a sheet of 640 x 640; it is drawn twice as large and brought down.
Nobody sat for them: the names are invented and so are the faces.
"""

import io
import math
from collections.abc import Sequence
from dataclasses import dataclass

from PIL import Image, ImageColor, ImageDraw

from newsroom.desk.demo.pictures.canvas import INK, WHITE, Point, curve

SIDE, SCALE = 640, 2
CUT = ((60, 36), (580, 556))  # Nearer to the face; what lies outside is drawn for its curves.
SHADE = 0.15  # Of ink, on the side that the light does not reach.

Outline = Sequence[Point]

FACE = ((320, 148), (390, 170), (408, 250), (396, 320), (360, 372), (320, 384),
        (280, 372), (244, 320), (232, 250), (250, 170))  # fmt: skip
SHADOW_EDGE = ((320, 384), (344, 362), (348, 322), (342, 296), (352, 276), (342, 240), (348, 196),
               (320, 148))  # fmt: skip
NECK = ((276, 330), (364, 330), (366, 430), (390, 470), (320, 520), (250, 470), (274, 430))
UNDER_CHIN = ((280, 374), (320, 392), (360, 374), (360, 412), (320, 434), (280, 412))
SHOULDERS = ((320, 452), (392, 446), (470, 474), (542, 508), (584, 562), (602, 640), (604, 760),
             (36, 760), (38, 640), (56, 562), (98, 508), (170, 474), (248, 446))  # fmt: skip
EARS = (((232, 250), (218, 256), (222, 296), (240, 310)),
        ((408, 250), (422, 256), (418, 296), (400, 310)))  # fmt: skip

# Hair, as shapes before the head and behind it.
CROPPED = ((226, 246), (228, 178), (258, 132), (320, 114), (382, 132), (412, 178), (414, 246),
           (400, 200), (376, 172), (320, 164), (264, 172), (240, 200))  # fmt: skip
PARTED = ((224, 262), (216, 190), (244, 128), (316, 98), (392, 118), (424, 182), (416, 262),
          (402, 216), (372, 190), (306, 188), (272, 166), (262, 206), (238, 226))  # fmt: skip
SWEPT = ((226, 256), (220, 180), (262, 116), (344, 92), (418, 132), (424, 200), (414, 254),
         (404, 212), (388, 174), (340, 176), (284, 158), (250, 196))  # fmt: skip
FRINGE = ((222, 300), (214, 200), (248, 128), (320, 104), (392, 128), (426, 200), (418, 300),
          (406, 224), (380, 196), (330, 206), (280, 196), (240, 218))  # fmt: skip
BOB = ((320, 100), (412, 124), (446, 220), (444, 340), (420, 400), (366, 396), (274, 396),
       (220, 400), (196, 340), (194, 220), (228, 124))  # fmt: skip
CURLS = ((320, 74), (372, 78), (412, 104), (452, 140), (462, 196), (478, 250), (456, 300),
         (448, 352), (404, 368), (320, 340), (236, 368), (192, 352), (184, 300), (162, 250),
         (178, 196), (188, 140), (228, 104), (268, 78))  # fmt: skip
KNOT = ((320, 44), (366, 60), (374, 102), (340, 132), (300, 132), (266, 102), (274, 60))
SIDES = (((232, 204), (222, 226), (220, 286), (236, 306), (242, 250), (246, 212)),
         ((408, 204), (418, 226), (420, 286), (404, 306), (398, 250), (394, 212)))  # fmt: skip
BEARD = ((233, 280), (244, 330), (280, 382), (320, 398), (360, 382), (396, 330), (407, 280),
         (390, 316), (362, 334), (344, 322), (320, 326), (296, 322), (278, 334), (250, 316))  # fmt: skip
MOUSTACHE = ((320, 322), (346, 320), (366, 336), (340, 336), (320, 332), (300, 336), (274, 336),
             (294, 320))  # fmt: skip

# Clothes, over the shoulders.
ROUND_NECK = ((238, 448), (270, 492), (320, 508), (370, 492), (402, 448), (416, 462), (378, 514),
              (320, 532), (262, 514), (224, 462))  # fmt: skip
COLLAR = (((262, 432), (320, 522), (282, 562), (232, 456)),
          ((378, 432), (320, 522), (358, 562), (408, 456)))  # fmt: skip
LAPELS = (((232, 448), (320, 640), (268, 700), (170, 560), (196, 482)),
          ((408, 448), (320, 640), (372, 700), (470, 560), (444, 482)))  # fmt: skip
SHIRT = ((250, 456), (390, 456), (352, 700), (288, 700))
TIE = ((308, 520), (332, 520), (340, 548), (350, 700), (290, 700), (300, 548))
SCARF = ((222, 440), (268, 470), (320, 480), (372, 470), (418, 440), (440, 478), (400, 540),
         (320, 560), (240, 540), (200, 478))  # fmt: skip


@dataclass(frozen=True)
class Person:
    """How somebody looks; `said` tells those who do not see it."""

    said: str
    paper: str
    skin: str
    hair: str
    cloth: str
    trim: str
    top: tuple[Outline, ...] = ()
    behind: tuple[Outline, ...] = ()
    beard: tuple[Outline, ...] = ()
    worn: str = "round"  # Over the shoulders: round, shirt, jacket, scarf.
    glasses: bool = False
    grave: bool = False  # A straight mouth.


PEOPLE = {
    "marit-sollane": Person(
        "a woman with fair hair cut at the chin, in a navy pullover",
        "#cfdde3", "#e8c2a0", "#c9a35a", "#27496d", "#1d3854", (PARTED,), (BOB,),
    ),
    "bram-okotelu": Person(
        "a man with cropped black hair and a short beard, in an olive jacket over a white shirt",
        "#e4ddcb", "#7d5038", "#231c1a", "#66704a", "#535c3b", (CROPPED,), (), (BEARD, MOUSTACHE),
        worn="jacket",
    ),
    "yselle-tamborne": Person(
        "a woman with dark curls and round glasses, in a rust-red cardigan",
        "#d9e0cf", "#b98058", "#35241f", "#a5482f", "#863823", (FRINGE,), (CURLS,), glasses=True,
    ),
    "daven-rostikar": Person(
        "a man with brown hair swept back and a moustache, in a grey shirt",
        "#d5d6d8", "#eac7aa", "#5b4030", "#6f7f89", "#94a2aa", (SWEPT,), (), (MOUSTACHE,),
        worn="shirt", grave=True,
    ),
    "hanne-quillstrom": Person(
        "a woman with grey hair in a knot and glasses, in a dark coat with an ochre scarf",
        "#e6d9c6", "#e9c5a8", "#a7acae", "#3a4650", "#c28f2c", (FRINGE,), (KNOT,), worn="scarf",
        glasses=True,
    ),
    "osric-venn": Person(
        "an elderly man, bald, with a white beard, in a dark suit with a red tie",
        "#d3dad6", "#e3b795", "#d9d6cd", "#2f3a44", "#b3372c", SIDES, (), (BEARD, MOUSTACHE),
        worn="suit", grave=True,
    ),
}  # fmt: skip


def portrait(slug: str) -> bytes:
    """The author of that address as a JPEG of 640 x 640 pixels, the same bytes each time.

    Raises KeyError for somebody who is not drawn here.
    """
    person = PEOPLE[slug]
    image = Image.new("RGB", (SIDE * SCALE, SIDE * SCALE), person.paper)
    pen = ImageDraw.Draw(image, "RGBA")
    for outline in person.behind:
        _shape(pen, outline, person.hair)
    _shape(pen, SHOULDERS, person.cloth)
    _bust(pen, person)
    _head(pen, person)
    out = io.BytesIO()
    (left, top), (right, bottom) = ((x * SCALE, y * SCALE) for x, y in CUT)
    box = (left, top, right, bottom)
    small = image.resize((SIDE, SIDE), Image.Resampling.LANCZOS, box)
    small.save(out, "JPEG", quality=88)
    return out.getvalue()


def _bust(pen: ImageDraw.ImageDraw, person: Person) -> None:
    """The neck, and what is worn round it."""
    if person.worn in {"jacket", "suit"}:
        _flat(pen, SHIRT, WHITE)
    _shape(pen, NECK, person.skin)
    _shape(pen, UNDER_CHIN, _inked(person.skin, SHADE))
    if person.worn == "round":
        _shape(pen, ROUND_NECK, person.trim)
    if person.worn == "scarf":
        _shape(pen, SCARF, person.trim)
        _line(pen, curve(((236, 500), (300, 522), (392, 500))), _inked(person.trim, SHADE), 6)
    if person.worn == "suit":
        _flat(pen, TIE, person.trim)
    for flap in COLLAR if person.worn in {"shirt", "jacket", "suit"} else ():
        _flat(pen, flap, person.trim if person.worn == "shirt" else WHITE)
    for outline in LAPELS if person.worn in {"jacket", "suit"} else ():
        _flat(pen, outline, person.cloth)
        _line(pen, outline[:2], _inked(person.cloth, 0.3), 5)


def _head(pen: ImageDraw.ImageDraw, person: Person) -> None:
    for ear in EARS:
        _shape(pen, ear, person.skin)
    _shape(pen, FACE, person.skin)
    for outline in person.beard:
        _shape(pen, outline, person.hair)
    side = curve(FACE, closed=True)[:51]  # Ten steps from each of the first five points.
    _flat(pen, [*side, *curve(SHADOW_EDGE)], f"{INK}{round(SHADE * 255):02x}")
    _features(pen, person)
    for outline in person.top:
        _shape(pen, outline, person.hair)
    if person.glasses:
        _glasses(pen)


def _features(pen: ImageDraw.ImageDraw, person: Person) -> None:
    """Few lines: a face is read from them at the size of a stamp."""
    for x in (284, 356):
        _line(pen, curve(((x - 18, 240), (x, 233), (x + 18, 240))), _inked(person.skin, 0.7), 6)
        _dot(pen, (x, 264), 5.5, INK)
    _line(pen, curve(((322, 262), (330, 296), (316, 302))), _inked(person.skin, 0.45), 5)
    smile = 342 if person.grave else 348
    _line(pen, curve(((298, 340), (320, smile), (342, 340))), _inked(person.skin, 0.65), 6)


def _glasses(pen: ImageDraw.ImageDraw) -> None:
    for x in (284, 356):
        ring = [(x + 29 * math.cos(a / 24 * math.tau), 264 + 27 * math.sin(a / 24 * math.tau))
                for a in range(25)]  # fmt: skip
        _line(pen, ring, INK, 5)
    _line(pen, ((313, 260), (327, 260)), INK, 5)


def _shape(pen: ImageDraw.ImageDraw, outline: Outline, colour: str) -> None:
    """An area whose edge is bent smoothly through the points."""
    _flat(pen, curve(outline, closed=True), colour)


def _flat(pen: ImageDraw.ImageDraw, outline: Outline, colour: str) -> None:
    pen.polygon([(x * SCALE, y * SCALE) for x, y in outline], colour)


def _line(pen: ImageDraw.ImageDraw, points: Outline, colour: str, width: float) -> None:
    scaled = [(x * SCALE, y * SCALE) for x, y in points]
    pen.line(scaled, colour, round(width * SCALE), joint="curve")


def _inked(colour: str, part: float) -> str:
    """The colour with so much ink in it; a line that lets through shows where it overlaps."""
    mixed = zip(ImageColor.getrgb(colour), ImageColor.getrgb(INK), strict=True)
    return "#{:02x}{:02x}{:02x}".format(*(round(a + (b - a) * part) for a, b in mixed))


def _dot(pen: ImageDraw.ImageDraw, at: Point, radius: float, colour: str) -> None:
    (x, y), r = at, radius
    pen.ellipse([(x - r) * SCALE, (y - r) * SCALE, (x + r) * SCALE, (y + r) * SCALE], colour)
