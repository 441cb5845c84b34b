"""The local outbox: until a real sender is named, each message is a file."""

import email
import os
import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from email import policy
from email.message import EmailMessage as ParsedMessage
from email.parser import BytesHeaderParser
from email.utils import parseaddr
from pathlib import Path
from typing import Any

from django.conf import settings
from django.core.mail import EmailMessage
from django.core.mail.backends.base import BaseEmailBackend

from newsroom.kit.html import plain_text
from newsroom.mail.messages import as_sent

SAFE = re.compile(r"[^A-Za-z0-9@._=-]")
SNIPPET = 160  # Characters.


class OutboxMailer(BaseEmailBackend):
    """A Django mailer that writes one RFC 5322 file a message, named by its Message-ID.

    Writing the same message again replaces it by itself, so sending twice is harmless.
    """

    idempotent = True

    def __init__(self, *, folder: Path, **options: Any) -> None:
        super().__init__(**options)
        self.folder = Path(folder)

    def send_messages(self, email_messages: Sequence[EmailMessage]) -> int:
        """Raises OSError if the folder cannot be written."""
        self.folder.mkdir(parents=True, exist_ok=True)
        for message in email_messages:
            self._write(message.message())
        return len(email_messages)

    def _write(self, message: ParsedMessage) -> None:
        name = f"{SAFE.sub('', str(message['Message-ID']))}.eml"
        draft = self.folder / f".{name}.{os.getpid()}"
        draft.write_bytes(as_sent(message))
        draft.replace(self.folder / name)


@dataclass(frozen=True)
class Kept:
    """A message of the outbox, as a mail client shows it."""

    name: str
    at: datetime
    sender: str
    to: str
    subject: str
    text: str = ""
    html: str = ""
    source: str = ""

    @property
    def sender_name(self) -> str:
        """Who wrote it, by name if there is one."""
        return parseaddr(self.sender)[0] or self.sender

    @property
    def snippet(self) -> str:
        """How it begins, behind the title's name and the headline that repeats the subject."""
        words = " ".join((self.text or plain_text(self.html)).split())
        before, _subject, after = words.partition(" ".join(self.subject.split()))
        return (after.strip() if len(before) < SNIPPET and after else words)[:SNIPPET]

    def mentions(self, words: str) -> bool:
        """Whether addresses and subject have all of the words."""
        where = f"{self.sender} {self.to} {self.subject}".lower()
        return all(word in where for word in words.lower().split())


def names() -> list[str]:
    """The files of the outbox, the newest first."""
    folder: Path = settings.OUTBOX_DIR
    if not folder.is_dir():
        return []
    with os.scandir(folder) as entries:
        files = [(entry.stat().st_mtime_ns, entry.name) for entry in entries if _is_letter(entry)]
    return [name for _moment, name in sorted(files, reverse=True)]


def _is_letter(entry: "os.DirEntry[str]") -> bool:
    return entry.name.endswith(".eml") and not entry.name.startswith(".") and entry.is_file()


def found(words: str) -> Iterator[str]:
    """The names of the messages that have these words in addresses or subject, newest first."""
    for name in names():
        if not words or _read_headers(name).mentions(words):
            yield name


def read(name: str) -> Kept:
    """One message. Raises FileNotFoundError for a name that is not in the outbox."""
    content = _path(name).read_bytes()
    message = email.message_from_bytes(content, policy=policy.default)
    return Kept(
        **_headers(name, message),
        text=_part(message, "plain"),
        html=_part(message, "html"),
        source=content.decode("utf-8", "replace"),
    )


def _read_headers(name: str) -> Kept:
    with _path(name).open("rb") as file:
        return Kept(**_headers(name, BytesHeaderParser(policy=policy.default).parse(file)))


def _path(name: str) -> Path:
    folder: Path = settings.OUTBOX_DIR
    path = folder / name
    inside = name == path.name and not name.startswith(".") and name.endswith(".eml")
    if not inside or not path.is_file():
        raise FileNotFoundError(name)
    return path


def _headers(name: str, message: ParsedMessage) -> dict[str, Any]:
    return {
        "name": name,
        "at": datetime.fromtimestamp(_path(name).stat().st_mtime, UTC),
        "sender": _header(message, "From"),
        "to": _header(message, "To"),
        "subject": _header(message, "Subject"),
    }


def _header(message: ParsedMessage, name: str) -> str:
    """The header's words; raw where it is so broken that Python's parser gives up."""
    try:
        return str(message.get(name, ""))
    except (ValueError, LookupError, AttributeError, TypeError):
        raw = dict(message.raw_items())
        return str(raw.get(name, ""))


def _part(message: ParsedMessage, kind: str) -> str:
    """The first part of the kind, as far as it can be read."""
    part = message.get_body((kind,))
    if part is None or part.get_content_maintype() != "text":
        return ""
    try:
        return str(part.get_content())
    except (LookupError, ValueError):  # A charset nobody knows, or bytes that are not in it.
        payload = part.get_payload(decode=True)
        return payload.decode("utf-8", "replace") if isinstance(payload, bytes) else ""
