"""The title's own sign, from whatever picture it came as."""

import io

from PIL import Image

from articles.pictures.reading import open_picture, transparent

WIDEST = 600  # Pixels of the longer side.


def logo_png(content: bytes) -> bytes:
    """A PNG of at most 600 pixels, transparent where the picture was, without metadata.

    Raises RefusedError if it cannot be read as a picture.
    """
    picture = transparent(open_picture(content))
    picture.thumbnail((WIDEST, WIDEST), Image.Resampling.LANCZOS)
    picture.info.clear()
    out = io.BytesIO()
    picture.save(out, "PNG", optimize=True)
    return out.getvalue()
