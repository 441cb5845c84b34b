"""Someone typed an address. What happens next is the same to see for every address."""

from collections.abc import Callable
from datetime import timedelta
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
from subscriptions.services.noting import What, note
from subscriptions.services.wishing import Wishes

State = Subscriber.State
KEY = "asked:"
ASKED_ALL = [["all", "at_once"]]
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


# The table of design: whoever complained hears nothing, whoever bounced seldom.
STOPPED: dict[Suppression.Reason | None, Case] = {
    Suppression.Reason.COMPLAINT: Case.SILENCE,
    Suppression.Reason.HARD_BOUNCE: Case.CONFIRM_SELDOM,
}


def request_subscription(typed: str, *, consent: Consent, wishes: Wishes | None = None) -> None:
    """Note the wish for this address and promise the mail that its case calls for.

    `wishes`: what was chosen; every story at once if nothing was. It counts once it is
    confirmed. Raises AddressError if no mail could reach what was typed. A request for an address
    that is subscribed already changes nothing (anyone may type anyone's address).
    """
    subscriber = _note_wish(typed, consent, wishes or {})
    case = case_of(subscriber)
    promise_asked(typed, case.letter(subscriber), case.bounds)


def request_preferences(typed: str) -> None:
    """Mail the link to one's choices, if the address has any.

    Raises AddressError if no mail could reach what was typed.
    """
    address = find_address(typed)
    subscriber = Subscriber.objects.filter(address=address).exclude(state=State.PENDING).first()
    bounds = case_of(subscriber).bounds if subscriber else NEVER
    promise_asked(typed, emails.link_to_choices(address or Address()), bounds)


def case_of(subscriber: Subscriber) -> Case:
    otherwise = Case.CHOICES if subscriber.is_subscribed else Case.CONFIRM
    return STOPPED.get(suppression_of(subscriber.address), otherwise)


def bounds_of(address: Address) -> Bounds:
    """How often this address gets a letter that somebody asked for."""
    return STOPPED.get(suppression_of(address), Case.CONFIRM).bounds


@transaction.atomic
def _note_wish(typed: str, consent: Consent, wishes: Wishes) -> Subscriber:
    address = find_or_make_address(typed)
    subscriber, _ = Subscriber.objects.get_or_make(address)
    note(subscriber, What.ASKED, detail=consent.page)
    if not subscriber.is_subscribed:
        subscriber.state = State.PENDING
        subscriber.asked = [[word, str(cadence)] for word, cadence in wishes.items()] or ASKED_ALL
        subscriber.consent_at = timezone.now()
        subscriber.consent_from, subscriber.consent_words = consent.page, consent.words
    subscriber.save()
    return subscriber


@transaction.atomic
def promise_asked(
    typed: str, letter: Letter, bounds: Bounds, *, lives: timedelta = CONFIRM_FOR
) -> bool:
    """Promise a letter for which anybody may have asked, with a link in it that lives so long.

    Not if the address had its share of such letters: then False. The lock makes the count hold.

    A letter that is not to go out is promised and taken back, for silence must take as
    long as an answer, or a clock would tell strangers who is subscribed.
    """
    address = find_or_make_address(typed)
    Address.objects.select_for_update().get(pk=address.pk)
    now = timezone.now()
    letters = Mailing.objects.filter(deliveries__address=address, key__startswith=KEY)
    may = all(letters.filter(created_at__gt=now - span).count() < most for span, most in bounds)
    this_hour = f"{KEY}{address.pk}:{now:%Y-%m-%dT%H}:"
    number = letters.filter(key__startswith=this_hour).count() + 1
    promise_letter(f"{this_hour}{number}", address, letter, expires_at=now + lives)
    if not may:
        transaction.set_rollback(True)
    return may
