"""From a delivery to the message itself."""

import base64
import hashlib
import re
from dataclasses import dataclass
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
from newsroom.mail import links, tokens
from newsroom.mail.addresses import mailbox
from newsroom.mail.models import Delivery, Mailing
from newsroom.mail.tokens import make_token

NO_FIELD = re.compile(r"[^A-Za-z0-9.-]+")
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
    return f"<{make_token('message-id', delivery)}@{from_domain()}>"


def return_path(delivery: Delivery) -> str:
    """The envelope's sender, to which other servers send what they cannot deliver.

    Where BOUNCE_ADDRESS has a `*`, it is another for each delivery (VERP), so that a
    bounce names its message whatever stands in it. "" is the null sender.
    """
    way_back = way_back_of(delivery.rendering.parts)
    return way_back.replace("*", make_token("return-path", delivery)) if way_back else ""


def way_back_of(parts: dict[str, Any]) -> str:
    """The return path of all that carries these words; a `*` stands for the delivery's token."""
    if parts.get("wants_no_return"):
        return ""
    return str(settings.BOUNCE_ADDRESS or from_address())


def from_address() -> str:
    """The bare address that mail comes from."""
    return parseaddr(settings.DEFAULT_FROM_EMAIL)[1]


def from_domain() -> str:
    """The domain that mail comes from."""
    return from_address().rpartition("@")[2]


class Message(EmailMultiAlternatives):
    """One message to one address, and what stands on its envelope."""

    return_path = ""
    token = ""  # What a provider gives back with its reports on the message.
    metadata: dict[str, str]  # These two are django-anymail's, which looks for them here.
    anymail_status: Any


@dataclass(frozen=True)
class Own:
    """What differs from one copy of a rendering to the next: tokens of one length, the address
    and the moment."""

    to: str
    message_id: str
    date: str
    unsubscribe: str = ""
    preferences: str = ""


def build(delivery: Delivery, site: Site) -> Message:
    """The message, unsent, in the frozen words of its rendering, to one bare address."""
    own = Own(
        to=mailbox(delivery.address),
        message_id=make_token("message-id", delivery),
        date=format_datetime(timezone.now()),
        unsubscribe=make_token(tokens.UNSUBSCRIBE, delivery),
        preferences=make_token(tokens.PREFERENCES, delivery),
    )
    message = compose(delivery.rendering.parts, delivery.mailing, own, site)
    message.return_path = return_path(delivery)
    message.token = make_token("report", delivery)
    return message


def compose(parts: dict[str, Any], mailing: Mailing, own: Own, site: Site) -> Message:
    """The words of a rendering as a message, with what is this copy's own; no envelope."""
    text, html = str(parts["text"]), str(parts["html"])
    headers = _headers(own) | parts.get("headers", {})
    if mailing.priority == Mailing.Priority.LIST:
        leave = links.unsubscribe_url(own.unsubscribe)
        choose = links.preferences_url(own.preferences)
        headers |= _list_headers(mailing, leave)
        text = text.replace(UNSUBSCRIBE, leave).replace(PREFERENCES, choose)
        html = html.replace(UNSUBSCRIBE, escape(leave)).replace(PREFERENCES, escape(choose))
    answers_to = [] if "Reply-To" in headers else [site.contact_email]
    message = Message(
        subject=parts["subject"],
        body=text,
        from_email=str(Mailbox(site.name, addr_spec=from_address())),
        to=[own.to],
        reply_to=list(filter(None, answers_to)) or None,
        headers=headers,
    )
    if html:
        message.attach_alternative(html, "text/html")
    for name, kind, content in parts.get("attachments", []):
        message.attach(name, base64.b64decode(content), kind)
    return message


def _headers(own: Own) -> dict[str, Any]:
    """Auto-Submitted says that no vacation notice need answer it (RFC 3834)."""
    return {
        "Message-ID": f"<{own.message_id}@{from_domain()}>",
        "Date": own.date,
        "Auto-Submitted": "auto-generated",
    }


def _list_headers(mailing: Mailing, leave: str) -> dict[str, str]:
    """RFC 2919, RFC 2369, one-click leaving by RFC 8058, and what Gmail counts complaints by."""
    return {
        "List-Id": f"<stories.{from_domain()}>",
        "List-Unsubscribe": f"<{leave}>",
        "List-Unsubscribe-Post": "List-Unsubscribe=One-Click",
        "Precedence": "list",
        "Feedback-ID": _feedback_id(mailing.key),
    }


def _feedback_id(key: str) -> str:
    """Campaign and sender, for the reports of Gmail's Postmaster Tools.

    The last field, five to fifteen characters, must stay the same for all mail of a sender.
    """
    sender = hashlib.sha256(from_domain().encode()).hexdigest()[:12]
    return f"{NO_FIELD.sub('-', key)[:40]}:list:{sender}"
