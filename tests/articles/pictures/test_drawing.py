"""Cards drawn for stories without a photo, in whatever script the headline is."""

from collections.abc import Iterator

import pytest

from articles.pictures import drawing
from articles.pictures.drawing import draw_card, face_for, has_face, wrapped
from articles.pictures.making import CARD_WEIGHT
from tests.articles.pictures.files import opened

HEADLINES = [
    "Hull seven is late", "Łódź: «Леопард»", "坦克部隊在邊境地區進行大規模演習", "القوات البحرية تعلن عن مناورات",
    "भारतीय नौसेना ने नया युद्धपोत शामिल किया", "🚢" * 5, "x" * 200, "Very long " * 20, "",
]  # fmt: skip


@pytest.mark.parametrize("headline", HEADLINES)
def test_a_card_is_of_one_size_and_light(headline: str) -> None:
    made = draw_card(name="The Watch", above="Sea", headline=headline)

    picture = opened(made.content)
    assert (picture.format, picture.size) == ("JPEG", (1200, 630))
    assert len(made.content) < CARD_WEIGHT


@pytest.fixture
def only_pillows_own(monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    """A machine without a typeface."""
    drawing._covering.cache_clear()
    monkeypatch.setattr(drawing, "_files", lambda: [""])
    yield
    drawing._covering.cache_clear()


@pytest.mark.usefixtures("only_pillows_own")
def test_what_no_typeface_has_is_never_drawn_as_boxes() -> None:
    assert has_face("Hull seven is late")
    assert not has_face("坦克部隊")
    assert not has_face("Fregatten 坦")

    unwritable = draw_card(name="The Watch", above="Sea", headline="坦克部隊")

    assert unwritable.content == draw_card(name="The Watch", above="Sea", headline="").content


@pytest.mark.usefixtures("only_pillows_own")
def test_signs_that_a_headline_can_spare_do_not_cost_it() -> None:
    with_ship = draw_card(name="The Watch", above="Sea", headline="A new frigate 🚢")

    assert (
        with_ship.content
        == draw_card(name="The Watch", above="Sea", headline="A new frigate").content
    )


def test_lines_are_no_wider_than_the_room() -> None:
    face = face_for("frigates", 60)
    assert face is not None

    for words in ("Four more frigates are ordered at once", "Schiff" * 30):
        lines = wrapped(words, face, 400)
        assert all(face.getlength(line) <= 400 for line in lines)
        assert "".join(lines).replace(" ", "") == words.replace(" ", "")


def test_a_card_says_nothing_of_the_machine_that_drew_it() -> None:
    made = draw_card(name="The Watch", above="Sea", headline="Hull seven is late")

    assert not set(opened(made.content).info) & {"exif", "xmp", "icc_profile", "photoshop"}
