"""The words of a list mailing as bytes, made once for all: a copy is joined, not built.

Building a message costs milliseconds, most of it the folding of heads and the encoding of
parts. Here it is built once with markers where each copy differs, by the same code that
builds a single one (`messages.compose`), and cut at the markers. A marker is as long as the
real value and of the same signs, so every line breaks where it would; a copy differs from
what building would give in its MIME boundary alone. What cannot be cut surely is built.

In base64 three bytes are four signs, so a value of known length at a known place changes
those signs alone that stand for it and for up to two bytes before and behind it.
"""

import binascii
import re
import secrets
from base64 import b64decode, b64encode
from collections.abc import Iterator
from dataclasses import asdict, dataclass
from datetime import datetime
from email.utils import format_datetime
from itertools import pairwise
from typing import Any

from newsroom.kit.models import Site
from newsroom.mail.messages import (
    PREFERENCES,
    UNSUBSCRIBE,
    Message,
    Own,
    as_sent,
    compose,
    from_address,
)
from newsroom.mail.models import Mailing
from newsroom.mail.tokens import LENGTH, SIGNS

MOMENT = datetime.fromisoformat("2001-02-03T04:05:06+00:00")  # Written as long as any other.
SOFT_BREAK = b"=\r\n"  # Between any two signs of quoted-printable (RFC 2045, section 6.7).
BASE64 = re.compile(
    rb"^Content-Transfer-Encoding: base64\r\n(?:[!-~ \t].*\r\n)*\r\n((?:[A-Za-z\d+/=]+\r\n)+)",
    re.MULTILINE,
)
DOT_FIRST = re.compile(rb"^\.", re.MULTILINE)
PLAIN = re.compile(r"[\w+-]+(?:\.[\w+-]+)*@[a-z\d-]+(?:\.[a-z\d-]+)+", re.ASCII | re.IGNORECASE)
LINE = 78  # Signs of a head that is surely not folded (RFC 5322, section 2.1.1).


@dataclass(frozen=True, slots=True)
class Encoded:
    """A value in base64: what is encoded with it, and the places between which lines stand."""

    before: bytes
    behind: bytes
    lines: tuple[tuple[int, int], ...]

    def of(self, value: bytes) -> bytes:
        signs = b64encode(self.before + value + self.behind)
        return b"\r\n".join([signs[begin:end] for begin, end in self.lines])


@dataclass(frozen=True, slots=True)
class Place:
    """Where the value of this name stands, in quoted-printable or as it is, or encoded."""

    begin: int
    end: int
    name: str
    encoded: Encoded | None = None


class Prepared:
    """The bytes of one rendering, cut where copies differ."""

    def __init__(self) -> None:
        self._parts: list[bytes] = []
        self._holes: list[tuple[int, str, int, int | None]] = []
        self._encoded: list[tuple[int, str, Encoded]] = []
        self.names: set[str] = set()

    def add(self, content: bytes) -> None:
        """Bytes that are the same in all copies."""
        self._parts.append(content)

    def add_hole(self, name: str, begin: int, end: int | None) -> None:
        """Signs of the value of this name, from `begin` on and before `end`."""
        self._holes.append((len(self._parts), name, begin, end))
        self._parts.append(b"")
        self.names.add(name)

    def add_encoded(self, name: str, how: Encoded) -> None:
        """The whole value of this name in base64."""
        self._encoded.append((len(self._parts), name, how))
        self._parts.append(b"")
        self.names.add(name)

    def join(self, values: dict[str, bytes]) -> bytes:
        """The copy with these values, a name of `Own` each; as SMTP wants it, dots doubled."""
        parts = self._parts.copy()
        for index, name, begin, end in self._holes:
            parts[index] = values[name][begin:end]
        for index, name, how in self._encoded:
            parts[index] = how.of(values[name])
        return b"".join(parts)


def for_smtp(message: Message) -> bytes:
    """The message in RFC 5322 form, a dot that begins a line doubled (RFC 5321, 4.5.2)."""
    return DOT_FIRST.sub(b"..", as_sent(message.message()))


def prepare(parts: dict[str, Any], mailing: Mailing, site: Site) -> Prepared | None:
    """Cut the words of a list mailing; None if a marker does not stand where it must.

    So with heads of their own in place of ours.
    """
    markers = _markers()
    content = for_smtp(compose(parts, mailing, markers, site))
    values = {name: value.encode() for name, value in asdict(markers).items()}
    values["to"] = to_line(markers.to)
    found = [
        Place(match.start(), match.end(), name)
        for name, value in values.items()
        for match in _pattern(value).finditer(content)
    ]
    found += [place for block in BASE64.finditer(content) for place in _encoded(block, values)]
    seen = [place.name for place in found]
    if {name: seen.count(name) for name in values} != _wanted(parts):
        return None
    prepared = _cut(content, sorted(found, key=lambda place: place.begin))
    return prepared if prepared.join(values) == content else None


def to_line(mailbox: str) -> bytes:
    """The head `To` with this one address, as Django and Python write it, with its line end."""
    if PLAIN.fullmatch(mailbox) and len(mailbox) + len("To: ") <= LINE:
        return f"To: {mailbox}\r\n".encode()
    written = as_sent(Message(to=[mailbox], from_email=from_address()).message())
    found = re.search(rb"^To:.*\r\n(?:[ \t].*\r\n)*", written, re.MULTILINE)
    if found is None:
        raise ValueError(mailbox)
    return found.group()


def _markers() -> Own:
    """Values as long as the real ones, of the same signs, that stand in no text by chance."""
    tokens = ["".join(secrets.choice(SIGNS) for _ in range(LENGTH)) for _ in range(4)]
    reader = f"{tokens[3]}@example.org"
    return Own(reader, tokens[0], format_datetime(MOMENT), tokens[1], tokens[2])


def _pattern(value: bytes) -> re.Pattern[bytes]:
    """The value, also where soft line breaks cut it."""
    signs = [re.escape(value[i : i + 1]) for i in range(len(value))]
    return re.compile(b"(?:%s)?".replace(b"%s", SOFT_BREAK).join(signs))


def _wanted(parts: dict[str, Any]) -> dict[str, int]:
    """How often each value stands in a copy: one head each, and the links of both parts."""
    words = f"{parts['text']}{parts['html']}"
    leave, choose = words.count(UNSUBSCRIBE), words.count(PREFERENCES)
    once = dict.fromkeys(("to", "message_id", "date"), 1)
    return once | {"unsubscribe": leave + 1, "preferences": choose}


def _encoded(block: re.Match[bytes], values: dict[str, bytes]) -> Iterator[Place]:
    """Where the values stand in a part in base64, whose lines are all as long as the first."""
    signs, at = block.group(1), block.start(1)
    try:
        length, raw = signs.index(b"\r\n"), b64decode(signs)
    except binascii.Error:
        return  # A story that shows how a message is written.
    for name, value in values.items():
        for match in re.finditer(re.escape(value), raw):
            begin, end = match.start() // 3 * 3, -(-match.end() // 3) * 3
            before, behind = raw[begin : match.start()], raw[match.end() : end]
            first = begin // 3 * 4
            last = first + len(b64encode(raw[begin:end]))
            edges = [first, *range(first // length * length + length, last, length), last]
            lines = tuple((a - first, b - first) for a, b in pairwise(edges))
            yield Place(
                at + first + first // length * 2,
                at + last + (last - 1) // length * 2,
                name,
                Encoded(before, behind, lines),
            )


def _cut(content: bytes, found: list[Place]) -> Prepared:
    prepared, at = Prepared(), 0
    for place in found:
        prepared.add(content[at : place.begin])
        if place.encoded:
            prepared.add_encoded(place.name, place.encoded)
        else:
            _add_runs(prepared, place.name, content[place.begin : place.end])
        at = place.end
    prepared.add(content[at:])
    return prepared


def _add_runs(prepared: Prepared, name: str, text: bytes) -> None:
    for begin, end in _runs(text):
        if begin:
            prepared.add(SOFT_BREAK)
        prepared.add_hole(name, begin, end)


def _runs(text: bytes) -> Iterator[tuple[int, int | None]]:
    """Which signs of the value stand together; the last run goes to its end, however long."""
    *cut, _last = text.split(SOFT_BREAK)
    begin = 0
    for run in cut:
        yield begin, begin + len(run)
        begin += len(run)
    yield begin, None
