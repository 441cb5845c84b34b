"""A message came to the bounce address: what it is, and what is done about it."""

import hashlib
import logging
from enum import Enum, auto

from newsroom.mail.bounces.forwarding import forward
from newsroom.mail.bounces.judging import Verdict, judge_bounce
from newsroom.mail.bounces.matching import find_delivery, is_our_own
from newsroom.mail.bounces.parsing import Received, take_apart
from newsroom.mail.bounces.policy import BY_MAIL, record, record_unknown
from newsroom.mail.bounces.sorting import Sort, failed_recipients, sort
from newsroom.mail.models import BounceNotice, Delivery

logger = logging.getLogger(__name__)


class Done(Enum):
    """What was done with one message."""

    RECORDED = auto()
    KNOWN = auto()  # It had been said before.
    UNKNOWN = auto()  # Of no message of ours.
    FORWARDED = auto()
    IGNORED = auto()


def receive(raw: bytes, *, envelope: str = "") -> Done:
    """Read one message; `envelope` is the address it came to, if the mail server says so.

    Raises ForwardingError for a person's message that cannot be passed on, and what the
    database raises if it is away.
    """
    received = take_apart(raw)
    if is_our_own(received):
        return Done.IGNORED
    match sort(received):
        case Sort.BOUNCE:
            delivery = find_delivery(received, raw, envelope, failed_recipients(received))
            return _take(delivery, raw, judge_bounce(received))
        case Sort.COMPLAINT:  # Reports name nobody, or a made-up address (RFC 6590).
            delivery = find_delivery(received, raw, envelope, recipients=())
            return _take(delivery, raw, _complaint(received))
        case Sort.PERSON:
            forward(received, raw)
            return Done.FORWARDED
    return Done.IGNORED


def _take(delivery: Delivery | None, raw: bytes, verdict: Verdict) -> Done:
    if delivery is not None:
        made = record(delivery, verdict, came_by=BY_MAIL)
        return Done.RECORDED if made else Done.KNOWN
    record_unknown(verdict, hashlib.sha256(raw).hexdigest(), came_by=BY_MAIL)
    logger.info("mail notice of no message of ours")
    return Done.UNKNOWN


def _complaint(received: Received) -> Verdict:
    """RFC 5965: who reports it, and how they name it."""
    kind = received.feedback.get("feedback-type", "abuse")
    words = f"{kind}, {received.feedback.get('user-agent', '')}".strip(", ")
    return Verdict(BounceNotice.Kind.COMPLAINT, BounceNotice.Why.ABUSE, words=words)
