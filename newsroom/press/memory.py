"""What a process remembers of the store's files: each is looked at, by one stat, before use."""

import os
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


@dataclass(frozen=True, slots=True)
class Kept:
    """A file's bytes and what they are answered with."""

    file: str
    mtime_ns: int
    tag: str
    body: bytes
    headers: Headers
    headers_304: Headers


class Memory:
    """The store's files by address and encoding, as many as there is room for.

    A file's date is a hash of its bytes, so one that has the remembered date and size holds
    the remembered bytes. One that is gone is forgotten and not served.
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
        if kept is not None:
            try:
                seen = os.stat(kept.file)  # noqa: PTH116 - The one call of each request.
            except OSError:
                self._forget(key)
                return None
            if seen.st_mtime_ns == kept.mtime_ns and seen.st_size == len(kept.body):
                return kept
        return self._read(key)

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
