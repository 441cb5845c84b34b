"""The browser of this machine, and an outbox that mails go to."""

from pathlib import Path
from typing import Any

import pytest

from tests.browsing import (
    asked,
    browser_type_launch_args,
    database_beside_browser,
    every_request_answered,
)

__all__ = [
    "asked",
    "browser_type_launch_args",
    "database_beside_browser",
    "every_request_answered",
]


@pytest.fixture(autouse=True)
def outbox(tmp_path: Path, settings: Any) -> Path:
    """Every mail as a file, as on the embedded default."""
    mailer = {"BACKEND": "newsroom.mail.outbox.OutboxMailer", "OPTIONS": {"folder": tmp_path}}
    settings.OUTBOX_DIR = tmp_path
    settings.MAILERS = settings.MAILERS | {
        "default": {"BACKEND": "newsroom.mail.mailer.PostRoomMailer"},
        "outgoing": mailer,
    }
    return tmp_path
