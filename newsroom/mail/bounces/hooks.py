"""What mail providers report over the web, read by django-anymail."""

import logging

from anymail.exceptions import AnymailConfigurationError, AnymailError
from anymail.signals import AnymailTrackingEvent, EventType, RejectReason
from django.http import HttpRequest
from django.utils import timezone
from django.utils.module_loading import import_string

from newsroom.mail.addresses import find_address
from newsroom.mail.bounces.judging import Verdict, judge
from newsroom.mail.bounces.policy import HEEDED, record
from newsroom.mail.errors import AddressError
from newsroom.mail.leaving import leave, reader_of
from newsroom.mail.models import Address, BounceNotice, Delivery
from newsroom.mail.providers import HOOK, PROVIDERS, TOKEN_NAME
from newsroom.mail.tokens import delivery_of

logger = logging.getLogger(__name__)
Kind, Why = BounceNotice.Kind, BounceNotice.Why
UNREADABLE = (
    AnymailError, AnymailConfigurationError,  # No proof, or reports of another kind.
    ValueError, LookupError, TypeError, AttributeError, AssertionError,  # Not what was agreed.
)  # fmt: skip


def take_reports(request: HttpRequest, provider: str, secret: str) -> bool:
    """Take what a provider reports; False for what is not proved or cannot be read."""
    try:
        events = _read(request, provider, secret)
    except UNREADABLE as error:
        logger.warning("mail report refused: %s", type(error).__name__)
        return False
    for event in events:
        take_report(event, came_by=provider)
    return True


def _read(request: HttpRequest, provider: str, secret: str) -> list[AnymailTrackingEvent]:
    """What is reported, after the proof was checked. Raises one of UNREADABLE."""
    facts = PROVIDERS[provider]
    name = facts.hook if "." in facts.hook else HOOK.format(name=provider, view=facts.hook)
    view = import_string(name)(**{facts.proof: secret})
    view.run_validators(request)
    events = view.parse_events(request)
    return [event for event in events if isinstance(event, AnymailTrackingEvent)]


def take_report(event: AnymailTrackingEvent, *, came_by: str) -> None:
    """One report, of one message to one address. The same report again changes nothing."""
    verdict, leaves = _verdict(event), event.event_type == EventType.UNSUBSCRIBED
    if verdict is None and not leaves:
        return  # Sent, delivered, and whatever else has no consequence here.
    delivery = _delivery(event)
    if delivery is None:
        logger.info("mail report of no message of ours")
    elif verdict is not None:
        record(delivery, verdict, came_by=came_by)
    else:
        _leave(delivery.address, delivery.mailing.key)


def _leave(address: Address, wish: str) -> None:
    """Whoever got it leaves, where they get mail now; not who is at the address since."""
    reader = reader_of(address, wish)
    leave(reader, wish=wish, before=address if reader != address else None)


def _verdict(event: AnymailTrackingEvent) -> Verdict | None:
    """What it means, by the receiving server's words where the provider passes them on."""
    words = str(event.mta_response or event.description or "")
    match event.event_type:
        case EventType.COMPLAINED:
            return Verdict(Kind.COMPLAINT, Why.ABUSE, words=words)
        case EventType.DEFERRED:
            return judge(words, action="delayed")
        case EventType.BOUNCED:
            return _bounce(event, words)
        case EventType.REJECTED | EventType.FAILED:
            if event.reject_reason == RejectReason.INVALID:
                return Verdict(Kind.HARD, Why.NO_ADDRESS, words=words)
            return Verdict(Kind.SOFT, Why.REFUSED, words=words)
    return None


def _bounce(event: AnymailTrackingEvent, words: str) -> Verdict:
    """By the words; where they do not tell, by what the provider makes of them."""
    verdict = judge(words)
    if verdict.why == Why.UNCLEAR and event.reject_reason == RejectReason.INVALID:
        return Verdict(Kind.HARD, Why.UNCLEAR, words=words)
    return verdict


def _delivery(event: AnymailTrackingEvent) -> Delivery | None:
    """By our token; else the last message to that address, for the report itself is proved."""
    token = str((event.metadata or {}).get(TOKEN_NAME, ""))
    if token:
        return delivery_of("report", token)
    try:
        address = find_address(str(event.recipient or ""))
    except AddressError:
        return None
    sent = Delivery.objects.filter(address=address, started_at__gt=timezone.now() - HEEDED)
    rows = sent.select_related("mailing", "address").order_by("-started_at", "-pk")
    return rows.first() if address else None
