"""The title's icons, and the manifest that names them (W3C Web Application Manifest)."""

import json
from pathlib import Path

from django.contrib.staticfiles import finders
from django.templatetags.static import static
from django.urls import reverse

from newsroom.kit.models import Site

INK, PAPER = "#14202b", "#fdfcfa"  # As favicon.svg and tokens.css have them.
SIZES = (192, 512)


def icon(name: str) -> bytes:
    """The bytes of one of our own drawings. Raises FileNotFoundError for another name."""
    found = finders.find(f"newsroom/img/{name}")
    if not isinstance(found, str):
        raise FileNotFoundError(name)
    return Path(found).read_bytes()


def manifest() -> str:
    """What a telephone shows where the title is put on its home screen."""
    site = Site.current()
    said = {
        "name": site.name,
        "short_name": site.name,
        "description": site.tagline,
        "start_url": reverse("articles:front"),
        "display": "browser",
        "background_color": PAPER,
        "theme_color": PAPER,
        "icons": [_icon(size, purpose) for size in SIZES for purpose in ("any", "maskable")],
    }
    return json.dumps({name: value for name, value in said.items() if value}, indent=1)


def _icon(size: int, purpose: str) -> dict[str, str]:
    return {
        "src": static(f"newsroom/img/icon-{size}.png"),
        "sizes": f"{size}x{size}",
        "type": "image/png",
        "purpose": purpose,
    }
