"""A page's bytes in each encoding, and the rules of HTTP for choosing and comparing them."""

import gzip
import hashlib
import re
from collections.abc import Iterable
from dataclasses import dataclass

import brotli

SUFFIXES = {"br": ".br", "gzip": ".gz", "": ""}  # By preference where a client likes all alike.
BROTLI_QUALITY = 5  # 0.65 ms a page; 11 would cost 32 ms.
TAG = re.compile(r'(?:W/)?"([^"]*)"')
STEP = re.compile(r"\s*([^\s;,]+)\s*(?:;\s*q\s*=\s*([0-9.]+|[^,;]*))?[^,]*")
LEAST = 0.001  # Of an encoding that nobody named: after any that was.


@dataclass(frozen=True, slots=True)
class Packed:
    """The bytes of one encoding ("br", "gzip" or "" for none) and the seconds that their file
    is dated with, by `date_of`."""

    encoding: str
    body: bytes
    mtime: int

    @property
    def etag(self) -> str:
        return etag(self.mtime, len(self.body))


def etag(mtime: int, size: int) -> str:
    """An entity tag as nginx forms it of a file's date and size; here both are of its content."""
    return f'"{mtime:x}-{size:x}"'


def pack(content: bytes) -> dict[str, Packed]:
    """The content in each encoding, by its name. The same content gives the same bytes."""
    bodies = {
        "br": brotli.compress(content, quality=BROTLI_QUALITY),
        "gzip": gzip.compress(content, 9, mtime=0),
        "": content,
    }
    return {name: Packed(name, body, date_of(body)) for name, body in bodies.items()}


def date_of(body: bytes) -> int:
    """The seconds that a file of these bytes is dated with: the first 31 bits of their SHA-256."""
    return int.from_bytes(hashlib.sha256(body).digest()[:4]) >> 1


def best_encoding(accepted: str, offered: Iterable[str] = tuple(SUFFIXES)) -> str:
    """Which of the offered encodings an Accept-Encoding header likes best (RFC 9110, 12.5.3).

    Where it likes several alike, the first one offered. Plain bytes are sent where it likes
    none: better a page than a 406.
    """
    liked = _weights(accepted)
    best, weight = "", 0.0
    for encoding in offered:
        given = _weight_of(encoding, liked)
        if given > weight:
            best, weight = encoding, given
    return best


def _weight_of(encoding: str, liked: dict[str, float]) -> float:
    if encoding:
        return liked.get(encoding, liked.get("*", 0.0))
    return liked.get("identity", LEAST if liked.get("*") != 0 else 0.0)


def _weights(accepted: str) -> dict[str, float]:
    return {
        name.lower(): _weight(weight)
        for name, weight in STEP.findall(accepted.replace("x-gzip", "gzip"))
    }


def _weight(text: str) -> float:
    if not text:
        return 1.0
    try:
        return min(float(text), 1.0)
    except ValueError:
        return 0.0


def is_match(tag: str, if_none_match: str) -> bool:
    """Whether an If-None-Match header names this entity tag (RFC 9110, 13.1.2: weakly)."""
    if not if_none_match:
        return False
    if if_none_match in {tag, "*"}:
        return True
    return tag.strip('"') in TAG.findall(if_none_match)
