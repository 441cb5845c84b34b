"""A person answered our mail: the answer goes to the contact address, and to nobody else."""

import email
import hashlib
from datetime import timedelta
from email.generator import BytesGenerator
from email.policy import compat32
from email.utils import getaddresses
from io import BytesIO

from django.template.loader import render_to_string
from django.utils import timezone
from django.utils.translation import gettext as _

from newsroom.kit.models import Site
from newsroom.mail.addresses import compared_form
from newsroom.mail.bounces.matching import LOOP
from newsroom.mail.bounces.parsing import Received
from newsroom.mail.errors import AddressError
from newsroom.mail.ledger import promise_letter
from newsroom.mail.letters import Attachment, Letter
from newsroom.mail.messages import from_address
from newsroom.mail.models import Mailing

KEY = "forwarded:"
AN_HOUR = 30  # Messages; counted in the ledger, for each message has a process of its own.
LIFE = timedelta(days=2)
LONGEST_LINE = 998  # Bytes: RFC 5322, section 2.1.1.
LINES_BEGIN = 2_000  # Characters of what the person wrote, in the text.


class ForwardingError(Exception):
    """A person's message cannot be passed on; says why, to whoever wrote it."""


class TooManyForwardedError(ForwardingError):
    """Not now: the mail server shall keep it and try again."""


def forward(received: Received, raw: bytes) -> None:
    """Promise the message to the contact address, the original attached; once for the same bytes.

    It goes out with the null sender and Auto-Submitted, so that no program answers it and no
    server returns it. Raises ForwardingError.
    """
    contact = Site.current().contact_email
    if not contact:
        raise ForwardingError("Nobody reads mail at this address.")
    key = f"{KEY}{hashlib.sha256(raw).hexdigest()[:40]}"
    lately = Mailing.objects.filter(
        key__startswith=KEY, created_at__gt=timezone.now() - timedelta(hours=1)
    )
    if lately.exclude(key=key).count() >= AN_HOUR:
        raise TooManyForwardedError("Too many messages came to this address; try again later.")
    promise_letter(key, contact, _letter(received, raw), expires_at=timezone.now() + LIFE)


def _letter(received: Received, raw: bytes) -> Letter:
    sender = _sender(received)
    subject = received.header("Subject")[:200]
    shown = {
        "site": Site.current(),
        "sender": sender or received.header("From")[:200],
        "subject": subject,
        "beginning": received.explanation.strip()[:LINES_BEGIN],
    }
    return Letter(
        subject=_("Answer to our mail: %(subject)s") % {"subject": subject or _("no subject")},
        text=render_to_string("mail/forwarded.txt", shown),
        headers={LOOP: from_address()} | ({"Reply-To": sender} if sender else {}),
        attachments=(_original(raw),),
        wants_no_return=True,
    )


def _sender(received: Received) -> str:
    """Whom an answer goes to, as a bare address; "" if none can be read."""
    for name in ("Reply-To", "From"):
        for _name, address in getaddresses([received.header(name)]):
            try:
                return compared_form(address)
            except AddressError:
                continue
    return ""


def _original(raw: bytes) -> Attachment:
    """The message as it came. As message/rfc822 it must be plain lines (RFC 2046, 5.2.1); where
    it cannot be made so without loss, it goes as a file."""
    plain = _in_plain_lines(raw)
    if plain is None:
        return Attachment("message.eml", "application/octet-stream", raw)
    return Attachment("message.eml", "message/rfc822", plain)


def _in_plain_lines(raw: bytes) -> bytes | None:
    if not raw.isascii():
        try:
            raw = _seven_bit(raw)
        except (LookupError, ValueError, TypeError, AttributeError, KeyError):
            return None  # Python cannot write every message that it could read.
    fits = all(len(line) <= LONGEST_LINE for line in raw.splitlines())
    return raw if fits and raw.isascii() and b"\0" not in raw else None


def _seven_bit(raw: bytes) -> bytes:
    out = BytesIO()
    policy = compat32.clone(cte_type="7bit", max_line_length=0)
    BytesGenerator(out, mangle_from_=False, policy=policy).flatten(email.message_from_bytes(raw))
    return out.getvalue()
