"""The pictures of the demo, drawn by our own code."""

import io

import pytest
from PIL import Image

from newsroom.desk.demo.pictures import UnknownPictureError, draw, names


@pytest.mark.parametrize("name", names())
def test_a_picture_is_a_small_jpeg_of_the_right_size(name: str) -> None:
    content = draw(name)

    picture = Image.open(io.BytesIO(content))
    assert (picture.format, picture.size) == ("JPEG", (1600, 1000))
    assert len(content) < 400_000


def test_a_picture_is_drawn_the_same_each_time() -> None:
    assert draw("tarsun-border-hills") == draw("tarsun-border-hills")


def test_an_unknown_picture_is_refused() -> None:
    with pytest.raises(UnknownPictureError):
        draw("nothing")
