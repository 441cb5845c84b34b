"""The way in for whoever sends by Django's own means: the message becomes a promise."""

import uuid
from collections.abc import Sequence
from datetime import timedelta
from email.utils import parseaddr

from django.core.mail import EmailMessage
from django.core.mail.backends.base import BaseEmailBackend
from django.utils import timezone

from newsroom.mail.ledger import promise_letter
from newsroom.mail.letters import Letter

LIFE = timedelta(days=1)


class PostRoomMailer(BaseEmailBackend):
    """Django's default mailer here: nothing is sent in the request, all goes by the ledger."""

    def send_messages(self, email_messages: Sequence[EmailMessage]) -> int:
        """One letter per recipient. Raises AddressError for an address no mail can go to."""
        for message in email_messages:
            letter = Letter(str(message.subject), str(message.body), _html(message))
            for recipient in message.recipients():
                key = f"letter:{uuid.uuid4()}"
                to = (
                    parseaddr(recipient)[1] or recipient
                )  # A name that stands with it is left out.
                promise_letter(key, to, letter, expires_at=timezone.now() + LIFE)
        return len(email_messages)


def _html(message: EmailMessage) -> str:
    for part in getattr(message, "alternatives", []):
        if part.mimetype == "text/html":
            return str(part.content)
    return ""
