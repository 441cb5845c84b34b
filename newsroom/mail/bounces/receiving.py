"""A message came to the bounce address: what it is, and what is done about it."""

import hashlib
import logging
from enum import Enum, auto

from newsroom.mail.bounces.forwarding import forward
from newsroom.mail.bounces.judging import Verdict, judge_bounce
from newsroom.mail.bounces.matching import Match, find_delivery, is_our_own
from newsroom.mail.bounces.parsing import Received, take_apart
from newsroom.mail.bounces.policy import BY_MAIL, record, record_unproved
from newsroom.mail.bounces.sorting import Sort, complained_of, failed_recipients, sort
from newsroom.mail.models import BounceNotice

logger = logging.getLogger(__name__)


class Done(Enum):
    """What was done with one message."""

    RECORDED = auto()
    KNOWN = auto()  # It had been said before.
    UNKNOWN = auto()  # Not proved to be of a message of ours.
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
            match = find_delivery(received, raw, envelope, failed_recipients(received))
            return _take(match, raw, judge_bounce(received))
        case Sort.COMPLAINT:
            match = find_delivery(received, raw, envelope, complained_of(received))
            return _take(match, raw, _complaint(received))
        case Sort.PERSON:
            forward(received, raw)
            return Done.FORWARDED
    return Done.IGNORED


def _take(match: Match | None, raw: bytes, verdict: Verdict) -> Done:
    if match is not None and match.is_proved:
        made = record(match.delivery, verdict, came_by=BY_MAIL)
        return Done.RECORDED if made else Done.KNOWN
    suspected = match.delivery if match else None
    content = hashlib.sha256(raw).hexdigest()
    record_unproved(verdict, content, came_by=BY_MAIL, suspected=suspected)
    logger.info("mail notice not proved to be of a message of ours")
    return Done.UNKNOWN


def _complaint(received: Received) -> Verdict:
    """RFC 5965: who reports it, and how they name it."""
    kind = received.feedback.get("feedback-type", "abuse")
    words = f"{kind}, {received.feedback.get('user-agent', '')}".strip(", ")
    return Verdict(BounceNotice.Kind.COMPLAINT, BounceNotice.Why.ABUSE, words=words)
