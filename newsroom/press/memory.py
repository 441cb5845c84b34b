"""What a process remembers of the store's files: looked at by a stat, at most LOOK before use."""

import os
import time
from dataclasses import dataclass
from threading import Lock

from newsroom.press.addresses import files_of
from newsroom.press.headers import Headers, cache_headers, page_headers
from newsroom.press.packing import SUFFIXES, best_encoding
from newsroom.press.store import read_file

ROOM = 64 * 1024 * 1024  # Bytes of pages in one process.
LARGEST = 1024 * 1024  # Bytes of a page that is remembered; a larger one is read each time.
MANY = 256  # Accept-Encoding headers remembered; browsers send about ten.
NANO = 1_000_000_000
LOOK = 0.001  # Seconds that one look at a file holds; an answer is longer than that on its way.


@dataclass(slots=True)
class Kept:
    """A file's bytes, what they are answered with, and when the file was last looked at."""

    file: str
    mtime_ns: int
    tag: str
    body: bytes
    headers: Headers
    headers_304: Headers
    looked_at: float  # By the monotonic clock.


class Memory:
    """The store's files by address and encoding, as many as there is room for.

    A file's date is a hash of its bytes, so one that has the remembered date and size holds
    the remembered bytes. One that is gone is forgotten and not served.

    The look gives up the interpreter, and getting it back from the other threads costs more
    than the look: under load, requests that come within a millisecond share one.
    """

    def __init__(self, folder: str, extra: Headers, room: int = ROOM) -> None:
        self.folder = folder
        self.extra = extra
        self.room = room
        self.used = 0
        self._kept: dict[tuple[str, str], Kept] = {}
        self._encodings: dict[str, str] = {}
        self._lock = Lock()

    def find(self, path: str, accepted: str) -> Kept | None:
        """The page as it is stored at this moment, in the encoding that is liked best."""
        encoding = self._encodings.get(accepted)
        if encoding is None:
            encoding = self._choose(accepted)
        key = (path, encoding)
        kept = self._kept.get(key)
        if kept is None:
            return self._read(key)
        now = time.monotonic()
        if now - kept.looked_at < LOOK:
            return kept
        try:
            seen = os.stat(kept.file)  # noqa: PTH116 - Of nearly each request.
        except OSError:
            self._forget(key)
            return None
        if seen.st_mtime_ns != kept.mtime_ns or seen.st_size != len(kept.body):
            return self._read(key)
        kept.looked_at = now
        return kept

    def _choose(self, accepted: str) -> str:
        encoding = best_encoding(accepted)
        if len(self._encodings) < MANY:
            self._encodings[accepted] = encoding
        return encoding

    def _read(self, key: tuple[str, str]) -> Kept | None:
        path, encoding = key
        self._forget(key)
        for name in files_of(path):
            file = f"{self.folder}/{name}{SUFFIXES[encoding]}"
            now = time.monotonic()
            try:
                packed = read_file(file, encoding)
            except OSError:  # Not stored, or a name that this disk cannot have.
                continue
            kept = Kept(
                file,
                packed.mtime * NANO,
                packed.etag,
                packed.body,
                [*page_headers(name, packed), *self.extra],
                [*cache_headers(packed.etag), *self.extra],
                now,
            )
            self._keep(key, kept)
            return kept
        return None

    def _keep(self, key: tuple[str, str], kept: Kept) -> None:
        if len(kept.body) > min(LARGEST, self.room):
            return
        with self._lock:
            while self._kept and self.used + len(kept.body) > self.room:
                self._drop(next(iter(self._kept)))
            self._drop(key)
            self._kept[key] = kept
            self.used += len(kept.body)

    def _forget(self, key: tuple[str, str]) -> None:
        with self._lock:
            self._drop(key)

    def _drop(self, key: tuple[str, str]) -> None:
        dropped = self._kept.pop(key, None)
        if dropped is not None:
            self.used -= len(dropped.body)
