"""Writing down those whom a list brings: addresses, subscribers, wishes, events, a welcome."""

from datetime import datetime

from django.utils import timezone

from newsroom.mail.models import Address
from newsroom.mail.services import (
    add_rendering,
    begin_mailing,
    digest,
    end_filling,
    fill_deliveries,
    promise_mailing,
)
from subscriptions import emails
from subscriptions.models import Event, Import, ImportLine, Subscriber, Subscription
from subscriptions.services.judging import consent_of

Outcome = ImportLine.Outcome
COMING = (Outcome.MADE, Outcome.PENDING)
KEY = "import:"


def write_down(kept: Import, lines: list[ImportLine]) -> None:
    """Inside the transaction of the batch: addresses, subscribers, wishes and events."""
    coming = {line.compared: line for line in lines if line.outcome in COMING}
    if not coming:
        return
    Address.objects.bulk_create(
        [Address(typed=line.typed, compared=compared) for compared, line in coming.items()],
        ignore_conflicts=True,
    )
    addresses = Address.objects.filter(compared__in=list(coming)).order_by("pk")
    rows = Subscriber.objects.select_for_update(of=("self",)).filter(address__in=addresses)
    there = {reader.address_id: reader for reader in rows}
    new = [
        _subscriber(kept, coming[str(address.compared)], address)
        for address in addresses
        if address.pk not in there
    ]
    Subscriber.objects.bulk_create(new)
    waited = [
        _confirmed_now(kept, coming[str(address.compared)], there[address.pk])
        for address in addresses
        if address.pk in there
    ]
    _tell(kept, [*new, *(reader for reader in waited if reader is not None)])


def _subscriber(kept: Import, line: ImportLine, address: Address) -> Subscriber:
    reader = Subscriber(
        address=address,
        fingerprint=digest(line.compared),
        asked=[["all", kept.cadence]],
        origin=kept.origin,
        brought_by=kept,
    )
    if line.outcome == Outcome.MADE:
        _begin(reader, kept, line)
    elif line.given_on or kept.consented_on:
        reader.consent_at = _consent_if_readable(line, kept)
    return reader


def _consent_if_readable(line: ImportLine, kept: Import) -> datetime | None:
    try:
        return consent_of(line, kept)
    except ValueError:
        return None


def _begin(reader: Subscriber, kept: Import, line: ImportLine) -> None:
    """Stories published from now on are theirs."""
    now = timezone.now()
    reader.state, reader.asked = Subscriber.State.CONFIRMED, None
    reader.confirmed_at = reader.wants_since = now
    reader.consent_at = consent_of(line, kept)
    reader.consent_from, reader.consent_words = "", ""
    reader.origin, reader.brought_by = kept.origin, kept


def _confirmed_now(kept: Import, line: ImportLine, reader: Subscriber) -> Subscriber | None:
    """Someone who had asked and not confirmed, whose consent the list proves; None for whoever
    came in by themselves meanwhile."""
    if line.outcome != Outcome.MADE or reader.state != Subscriber.State.PENDING:
        line.outcome, line.says = Outcome.THERE, str(reader.get_state_display())
        return None
    _begin(reader, kept, line)
    reader.save()
    return reader


def _tell(kept: Import, readers: list[Subscriber]) -> None:
    """The wishes of those who are confirmed, and what is remembered of them all."""
    confirmed = [reader for reader in readers if reader.is_subscribed]
    Subscription.objects.bulk_create(
        [Subscription(subscriber=reader, cadence=kept.cadence) for reader in confirmed],
        ignore_conflicts=True,
    )
    Event.objects.bulk_create(
        Event(subscriber=reader, what=Event.What.IMPORTED, detail=kept.origin)
        for reader in readers
    )
    Event.objects.bulk_create(
        Event(subscriber=reader, what=Event.What.CONFIRMED) for reader in confirmed
    )


def welcome(kept: Import) -> None:
    """A mailing to all whom it brought in confirmed: it can be halted like any other."""
    mailing = promise_mailing(f"{KEY}{kept.pk}")
    rendering = add_rendering(mailing, emails.imported_welcome(kept.cadence))
    brought = kept.brought.filter(state=Subscriber.State.CONFIRMED)
    fill_deliveries(mailing, rendering, brought.values("address"))
    begin_mailing(mailing.pk)
    end_filling(mailing.pk)
