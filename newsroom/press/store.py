"""The files of the page store, and who may touch them when.

    DATA_DIR/pages/<release>-<generation>/2026/11/slug/_index.html  (.gz and .br beside it)
    DATA_DIR/pages/current -> <release>-<generation>

nginx and the front read through `current`, by path, so that every process on every machine
that shares the folder follows it in the moment it is renamed. Renderers write into the root
of their own release and of the generation they read in the database: of a deployment that is
on its way out, and of pages begun anew meanwhile, nothing is served.
"""

import fcntl
import logging
import os
import re
import secrets
import shutil
import time
from collections.abc import Iterable, Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from pathlib import Path
from zlib import crc32

from django.conf import settings

from newsroom.press.addresses import files_of
from newsroom.press.packing import SUFFIXES, Packed
from newsroom.press.release import release

ROOT = re.compile(r"([0-9a-f]{12})-([0-9]+)")
LOCKS = 4096  # Two paths that share one wait for each other now and then; no harm is done.
STEP = 0.005  # Seconds between two tries to get a lock.
PATIENCE = 2.0  # Seconds that a publisher waits for a renderer who holds the door.
GONE = (FileNotFoundError, NotADirectoryError)
logger = logging.getLogger(__name__)


def folder() -> Path:
    """Where the roots lie."""
    return Path(settings.PAGES_DIR)


def current() -> Path:
    """The link that readers' requests go through."""
    return folder() / "current"


def root_name(generation: int) -> str:
    """What this deployment calls the root of that generation."""
    return f"{release()}-{generation}"


def roots() -> list[Path]:
    """All roots there are, of whatever deployment."""
    with suppress(FileNotFoundError):
        return [path for path in folder().iterdir() if ROOT.fullmatch(path.name)]
    return []


# Files -------------------------------------------------------------------------------------


def write(generation: int, name: str, packed: dict[str, Packed]) -> None:
    """Put a page's three files in place, each by a rename; the plain one last.

    It is the one that nginx looks for, so that no reader finds a page without the others.
    """
    plain = folder() / root_name(generation) / name
    plain.parent.mkdir(parents=True, exist_ok=True)
    for encoding, suffix in SUFFIXES.items():
        _write_whole(plain.with_name(plain.name + suffix), packed[encoding])


def _write_whole(target: Path, packed: Packed) -> None:
    draft = target.with_name(f".{secrets.token_hex(8)}")
    try:
        draft.write_bytes(packed.body)
        os.utime(draft, (packed.mtime, packed.mtime))
        draft.replace(target)
    finally:
        draft.unlink(missing_ok=True)


def read(generation: int, path: str, encoding: str) -> tuple[str, Packed] | None:
    """The page's file name and its bytes in that encoding, if it is ready."""
    for name in files_of(path):
        file = folder() / root_name(generation) / f"{name}{SUFFIXES[encoding]}"
        with suppress(*GONE):
            return name, read_file(str(file), encoding)
    return None


def read_file(file: str, encoding: str) -> Packed:
    """One file of the store, its date read from the very file. Raises OSError."""
    with open(file, "rb") as opened:  # noqa: PTH123 - Of each page's first request.
        dated = os.fstat(opened.fileno())
        return Packed(encoding, opened.read(), int(dated.st_mtime))


def remove(paths: Iterable[str]) -> None:
    """Take these pages away from every root: the plain file first, which nginx looks for."""
    everywhere = [str(root) for root in roots()]
    for path in paths:
        for name in files_of(path):
            for root in everywhere:
                for suffix in ("", ".gz", ".br"):
                    with suppress(*GONE):
                        os.unlink(f"{root}/{name}{suffix}")  # noqa: PTH108 - Hundreds at a time.


# Roots -------------------------------------------------------------------------------------


def open_root(generation: int) -> None:
    """Serve this deployment's pages of that generation from now on."""
    _point_at(root_name(generation))


def follow_generation(generation: int) -> None:
    """Serve that generation, of the deployment that is being served: another may be newer."""
    served = ROOT.fullmatch(_served())
    _point_at(f"{served.group(1)}-{generation}" if served else root_name(generation))


def _served() -> str:
    try:
        return str(current().readlink())
    except OSError:
        return ""


def _point_at(name: str) -> None:
    if _served() == name:
        return
    folder().mkdir(parents=True, exist_ok=True)
    draft = folder() / f".{secrets.token_hex(8)}"
    draft.symlink_to(name)
    draft.replace(current())


def close() -> None:
    """Serve nothing from the store until a root is opened."""
    current().unlink(missing_ok=True)


def remove_old_roots() -> int:
    """Delete every root that is not served; how many there were.

    Each is renamed first, so that whoever still writes there finds no folder.
    """
    old = [root for root in roots() if root.name != _served()]
    for root in old:
        with suppress(FileNotFoundError):  # Another process was first.
            root.rename(root.with_name(f".gone-{secrets.token_hex(8)}"))
    for gone in folder().glob(".gone-*"):
        shutil.rmtree(gone, ignore_errors=True)  # Again at the next sweep.
    return len(old)


# Locks -------------------------------------------------------------------------------------


@dataclass(frozen=True)
class Turn:
    """What came of waiting: whether the lock is held, and whether another held it before."""

    held: bool
    waited: bool


@contextmanager
def turn_for(path: str, seconds: float) -> Iterator[Turn]:
    """One renderer per page at a time. The kernel frees a killed process's lock (flock(2))."""
    name = f"{crc32(path.encode()) % LOCKS:03x}"
    with _lock(folder() / ".locks" / name, seconds) as turn:
        yield turn


@contextmanager
def door(seconds: float = PATIENCE) -> Iterator[Turn]:
    """Held by a renderer while it looks whether the page has changed and puts its files in
    place, and by a publisher while it removes them: neither happens in the midst of the other.

    Nobody waits for the database behind it, and nobody waits long: a frozen process must not
    stop the newsroom.
    """
    with _lock(folder() / ".door", seconds) as turn:
        yield turn


@contextmanager
def _lock(file: Path, seconds: float) -> Iterator[Turn]:
    file.parent.mkdir(parents=True, exist_ok=True)
    with file.open("wb") as opened:
        held, waited, until = _take(opened.fileno()), False, time.monotonic() + seconds
        while not held and time.monotonic() < until:
            waited = True
            time.sleep(STEP)
            held = _take(opened.fileno())
        yield Turn(held, waited)


def _take(descriptor: int) -> bool:
    try:
        fcntl.flock(descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except BlockingIOError:
        return False
    return True
