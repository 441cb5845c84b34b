"""The title's own sign, from whatever picture it came as."""

import io

from PIL import Image

from articles.pictures.reading import LIGHT, open_picture, transparent
from articles.pictures.refusals import Refusal, RefusedError

WIDEST = 600  # Pixels of the longer side.


def logo_png(content: bytes) -> bytes:
    """A PNG of at most 600 pixels, transparent where the picture was, without metadata.

    Raises RefusedError if it cannot be read as a picture.
    """
    original = open_picture(content)
    if original.width * original.height > LIGHT:  # It is read here, while others wait.
        raise RefusedError(Refusal.TOO_LARGE_A_SIGN)
    picture = transparent(original)
    picture.thumbnail((WIDEST, WIDEST), Image.Resampling.LANCZOS)
    picture.info.clear()
    out = io.BytesIO()
    picture.save(out, "PNG", optimize=True)
    return out.getvalue()
