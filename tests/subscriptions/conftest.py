"""What the tests of this room share: a real outbox folder, read like a mail client."""

import email
import re
from collections.abc import Callable
from email import policy
from email.message import EmailMessage
from pathlib import Path
from typing import Any

import pytest

SAME_ORIGIN = {"Sec-Fetch-Site": "same-origin"}
Outbox = Callable[[], list[EmailMessage]]


@pytest.fixture
def outbox(tmp_path: Path, settings: Any) -> Outbox:
    """All messages sent so far, the oldest first, parsed from the bytes as sent."""
    mailer = {"BACKEND": "newsroom.mail.outbox.OutboxMailer", "OPTIONS": {"folder": tmp_path}}
    settings.MAILERS = settings.MAILERS | {"outgoing": mailer}

    def read() -> list[EmailMessage]:
        files = sorted(tmp_path.glob("*.eml"), key=lambda path: path.stat().st_mtime_ns)
        return [
            email.message_from_bytes(file.read_bytes(), policy=policy.default) for file in files
        ]

    return read


def text_of(message: EmailMessage) -> str:
    part = message.get_body(("plain",))
    assert part is not None
    return str(part.get_content()).replace("\r\n", "\n")


def html_of(message: EmailMessage) -> str:
    part = message.get_body(("html",))
    assert part is not None
    return str(part.get_content())


def path_in(message: EmailMessage, begin: str) -> str:
    """The path of the first link in the text that begins so."""
    found = re.search(rf"https?://[^/\s]+({re.escape(begin)}\S+)", text_of(message))
    assert found is not None, text_of(message)
    return found[1]
