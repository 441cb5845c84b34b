"""What this deployment is called in the store: pages of another one may look otherwise."""

import hashlib
from collections.abc import Iterator
from functools import cache
from importlib.metadata import version
from pathlib import Path

from django.conf import settings

ROOMS = ("newsroom", "articles", "comments", "subscriptions", "templates", "requirements")
ENDINGS = {".py", ".html", ".txt", ".toml", ".mo", ".css", ".js", ".svg"}
LIBRARIES = ("django", "nh3", "brotli", "django-allauth")
SHOWN = ("SITE_URL", "TIME_ZONE", "LANGUAGE_CODE", "MAIL_STAYS_HERE", "SECURE_CSP")


@cache
def release() -> str:
    """Twelve characters that change with our sources, the libraries, the assets and what the
    environment says on pages; the same on every machine of one deployment."""
    made_of = hashlib.sha256()
    for part in _parts():
        made_of.update(len(part).to_bytes(8) + part)
    return made_of.hexdigest()[:12]


def _parts() -> Iterator[bytes]:
    for name in LIBRARIES:
        yield f"{name} {version(name)}".encode()
    for name in SHOWN:
        yield f"{name} {getattr(settings, name)}".encode()
    manifest = Path(settings.STATIC_ROOT) / "staticfiles.json"
    yield manifest.read_bytes() if manifest.exists() else b""
    for file in _sources():
        yield str(file.relative_to(settings.BASE_DIR)).encode()
        yield file.read_bytes()


def _sources() -> list[Path]:
    found = (file for room in ROOMS for file in (settings.BASE_DIR / room).rglob("*"))
    return sorted(file for file in found if file.suffix in ENDINGS and file.is_file())
