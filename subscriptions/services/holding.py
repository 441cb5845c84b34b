"""What is held about a person: to take with them, to have erased, to have mail go elsewhere."""

import uuid
from collections.abc import Iterator
from datetime import datetime
from typing import Any

from django.db import transaction
from django.db.models import Max, Q
from django.utils import timezone

from newsroom.kit.links import LinkError
from newsroom.mail.models import Address, Delivery, Suppression
from newsroom.mail.services import (
    digest,
    erase_address,
    find_or_make_address,
    lift,
    promise_letter,
    redirect_list_mail,
    suppression_of,
)
from newsroom.mail.services import leave as leave_list_mail
from newsroom.mail.signals import person_erased
from subscriptions import emails
from subscriptions.consent import WORDS
from subscriptions.links import DATA_FOR
from subscriptions.models import Event, Import, ImportLine, Subscriber
from subscriptions.services.asking import bounds_of, promise_asked
from subscriptions.services.noting import What, note


def send_key(subscriber: Subscriber) -> None:
    """Mail a link that lives 30 minutes to the page where one downloads, erases and moves."""
    letter = emails.key_to_data(subscriber)
    expires_at = timezone.now() + DATA_FOR
    promise_letter(f"key:{uuid.uuid4()}", subscriber.address, letter, expires_at=expires_at)


def everything_held(subscriber: Subscriber) -> dict[str, Any]:
    """All that subscriptions and the post room hold about the person, fit for JSON."""
    return {
        "address": {
            "as_typed": subscriber.address.typed,
            "as_compared": subscriber.address.compared,
            "first_seen_at": subscriber.address.created_at,
            "gets_no_list_mail_because": suppression_of(subscriber.address),
        },
        "subscriber": _of_subscriber(subscriber),
        "wishes": [_of_wish(wish) for wish in _wishes(subscriber)],
        "stories_owed": list(
            subscriber.dues.order_by("pk").values(
                "article__path", "article__live__headline", "why", "cadence", "due_at", "delivery"
            )
        ),
        "history": list(
            subscriber.events.order_by("pk").values("what", "at", "detail", "address__typed")
        ),
        "mails": [_of_mail(delivery) for delivery in _mails(subscriber)],
    }


def _of_subscriber(subscriber: Subscriber) -> dict[str, Any]:
    names = (
        "state", "created_at", "confirmed_at", "wants_since", "paused_until", "left_at", "zone",
        "hour", "weekday", "quiet_from", "quiet_to", "daily_cap", "breaking_at_once", "asked",
        "consent_at", "consent_from", "consent_words", "origin",
    )  # fmt: skip
    words = WORDS.get(subscriber.consent_words)
    return {name: getattr(subscriber, name) for name in names} | {
        "consent_words_in_full": str(words) if words else ""
    }


def _wishes(subscriber: Subscriber) -> Any:
    return subscriber.subscriptions.select_related("section", "topic", "author").order_by("pk")


def _of_wish(wish: Any) -> dict[str, Any]:
    return {
        "what": wish.name,
        "rhythm": wish.cadence,
        "wished_at": wish.wished_at,
        "left_at": wish.left_at,
        "stories_that_waited": wish.waited,
    }


def _mails(subscriber: Subscriber) -> Iterator[Delivery]:
    """Also what went to the addresses that they have moved away from, while they were there."""
    moves = subscriber.events.filter(what=What.MOVED).exclude(address=None).order_by("at")
    mine = _while_theirs(subscriber, subscriber.address_id, None)
    for address_id, at in moves.values_list("address", "at"):
        mine |= _while_theirs(subscriber, address_id, at)
    rows = Delivery.objects.filter(mine).select_related("mailing", "rendering")
    return rows.prefetch_related("tries").order_by("pk").iterator(chunk_size=500)


def _while_theirs(subscriber: Subscriber, address_id: int, until: datetime | None) -> Q:
    """What was promised to the address until then, but not before somebody else left it."""
    others = Event.objects.filter(what=What.MOVED, address=address_id)
    others = others.exclude(subscriber=subscriber)
    theirs = Q(address=address_id)
    if until is not None:
        theirs &= Q(mailing__created_at__lt=until)
        others = others.filter(at__lt=until)
    since = others.aggregate(Max("at"))["at__max"]
    return theirs if since is None else theirs & Q(mailing__created_at__gte=since)


def _of_mail(delivery: Delivery) -> dict[str, Any]:
    return {
        "mailing": delivery.mailing.key,
        "subject": delivery.rendering.parts.get("subject", ""),
        "state": delivery.state,
        "sent_at": delivery.sent_at,
        "last_words_of_the_server": delivery.outcome,
        "earlier_attempts": [
            {"began_at": row.began_at, "state": row.state, "words_of_the_server": row.words}
            for row in delivery.tries.all()
        ],
    }


@transaction.atomic
def erase(subscriber: Subscriber) -> None:
    """Forget the person: no mail any more, and nothing left that says who it was.

    The rows stay without a name, so that the counts stay right, and a keyed digest stays, so
    that no list brings the address back. Addresses that they had moved away from go as well.
    """
    addresses = [subscriber.address, *_left_behind(subscriber)]
    for address in addresses:
        leave_list_mail(address)
        person_erased.send(sender=Address, address=address)
    subscriber.subscriptions.all().delete()
    subscriber.refresh_from_db()
    subscriber.asked, subscriber.consent_from, subscriber.fingerprint = None, "", ""
    subscriber.origin = ""
    subscriber.events.update(detail="", address=None)
    subscriber.zone, subscriber.hour, subscriber.weekday = "", 7, 0
    subscriber.quiet_from = subscriber.quiet_to = subscriber.daily_cap = None
    subscriber.save()
    for address in addresses:
        _forget_in_lists(address)
        erase_address(address.pk)


def _forget_in_lists(address: Address) -> None:
    """Their line of a list is kept for some days; what is not brought in yet stays out."""
    unread = Q(outcome="", typed__iexact=address.typed)
    lines = ImportLine.objects.filter(of__in=Import.objects.values("pk"))
    named = lines.filter(Q(compared=address.compared) | unread)
    named.update(typed="", compared="", given_on="")


def _left_behind(subscriber: Subscriber) -> Iterator[Address]:
    """The addresses that the person moved away from, unless somebody else has been there since."""
    moves = subscriber.events.filter(what=What.MOVED).exclude(address=None).order_by("at")
    for address_id, at in dict(moves.values_list("address", "at")).items():  # The last of each.
        since = Delivery.objects.filter(address=address_id, mailing__created_at__gt=at)
        others = Event.objects.filter(address=address_id).exclude(subscriber=subscriber)
        there = Subscriber.objects.filter(address=address_id)
        if not (since.exists() or others.exists() or there.exists()):
            yield Address.objects.get(pk=address_id)


@transaction.atomic
def request_move(subscriber: Subscriber, typed: str) -> None:
    """Ask the owner of another address whether the mail shall come there.

    Raises AddressError. The answer is the same for every address, and so is how many such
    letters it gets: anybody may have many subscriptions, and type anyone's address. One that
    gets none is not written down.
    """
    address = find_or_make_address(typed)
    letter = emails.new_address(subscriber, address)
    if not promise_asked(typed, letter, bounds_of(address), lives=DATA_FOR):
        transaction.set_rollback(True)


@transaction.atomic
def move(subscriber: Subscriber, address: Address) -> Subscriber:
    """The owner of the new address said yes: wishes and hours go with them. Twice is once.

    Raises LinkError if the new address has a subscription of its own that stands.
    """
    rows = Subscriber.objects.select_for_update()
    subscriber = rows.get(pk=subscriber.pk)
    if subscriber.address_id == address.pk:
        return subscriber
    there = rows.filter(address=address).first()
    if there is not None and there.is_subscribed:
        raise LinkError
    if there is not None:
        there.delete()  # Never confirmed, or left: it owes and is owed nothing.
    redirect_list_mail(subscriber.address, address)  # Before the moment of the move, see tracing.
    note(subscriber, What.MOVED, before=subscriber.address)
    subscriber.address, subscriber.fingerprint = address, digest(address.compared or "")
    subscriber.save(update_fields=["address", "fingerprint"])
    lift(address, Suppression.Reason.LEFT)
    lift(address, Suppression.Reason.HARD_BOUNCE)
    return subscriber
