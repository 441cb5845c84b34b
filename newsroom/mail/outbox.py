"""The local outbox: until a real sender is named, each message is a file."""

import email
import os
import re
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from email import policy
from email.message import EmailMessage as ParsedMessage
from pathlib import Path
from typing import Any

from django.conf import settings
from django.core.mail import EmailMessage
from django.core.mail.backends.base import BaseEmailBackend

from newsroom.kit.html import plain_text
from newsroom.mail.messages import as_sent

SAFE = re.compile(r"[^A-Za-z0-9@._=-]")


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

    def _write(self, message: Any) -> None:
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
    text: str
    html: str
    source: str

    @property
    def snippet(self) -> str:
        return " ".join((self.text or plain_text(self.html)).split())[:140]

    def mentions(self, words: str) -> bool:
        """Whether address or subject has the words."""
        return words.lower() in f"{self.sender} {self.to} {self.subject}".lower()


def names() -> list[str]:
    """The files of the outbox, the newest first."""
    folder: Path = settings.OUTBOX_DIR
    files = [path for path in folder.glob("*.eml") if not path.name.startswith(".")]
    dated = sorted(((path.stat().st_mtime_ns, path.name) for path in files), reverse=True)
    return [name for _moment, name in dated]


def read(name: str) -> Kept:
    """One message. Raises FileNotFoundError for a name that is not in the outbox."""
    if name not in names():
        raise FileNotFoundError(name)
    path: Path = settings.OUTBOX_DIR / name
    content = path.read_bytes()
    message = email.message_from_bytes(content, policy=policy.default)
    return Kept(
        name=name,
        at=datetime.fromtimestamp(path.stat().st_mtime, UTC),
        sender=str(message.get("From", "")),
        to=str(message.get("To", "")),
        subject=str(message.get("Subject", "")),
        text=_part(message, "plain"),
        html=_part(message, "html"),
        source=content.decode("utf-8", "replace"),
    )


def _part(message: ParsedMessage, kind: str) -> str:
    part = message.get_body((kind,))
    if part is None or part.get_content_maintype() != "text":
        return ""
    return str(part.get_content())
