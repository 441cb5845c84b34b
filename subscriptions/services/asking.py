"""Someone typed an address. What happens next is the same to see for every address."""

from collections.abc import Callable
from datetime import datetime, timedelta
from enum import Enum, auto

from django.db import transaction
from django.utils import timezone

from newsroom.mail.letters import Letter
from newsroom.mail.models import Address, Mailing, Suppression
from newsroom.mail.services import (
    find_address,
    find_or_make_address,
    promise_letter,
    suppression_of,
)
from subscriptions import emails
from subscriptions.consent import Consent
from subscriptions.links import CONFIRM_FOR
from subscriptions.models import Subscriber

State = Subscriber.State
Bounds = tuple[tuple[timedelta, int], ...]

OFTEN: Bounds = ((timedelta(hours=1), 3), (timedelta(days=1), 6))
SELDOM: Bounds = ((timedelta(weeks=1), 1),)
NEVER: Bounds = ((timedelta(0), 0),)


class Case(Enum):
    """Which mail an address gets, and how often at most."""

    CONFIRM = auto()  # Unknown, not yet confirmed, or left.
    CHOICES = auto()  # Getting mail, or pausing it.
    CONFIRM_SELDOM = auto()  # Mail to it came back for good: it may exist again.
    SILENCE = auto()  # Its owner reported our mail.

    @property
    def bounds(self) -> Bounds:
        return {Case.CONFIRM_SELDOM: SELDOM, Case.SILENCE: NEVER}.get(self, OFTEN)

    @property
    def letter(self) -> Callable[[Subscriber], Letter]:
        """Written in every case, sent or not: silence must take as long as an answer."""
        return emails.already_subscribed if self is Case.CHOICES else emails.confirmation


def request_subscription(typed: str, *, consent: Consent) -> None:
    """Note the wish for this address and promise the mail that its case calls for.

    Raises AddressError if no mail could reach what was typed. A request for an address
    that is subscribed already changes nothing (anyone may type anyone's address).
    """
    subscriber = _note_wish(typed, consent)
    case = case_of(subscriber)
    _promise(subscriber, case.letter(subscriber), case.bounds)


def request_preferences(typed: str) -> None:
    """Mail the link to one's choices, if the address has any.

    Raises AddressError if no mail could reach what was typed.
    """
    address = find_address(typed)
    letter = emails.link_to_choices(address or Address())
    subscriber = Subscriber.objects.filter(address=address).first() if address else None
    if subscriber is not None and subscriber.state != State.PENDING:
        _promise(subscriber, letter, case_of(subscriber).bounds)


def case_of(subscriber: Subscriber) -> Case:
    """The table of design: whoever complained hears nothing, whoever bounced seldom."""
    match suppression_of(subscriber.address):
        case Suppression.Reason.COMPLAINT:
            return Case.SILENCE
        case Suppression.Reason.HARD_BOUNCE:
            return Case.CONFIRM_SELDOM
    return Case.CHOICES if subscriber.is_subscribed else Case.CONFIRM


@transaction.atomic
def _note_wish(typed: str, consent: Consent) -> Subscriber:
    address = find_or_make_address(typed)
    subscriber, _ = Subscriber.objects.select_for_update().get_or_create(address=address)
    if not subscriber.is_subscribed:
        subscriber.state = State.PENDING
        subscriber.consent_at = timezone.now()
        subscriber.consent_from, subscriber.consent_words = consent.page, consent.words
        subscriber.save()
    return subscriber


@transaction.atomic
def _promise(subscriber: Subscriber, letter: Letter, bounds: Bounds) -> None:
    """Promise the letter unless the address had its share; the lock makes the count hold."""
    Subscriber.objects.select_for_update().get(pk=subscriber.pk)
    now = timezone.now()
    if all(_letters_since(subscriber, now - span) < most for span, most in bounds):
        this_hour = f"subscriber:{subscriber.pk}:{now:%Y-%m-%dT%H}:"
        number = Mailing.objects.filter(key__startswith=this_hour).count() + 1
        expires_at = now + CONFIRM_FOR
        promise_letter(f"{this_hour}{number}", subscriber.address, letter, expires_at=expires_at)


def _letters_since(subscriber: Subscriber, moment: datetime) -> int:
    ours = Mailing.objects.filter(
        deliveries__address=subscriber.address_id, key__startswith=f"subscriber:{subscriber.pk}:"
    )
    return ours.filter(created_at__gt=moment).count()
