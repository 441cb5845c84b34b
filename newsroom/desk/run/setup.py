"""All set-up before the processes start; each part safe to repeat."""

import fcntl
import hashlib
import os
import socket
from importlib.metadata import version
from pathlib import Path
from typing import IO

from django.conf import settings
from django.core.management import CommandError, call_command


def hold_folder() -> IO[str]:
    """Take DATA_DIR for this run; the lock goes with the returned file.

    Raises CommandError if another run has it, or the path leaves no room for a socket.
    """
    longest = 100  # A Unix socket's name has room for 108 bytes (unix(7)).
    if len(str(settings.DATA_DIR).encode()) > longest:
        raise CommandError(f"DATA_DIR {settings.DATA_DIR} is longer than {longest} bytes.")
    lock = (settings.DATA_DIR / "run.lock").open("w")
    try:
        fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except OSError:
        raise CommandError(f"The site is already running from {settings.DATA_DIR}.") from None
    return lock


def check_port() -> None:
    """Raises CommandError if something listens on PORT already."""
    with socket.socket() as trial:
        trial.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            trial.bind(("127.0.0.1", settings.PORT))
            trial.listen()
        except OSError:
            raise CommandError(
                f"Port {settings.PORT} is in use. Stop what uses it, or: make run PORT=8001"
            ) from None


def migrate() -> None:
    """Bring the database to what the code expects."""
    call_command("migrate", verbosity=0, interactive=False)


def collect_assets() -> None:
    """Style sheets and scripts into DATA_DIR/static, unless what is there is of these sources."""
    stamp = settings.STATIC_ROOT / ".made-of"
    digest = _asset_digest()
    if stamp.exists() and stamp.read_text() == digest:
        return
    call_command("collectstatic", verbosity=0, interactive=False)
    stamp.write_text(digest)


def _asset_digest() -> str:
    """Of our own files and of the packages that bring some."""
    made_of = hashlib.sha256()
    for package in ("django", "django-prose-editor", "django-allauth"):
        made_of.update(f"{package} {version(package)}".encode())
    for file in _own_files(settings.BASE_DIR / "newsroom"):
        made_of.update(str(file).encode() + file.read_bytes())
    return made_of.hexdigest()


def _own_files(folder: Path) -> list[Path]:
    static = [path for path in (folder / "static").rglob("*") if path.is_file()]
    return sorted([*static, folder / "press" / "assets.py"])


def forget_dead_broker(path: Path) -> None:
    """Remove a socket that a killed broker left: nothing waits for it in vain."""
    path.unlink(missing_ok=True)


def wants_demo() -> bool:
    """DEMO=0 starts an empty title."""
    return os.environ.get("DEMO", "1") != "0"
