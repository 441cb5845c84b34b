"""What a person decides about their own mail."""

from datetime import timedelta

from django.db import transaction
from django.db.models import QuerySet
from django.utils import timezone

from newsroom.kit.links import LinkError
from newsroom.mail.models import Address, Suppression, new_key
from newsroom.mail.services import cancel_list_mail, lift, suppression_of
from newsroom.mail.services import leave as leave_list_mail
from subscriptions.consent import Consent
from subscriptions.links import read_confirmation
from subscriptions.models import Subscriber, Subscription

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
    if not subscriber.is_subscribed:
        _begin(subscriber)
    lift(subscriber.address, Suppression.Reason.LEFT)
    lift(subscriber.address, Suppression.Reason.HARD_BOUNCE)
    return subscriber


@transaction.atomic
def pause(subscriber_id: int, *, days: int = 30) -> Subscriber:
    """No mail for so many days. What is waiting to be sent is cancelled, not kept."""
    subscriber = _locked(subscriber_id)
    if subscriber.state == State.CONFIRMED:
        subscriber.state = State.PAUSED
        subscriber.paused_until = timezone.now() + timedelta(days=days)
        subscriber.save()
        cancel_list_mail(subscriber.address)
    return subscriber


@transaction.atomic
def resume(subscriber_id: int) -> Subscriber:
    """Mail begins again, with the next story; what was missed stays missed."""
    subscriber = _locked(subscriber_id)
    if subscriber.state == State.PAUSED:
        subscriber.state, subscriber.paused_until = State.CONFIRMED, None
        subscriber.wants_since = timezone.now()
        subscriber.save()
    return subscriber


def resume_ended_pauses() -> int:
    """Resume all whose pause is over; how many."""
    return Subscriber.objects.pause_over().update(
        state=State.CONFIRMED, paused_until=None, wants_since=timezone.now()
    )


def leave(subscriber_id: int) -> Subscriber:
    """No more mail, by the same way as the link in a mail's foot: see `note_leaving`."""
    subscriber = Subscriber.objects.select_related("address").get(pk=subscriber_id)
    leave_list_mail(subscriber.address)
    subscriber.refresh_from_db()
    return subscriber


@transaction.atomic
def note_leaving(address: Address) -> None:
    """The person left: links mailed to confirm an earlier wish lose their force.

    Nothing to note if nobody subscribed with this address.
    """
    subscriber = Subscriber.objects.select_for_update().filter(address=address).first()
    if subscriber is not None and subscriber.state != State.LEFT:
        subscriber.state, subscriber.paused_until = State.LEFT, None
        subscriber.left_at, subscriber.wish = timezone.now(), new_key()
        subscriber.save()


@transaction.atomic
def note_return(address: Address) -> None:
    """Leaving was undone by whoever holds a mailed link: the confirmed wish stands again."""
    subscriber = Subscriber.objects.select_for_update().filter(address=address).first()
    if subscriber and subscriber.state == State.LEFT and subscriber.confirmed_at:
        _begin(subscriber)


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
        _begin(subscriber)
        lift(subscriber.address, Suppression.Reason.LEFT)
    return subscriber


def _begin(subscriber: Subscriber) -> None:
    subscriber.state, subscriber.left_at = State.CONFIRMED, None
    subscriber.confirmed_at = subscriber.wants_since = timezone.now()
    subscriber.save()
    Subscription.objects.get_or_create(subscriber=subscriber, what=Subscription.What.ALL)


def _locked(subscriber_id: int) -> Subscriber:
    rows = Subscriber.objects.select_for_update(of=("self",)).select_related("address")
    return rows.get(pk=subscriber_id)


def _wish(rows: QuerySet[Subscriber], token: str) -> Subscriber:
    pk, wish = read_confirmation(token)
    subscriber = rows.select_related("address").filter(pk=pk, wish=wish).first()
    if subscriber is None or subscriber.state == State.LEFT or subscriber.address.erased_at:
        raise LinkError
    return subscriber
