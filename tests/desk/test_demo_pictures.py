"""The pictures of the demo, drawn by our own code."""

import io
import math
from collections.abc import Sequence

import pytest
from PIL import Image

from newsroom.desk.demo import texts
from newsroom.desk.demo.pictures import (
    UnknownPictureError,
    draw,
    maps,
    names,
    orbat,
    rings,
    strait,
)
from newsroom.desk.demo.pictures.canvas import Point, curve
from newsroom.desk.demo.pictures.portraits import PEOPLE, portrait


def area_of(corners: Sequence[Point]) -> float:
    """Square kilometres inside a closed line."""
    following = [*corners[1:], corners[0]]
    return abs(sum(a[0] * b[1] - b[0] * a[1] for a, b in zip(corners, following, strict=True))) / 2


@pytest.mark.parametrize("name", names())
def test_a_picture_is_a_small_jpeg_of_the_right_size(name: str) -> None:
    content = draw(name)

    picture = Image.open(io.BytesIO(content))
    assert (picture.format, picture.size) == ("JPEG", (1600, 1000))
    assert len(content) < 400_000


def test_no_two_pictures_are_the_same() -> None:
    contents = [draw(name) for name in names()]

    assert len(contents) == len(set(contents)) == 22


@pytest.mark.parametrize("name", ["tarsun-border-hills", "halden-airfield"])
def test_a_picture_is_drawn_the_same_each_time(name: str) -> None:
    assert draw(name) == draw(name)


@pytest.mark.parametrize("slug", PEOPLE)
def test_a_portrait_is_a_small_square_jpeg_drawn_the_same_each_time(slug: str) -> None:
    content = portrait(slug)

    picture = Image.open(io.BytesIO(content))
    assert (picture.format, picture.size) == ("JPEG", (640, 640))
    assert len(content) < 60_000
    assert portrait(slug) == content


def test_every_author_has_a_portrait_and_no_two_look_alike() -> None:
    slugs = {row["slug"] for row in texts.read_world()["authors"]}

    assert slugs == set(PEOPLE)
    assert len({portrait(slug) for slug in slugs}) == len({p.said for p in PEOPLE.values()}) == 6


def test_an_unknown_picture_is_refused() -> None:
    with pytest.raises(UnknownPictureError):
        draw("nothing")


def test_the_water_both_claim_is_as_large_as_the_stories_say() -> None:
    assert area_of(curve(strait.SHELF)) == pytest.approx(1340, rel=0.05)


def test_the_exercise_area_is_as_large_as_the_stories_say() -> None:
    assert area_of(maps.AREA) == pytest.approx(2150, rel=0.01)


def test_the_firing_area_ends_three_kilometres_from_the_frontier() -> None:
    (west, _), (east, _), south_east, south_west = maps.RANGE
    slope = (south_east[1] - south_west[1]) / (east - west)

    gaps = [
        maps.crest(x / 10) - (south_west[1] + (x / 10 - west) * slope)
        for x in range(round(west * 10), round(east * 10))
    ]

    assert min(gaps) == pytest.approx(3, abs=0.1)


def test_the_gap_in_the_air_defence_is_34_kilometres() -> None:
    gap = math.dist(rings.LONG_ARM[0], rings.MIDDLE_ARM[0]) - 70 - 22

    assert gap == pytest.approx(34, abs=0.5)


def test_a_radar_sees_as_far_as_its_height_allows() -> None:
    for _at, reach, _turn, label in rings.STATIONS:
        height = int(label.split()[1])
        assert reach == pytest.approx(4.1 * (math.sqrt(height) + math.sqrt(20)), abs=0.6)


def test_the_brigade_adds_up() -> None:
    strengths = [int(box.line.split()[0]) for box in (*orbat.BATTALIONS, *orbat.COMPANIES)]

    assert sum(strengths) + orbat.STAFF == 2850
