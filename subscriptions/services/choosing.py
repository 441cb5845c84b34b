"""What a person decides about their own mail."""

from datetime import datetime, timedelta

from django.db import transaction
from django.db.models import F, QuerySet
from django.utils import timezone

from newsroom.kit.links import LinkError
from newsroom.mail.models import Address, Suppression, new_key
from newsroom.mail.services import cancel_list_mail, lift, promise_letter, suppression_of
from newsroom.mail.services import leave as leave_list_mail
from subscriptions import emails
from subscriptions.consent import Consent
from subscriptions.links import read_confirmation
from subscriptions.models import Cadence, Event, Subscriber, Subscription
from subscriptions.services.asking import ASKED_ALL, bounds_of, promise_asked
from subscriptions.services.noting import What, note
from subscriptions.services.wishing import (
    Wishes,
    keep_what_waits,
    leave_wishes,
    owe_again,
    set_wish,
    set_wishes,
    take_back,
    words_of_mailing,
)

MOST_AT_ONCE = 2000  # Pauses that one run of the sweep ends.
WELCOME_FOR = timedelta(days=2)  # Tried so long.
State = Subscriber.State


def wish_of(token: str) -> Subscriber:
    """Whose wish a confirmation link is for.

    Raises LinkError if the link is altered, too old, of someone erased, or for a wish the
    person has since withdrawn by leaving.
    """
    return _wish(Subscriber.objects.select_related("address"), token)


@transaction.atomic
def confirm(token: str) -> Subscriber:
    """The person pressed the button: mail begins. A second press changes nothing.

    Raises LinkError as `wish_of` does. The mail arrived and its link was used, so an
    earlier leaving or bounce no longer counts; a complaint still does.
    """
    subscriber = _wish(Subscriber.objects.select_for_update(of=("self",)), token)
    lift(subscriber.address, Suppression.Reason.LEFT)
    lift(subscriber.address, Suppression.Reason.HARD_BOUNCE)
    if not subscriber.is_subscribed:
        if subscriber.asked:
            set_wishes(subscriber, dict(subscriber.asked))
        _begin(subscriber, What.CONFIRMED)
        _welcome(subscriber)
    return subscriber


def _welcome(subscriber: Subscriber) -> None:
    key = f"welcome:{subscriber.pk}:{subscriber.wish}"
    expires_at = timezone.now() + WELCOME_FOR
    promise_letter(key, subscriber.address, emails.welcome(subscriber), expires_at=expires_at)


@transaction.atomic
def pause(subscriber_id: int, *, days: int = 30, until: datetime | None = None) -> Subscriber:
    """No mail for so many days, or until a moment. What waits is called off, not kept."""
    subscriber = _locked(subscriber_id)
    if subscriber.state == State.CONFIRMED:
        subscriber.state = State.PAUSED
        subscriber.paused_until = until or timezone.now() + timedelta(days=days)
        subscriber.save()
        note(subscriber, What.PAUSED, detail=f"{subscriber.paused_until:%Y-%m-%dT%H:%MZ}")
        _drop_what_waits(subscriber)
    return subscriber


def _drop_what_waits(subscriber: Subscriber) -> None:
    cancel_list_mail(subscriber.address)
    subscriber.dues.filter(delivery=None).exclude(cadence=Cadence.AT_ONCE).delete()


@transaction.atomic
def resume(subscriber_id: int) -> Subscriber:
    """Mail begins again, with the next story; what was missed stays missed."""
    subscriber = _locked(subscriber_id)
    if subscriber.state == State.PAUSED:
        subscriber.state, subscriber.paused_until = State.CONFIRMED, None
        subscriber.wants_since = timezone.now()
        subscriber.save()
        note(subscriber, What.RESUMED)
    return subscriber


@transaction.atomic
def resume_ended_pauses() -> int:
    """Resume all whose pause is over, at most some thousand at once; how many.

    Their mail began when the pause ended, however late that is noticed.
    """
    # By `pk` alone SQLite would read every subscriber in that order, and not the index of pauses.
    over = Subscriber.objects.pause_over().select_for_update().order_by(F("pk") + 0)
    ended = list(over.values_list("pk", flat=True)[:MOST_AT_ONCE])
    Event.objects.bulk_create(Event(subscriber_id=pk, what=What.RESUMED) for pk in ended)
    return Subscriber.objects.filter(pk__in=ended).update(
        state=State.CONFIRMED, wants_since=F("paused_until"), paused_until=None
    )


def leave(subscriber_id: int) -> Subscriber:
    """No more mail, by the same way as the link in a mail's foot: see `note_leaving`."""
    subscriber = Subscriber.objects.select_related("address").get(pk=subscriber_id)
    leave_list_mail(subscriber.address)
    subscriber.refresh_from_db()
    return subscriber


@transaction.atomic
def note_leaving(
    address: Address, *, wish: str = "", everything: bool = True, before: Address | None = None
) -> bool:
    """The person left what the mailing `wish` was sent for, or everything; what still stands.

    Whoever leaves everything: links mailed to confirm an earlier wish lose their force. False
    if nothing is wished for any more, or nobody subscribed with this address. `before`: where
    the mail with the link had gone; the reader is told, for somebody else may read it there.
    """
    subscriber = Subscriber.objects.select_for_update().filter(address=address).first()
    if subscriber is None or subscriber.state == State.LEFT:
        return False
    words = set() if everything else words_of_mailing(address, wish)
    others = list(subscriber.subscriptions.standing())
    if words and any(other.word not in words for other in others):
        if before is not None and any(other.word in words for other in others):
            _tell_of_leaving(subscriber, before, keeps=True)
        return leave_wishes(subscriber, words)
    what = What.LEFT if subscriber.is_subscribed else What.WITHDREW
    subscriber.state, subscriber.paused_until = State.LEFT, None
    subscriber.left_at, subscriber.wish = timezone.now(), new_key()
    subscriber.save()
    note(subscriber, what, detail=wish)
    keep_what_waits(subscriber, others)
    _drop_what_waits(subscriber)
    if before is not None:
        _tell_of_leaving(subscriber, before, keeps=False)
    return False


def _tell_of_leaving(subscriber: Subscriber, before: Address, *, keeps: bool) -> None:
    """Rarely, as all that others can cause: who has the link may press, undo and press again."""
    address = subscriber.address
    letter = emails.left_from_elsewhere(subscriber, before, keeps=keeps)
    promise_asked(address.typed, letter, bounds_of(address))


@transaction.atomic
def note_return(address: Address, *, wish: str = "") -> bool:
    """Leaving was undone by whoever holds a mailed link: the confirmed wishes stand again."""
    subscriber = Subscriber.objects.select_for_update().filter(address=address).first()
    if subscriber is None or not subscriber.confirmed_at:
        return False
    if not subscriber.is_subscribed:  # Also where somebody typed the address since they left.
        _begin(subscriber, What.RETURNED, confirms=False)
        owe_again(subscriber, subscriber.subscriptions.standing())
        return True
    return take_back(subscriber, words_of_mailing(address, wish))


def wishes_on_return(subscriber: Subscriber) -> Wishes:
    """What comes if they subscribe anew: what was asked for last and never confirmed, or what
    stood when they left."""
    standing = {wish.word: wish.cadence for wish in subscriber.subscriptions.standing()}
    if subscriber.asked and (subscriber.state == State.PENDING or not standing):
        return dict(subscriber.asked)
    return standing or dict(ASKED_ALL)


@transaction.atomic
def come_back(subscriber_id: int, *, consent: Consent) -> Subscriber:
    """Subscribe anew, for someone who holds the link mailed to their address.

    Not after a complaint: only the desk takes that back.
    """
    subscriber = _locked(subscriber_id)
    complained = suppression_of(subscriber.address) == Suppression.Reason.COMPLAINT
    if not subscriber.is_subscribed and not complained:
        subscriber.consent_at = timezone.now()
        subscriber.consent_from, subscriber.consent_words = consent.page, consent.words
        set_wishes(subscriber, wishes_on_return(subscriber))
        _begin(subscriber, What.RETURNED)
        lift(subscriber.address, Suppression.Reason.LEFT)
    return subscriber


def _begin(subscriber: Subscriber, what: What, *, confirms: bool = True) -> None:
    """Mail begins. What only undoes a slip is no consent: the proof of the earlier one stays."""
    subscriber.state, subscriber.left_at = State.CONFIRMED, None
    subscriber.wants_since = timezone.now()
    if confirms:
        subscriber.confirmed_at = subscriber.wants_since
    subscriber.asked = None
    subscriber.save()
    note(subscriber, what)
    if not subscriber.subscriptions.standing().exists():
        set_wish(subscriber, Subscription.What.ALL, Cadence.AT_ONCE)


def _locked(subscriber_id: int) -> Subscriber:
    rows = Subscriber.objects.select_for_update(of=("self",)).select_related("address")
    return rows.get(pk=subscriber_id)


def _wish(rows: QuerySet[Subscriber], token: str) -> Subscriber:
    pk, wish = read_confirmation(token)
    subscriber = rows.select_related("address").filter(pk=pk, wish=wish).first()
    if subscriber is None or subscriber.state == State.LEFT or subscriber.address.erased_at:
        raise LinkError
    return subscriber
