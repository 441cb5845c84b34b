"""The words of a list mailing as bytes, made once for all: a copy is joined, not built.

Building a message costs milliseconds, most of it the folding of heads and the encoding of
parts. Here it is built once with markers where each copy differs, by the same code that
builds a single one (`messages.compose`), and cut at the markers. A marker is as long as the
real value and of the same signs, so every line breaks where it would; a copy differs from
what building would give in its MIME boundary alone. What cannot be cut surely is built.
"""

import re
import secrets
from collections.abc import Iterator
from dataclasses import asdict
from datetime import datetime
from email.utils import format_datetime
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
DOT_FIRST = re.compile(rb"^\.", re.MULTILINE)
PLAIN = re.compile(r"[\w+-]+(?:\.[\w+-]+)*@[a-z\d-]+(?:\.[a-z\d-]+)+", re.ASCII | re.IGNORECASE)
LINE = 78  # Signs of a head that is surely not folded (RFC 5322, section 2.1.1).


class Prepared:
    """The bytes of one rendering, cut where copies differ."""

    def __init__(self) -> None:
        self._parts: list[bytes] = []
        self._holes: list[tuple[int, str, int, int | None]] = []
        self.names: set[str] = set()

    def add(self, content: bytes) -> None:
        """Bytes that are the same in all copies."""
        self._parts.append(content)

    def add_hole(self, name: str, begin: int, end: int | None) -> None:
        """Signs of the value of this name, from `begin` on and before `end`."""
        self._holes.append((len(self._parts), name, begin, end))
        self._parts.append(b"")
        self.names.add(name)

    def join(self, values: dict[str, bytes]) -> bytes:
        """The copy with these values, a name of `Own` each; as SMTP wants it, dots doubled."""
        parts = self._parts.copy()
        for index, name, begin, end in self._holes:
            parts[index] = values[name][begin:end]
        return b"".join(parts)


def for_smtp(message: Message) -> bytes:
    """The message in RFC 5322 form, a dot that begins a line doubled (RFC 5321, 4.5.2)."""
    return DOT_FIRST.sub(b"..", as_sent(message.message()))


def prepare(parts: dict[str, Any], mailing: Mailing, site: Site) -> Prepared | None:
    """Cut the words of a list mailing; None if a marker does not stand where it must.

    So with parts in base64, or with heads of their own in place of ours.
    """
    markers = _markers()
    content = for_smtp(compose(parts, mailing, markers, site))
    values = {name: value.encode() for name, value in asdict(markers).items()}
    values["to"] = to_line(markers.to)
    found = sorted(
        (match.start(), match.group(), name)
        for name, value in values.items()
        for match in _pattern(value).finditer(content)
    )
    seen = [name for _start, _text, name in found]
    if {name: seen.count(name) for name in values} != _wanted(parts):
        return None
    prepared = _cut(content, found)
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


def _cut(content: bytes, found: list[tuple[int, bytes, str]]) -> Prepared:
    prepared, at = Prepared(), 0
    for start, text, name in found:
        prepared.add(content[at:start])
        for begin, end in _runs(text):
            if begin:
                prepared.add(SOFT_BREAK)
            prepared.add_hole(name, begin, end)
        at = start + len(text)
    prepared.add(content[at:])
    return prepared


def _runs(text: bytes) -> Iterator[tuple[int, int | None]]:
    """Which signs of the value stand together; the last run goes to its end, however long."""
    *cut, _last = text.split(SOFT_BREAK)
    begin = 0
    for run in cut:
        yield begin, begin + len(run)
        begin += len(run)
    yield begin, None
