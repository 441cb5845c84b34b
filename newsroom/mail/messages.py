"""From a delivery to the message itself."""

import base64
import hashlib
import hmac
from email.headerregistry import Address as Mailbox
from email.message import EmailMessage
from email.policy import EmailPolicy
from email.utils import format_datetime, parseaddr
from typing import Any

from django.conf import settings
from django.core.mail import EmailMultiAlternatives
from django.utils import timezone
from django.utils.html import escape

from newsroom.kit.models import Site
from newsroom.mail.addresses import mailbox
from newsroom.mail.links import preferences_url, unsubscribe_url
from newsroom.mail.models import Delivery, Mailing

WHOLE = {"list-unsubscribe", "list-unsubscribe-post"}
UNSUBSCRIBE, PREFERENCES = "%%UNSUBSCRIBE%%", "%%PREFERENCES%%"


class SentPolicy(EmailPolicy):
    """Bytes as they are sent. Links for mail programs stay on one line, as they are: Python
    would encode a link longer than a line (RFC 2047), and then no program finds it. No head
    begins with an empty line, which some programs show as a space before the subject."""

    def fold_binary(self, name: str, value: str) -> bytes:
        if name.lower() in WHOLE:
            return f"{name}: {value}{self.linesep}".encode("ascii")
        folded = super().fold_binary(name, value)
        return folded.replace(f"{name}:{self.linesep} ".encode(), f"{name}: ".encode(), 1)


def as_sent(message: EmailMessage) -> bytes:
    """The message in RFC 5322 form, lines ended by CR LF, all in ASCII."""
    return message.as_bytes(policy=SentPolicy(linesep="\r\n"))


def message_id(delivery: Delivery) -> str:
    """The same for the same delivery, always, so that sending it again can be told."""
    secret = settings.ADDRESS_KEY.encode()
    what = f"message-id:{delivery.mailing.key}:{delivery.pk}".encode()
    digest = hmac.new(secret, what, hashlib.sha256).digest()[:20]
    return f"<{base64.b32encode(digest).decode().lower()}@{from_domain()}>"


def from_address() -> str:
    """The bare address that mail comes from."""
    return parseaddr(settings.DEFAULT_FROM_EMAIL)[1]


def from_domain() -> str:
    """The domain that mail comes from."""
    return from_address().rpartition("@")[2]


def build(delivery: Delivery, site: Site) -> EmailMultiAlternatives:
    """The message, unsent, in the frozen words of its rendering, to one bare address."""
    parts = delivery.rendering.parts
    text, html = str(parts["text"]), str(parts["html"])
    headers = _headers(delivery) | parts.get("headers", {})
    if delivery.mailing.priority == Mailing.Priority.LIST:
        leave, choose = unsubscribe_url(delivery), preferences_url(delivery.address)
        headers |= _list_headers(leave)
        text = text.replace(UNSUBSCRIBE, leave).replace(PREFERENCES, choose)
        html = html.replace(UNSUBSCRIBE, escape(leave)).replace(PREFERENCES, escape(choose))
    message = EmailMultiAlternatives(
        subject=parts["subject"],
        body=text,
        from_email=str(Mailbox(site.name, addr_spec=from_address())),
        to=[mailbox(delivery.address)],
        reply_to=[site.contact_email] if site.contact_email else None,
        headers=headers,
    )
    if html:
        message.attach_alternative(html, "text/html")
    return message


def _headers(delivery: Delivery) -> dict[str, Any]:
    """Auto-Submitted says that no vacation notice need answer it (RFC 3834)."""
    return {
        "Message-ID": message_id(delivery),
        "Date": format_datetime(timezone.now()),
        "Auto-Submitted": "auto-generated",
    }


def _list_headers(leave: str) -> dict[str, str]:
    """RFC 2919, RFC 2369, and one-click leaving by RFC 8058."""
    return {
        "List-Id": f"<stories.{from_domain()}>",
        "List-Unsubscribe": f"<{leave}>",
        "List-Unsubscribe-Post": "List-Unsubscribe=One-Click",
        "Precedence": "list",
    }
