"""A message that came back, taken apart: what a mail server says in it, and of which message."""

import email
import re
from collections.abc import Iterator
from dataclasses import dataclass, field
from email.message import Message
from email.parser import BytesHeaderParser
from email.utils import getaddresses

Fields = dict[str, str]

RECIPIENT_FIELDS = {"final-recipient", "action", "status"}
RETURNED = {"message/rfc822", "text/rfc822-headers", "text/rfc822-header"}
ACTION = re.compile(r"(?:failed|delayed|delivered|relayed|expanded)\b", re.IGNORECASE)  # 2.3.3.
STATUS = re.compile(r"[245]\.\d{1,3}\.\d{1,3}\b")
MOST_WORDS = 20_000  # Characters of explanation that are read.
MOST_PARTS = 200
MOST_FIELD = 2_000  # Characters of one field of a head or a report.
# An address among words, tried only where a word begins: anything may come, of any length.
SIGN = r"[^\s<>()\[\]\"',;:]"
ANY_ADDRESS = rf"(?<!{SIGN}){SIGN}+@{SIGN}+"
# Where the copy of the original begins in notices that have no parts (qmail, Exim, sendmail
# before 8.8 and many others): a line that announces it, or the first line of its head.
ORIGINAL = re.compile(
    r"^[ \t>]*(?:-{2,} *(?:below this line|this is a copy|the (?:body|header)|original message"
    r"|unsent message|returned message|message headers?)|(?:original )?message (?:headers )?follows?"
    r"|message headers follow|(?:return-path|received|x-originating-ip):[ \t])",
    re.IGNORECASE | re.MULTILINE,
)
SPACES = re.compile(r"[\s\0]+")  # A NUL is nothing that PostgreSQL can keep.


@dataclass(frozen=True)
class Received:
    """One message as it came in.

    `explanation` is what it says in words before any copy of the original. `reports` holds
    the fields of each delivery-status block (RFC 3464), `feedback` those of an abuse report
    (RFC 5965), names in lower case. `returned` is what is left of the original: its head.
    """

    head: Message
    explanation: str = ""
    reports: tuple[Fields, ...] = ()
    feedback: Fields = field(default_factory=dict)
    returned: str = ""

    def header(self, name: str) -> str:
        """One header on one line, however broken or long it is; "" if there is none."""
        return one_line(str(self.head.get(name, "")))[:MOST_FIELD]

    @property
    def is_report(self) -> bool:
        """Whether it is made as a delivery status notification, readable or not."""
        kind = str(self.head.get_content_type())
        says = str(self.head.get("Content-Type", "")).lower()
        return bool(self.reports) or (kind == "multipart/report" and "delivery-status" in says)


def take_apart(raw: bytes) -> Received:
    """Read a message of any quality. Never raises: mail that nobody can read has no words."""
    message = _parse(raw)
    words: list[str] = []
    returned: list[str] = []
    reports: list[Fields] = []
    feedback: Fields = {}
    for part in _parts(message):
        kind = part.get_content_type()
        if kind == "message/delivery-status":
            reports += _blocks(part)
        elif kind == "message/feedback-report":
            feedback |= _feedback(part)
        elif kind in RETURNED:
            returned.append(_head_of(part))
        elif kind.startswith("text/"):
            before, copy = _before_original(_text(part))
            words.append(before)
            returned.append(copy)
    explanation = "\n".join(words)[:MOST_WORDS]
    reports = reports or _reports_in(explanation)
    return Received(message, explanation, tuple(reports), feedback, "\n".join(returned))


def _parse(raw: bytes) -> Message:
    try:
        return email.message_from_bytes(raw)
    except RecursionError:  # Parts in parts in parts: its head is all that is wanted of it.
        return BytesHeaderParser().parsebytes(raw, headersonly=True)


def one_line(text: str) -> str:
    return SPACES.sub(" ", text).strip()


def addresses_in(*values: str) -> set[str]:
    """The e-mail addresses in these fields, in lower case, with or without a type before them."""
    bare = [value.rpartition(";")[2] for value in values]
    found = (address.strip().strip("<>").lower() for _name, address in getaddresses(bare))
    return {address for address in found if "@" in address}


def _parts(message: Message) -> Iterator[Message]:
    """Parts in order, not going into a returned message, whose own text is no explanation."""
    seen = 0
    waiting = [message]
    while waiting and seen < MOST_PARTS:
        part = waiting.pop(0)
        seen += 1
        if part.get_content_maintype() == "multipart" and part.is_multipart():
            waiting[:0] = _children(part)
        else:
            yield part


def _children(part: Message) -> list[Message]:
    payload = part.get_payload()
    return (
        [child for child in payload if isinstance(child, Message)]
        if isinstance(payload, list)
        else []
    )


def _text(part: Message) -> str:
    """A part's words; bytes that are not in the charset it names are read as they can be."""
    payload = part.get_payload(decode=True)
    if not isinstance(payload, bytes):
        return ""
    charset = part.get_content_charset() or "utf-8"
    try:
        return payload.decode(charset, "replace").replace("\0", "")
    except (LookupError, ValueError):
        return payload.decode("latin-1").replace("\0", "")


def _blocks(part: Message) -> list[Fields]:
    """The blocks about a recipient, each with what the first says of the whole (RFC 3464, 2)."""
    blocks = [_fields(child) for child in _children(part)] or _reports_in(_text(part))
    if not blocks:
        return []
    general = {name: value for name, value in blocks[0].items() if name == "reporting-mta"}
    return [general | block for block in blocks if block.keys() & RECIPIENT_FIELDS]


def _feedback(part: Message) -> Fields:
    """The parser takes the fields for the head of an inner message."""
    fields: Fields = {}
    for child in _children(part):
        fields |= _fields(child)
    return fields or _fields_in(_text(part))


def _fields(block: Message) -> Fields:
    return {name.lower(): one_line(str(value))[:MOST_FIELD] for name, value in block.items()}


def _fields_in(text: str) -> Fields:
    return _fields(email.message_from_string(text.lstrip()))


def _reports_in(text: str) -> list[Fields]:
    """Status fields that stand in the words, as some senders put them."""
    found = re.search(r"^(?:final-recipient|action)\s*:", text, re.IGNORECASE | re.MULTILINE)
    if found is None:
        return []
    fields = _fields_in(text[found.start() :])
    is_report = ACTION.match(fields.get("action", "")) and STATUS.match(fields.get("status", ""))
    return [fields] if is_report else []


def _head_of(part: Message) -> str:
    """The head of a returned message, and of what it returns in turn."""
    inner = _children(part)
    if not inner:
        return _text(part)[:MOST_WORDS]
    return "\n".join(f"{name}: {value}" for child in inner for name, value in child.items())[
        :MOST_WORDS
    ]


def _before_original(text: str) -> tuple[str, str]:
    found = ORIGINAL.search(text)
    if found is None:
        return text, ""
    return text[: found.start()], text[found.start() : found.start() + MOST_WORDS]
