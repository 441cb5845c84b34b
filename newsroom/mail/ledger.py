"""The ledger: promises of mail, their frozen words, and a row for each message."""

import base64
from collections.abc import Iterable, Sequence
from datetime import datetime, timedelta
from functools import partial
from typing import Any

from django.conf import settings
from django.core.exceptions import EmptyResultSet
from django.db import connection, transaction
from django.db.models import Q, QuerySet
from django.utils import timezone

from newsroom.kit.bulk import joins_of_many
from newsroom.kit.models import Site
from newsroom.mail import tasks
from newsroom.mail.addresses import digest, find_or_make_address
from newsroom.mail.ages import TOO_OLD, is_too_old
from newsroom.mail.claims import MAY_BE_CALLED_OFF, NOT_LEFT, NOT_YET_CLAIMED, OPEN, recall
from newsroom.mail.letters import Letter
from newsroom.mail.models import (
    Address,
    Attempt,
    BounceNotice,
    Delivery,
    Mailing,
    Recall,
    Rendering,
    RenderingCarries,
    Suppression,
)
from newsroom.mail.outcomes import FREE, end_letters, fill_again

TRANSACTIONAL_LIFE = timedelta(days=2)
LATE_WORDS = timedelta(days=30)  # So late a journal that was left behind is surely replayed.
CALLED_OFF: dict[str, Any] = {  # With their mailing, and for no reason of their own.
    "state": Delivery.State.CANCELLED,
    "outcome": "The mailing was cancelled.",
}
LEFT = (Delivery.State.SENT, Delivery.State.BOUNCED)  # Whatever became of it then.
GOING_OUT = (Mailing.State.FILLING, Mailing.State.SENDING)
NO_POSTAL_ADDRESS = "The title has no postal address yet."


@transaction.atomic
def promise_letter(
    key: str,
    to: str | Address,
    letter: Letter,
    *,
    expires_at: datetime,
    carries: Iterable[str] = (),
) -> Delivery:
    """Promise one message to one address; the same key again is the same message.

    It is tried until `expires_at`, two days at most. Raises AddressError.
    """
    address = to if isinstance(to, Address) else find_or_make_address(to)
    mailing, made = Mailing.objects.get_or_create(
        key=key,
        defaults={
            "priority": Mailing.Priority.TRANSACTIONAL,
            "state": Mailing.State.SENDING,
            "expires_at": min(expires_at, timezone.now() + TRANSACTIONAL_LIFE),
        },
    )
    if not made:
        return mailing.deliveries.get()
    rendering = add_rendering(mailing, letter, carries=carries)
    delivery = Delivery.objects.create(mailing=mailing, rendering=rendering, address=address)
    enqueue = partial(tasks.send_transactional.delay, delivery.pk)
    transaction.on_commit(enqueue, robust=True)
    return delivery


def promise_mailing(key: str, *, not_before: datetime | None = None) -> Mailing:
    """Promise one mailing to a list; the same key again is the same mailing."""
    mailing, _made = Mailing.objects.get_or_create(
        key=key, defaults={"priority": Mailing.Priority.LIST, "not_before": not_before}
    )
    return mailing


def add_rendering(
    mailing: Mailing, letter: Letter, *, variant: str = "all", carries: Iterable[str] = ()
) -> Rendering:
    """Freeze these words for the mailing; a variant that is there stays as it is."""
    rendering, made = Rendering.objects.get_or_create(
        mailing=mailing, variant=variant, defaults={"parts": _parts(letter)}
    )
    if made:
        RenderingCarries.objects.bulk_create(
            RenderingCarries(rendering=rendering, key=key) for key in carries
        )
    return rendering


def _parts(letter: Letter) -> dict[str, Any]:
    """The letter as JSON; what most letters do not have stands only in those that do."""
    parts: dict[str, Any] = {
        "subject": " ".join(letter.subject.split()),  # A header is one line.
        "text": letter.text,
        "html": letter.html,
        "headers": letter.headers,
    }
    if letter.attachments:
        parts["attachments"] = [
            [file.name, file.kind, base64.b64encode(file.content).decode()]
            for file in letter.attachments
        ]
    if letter.wants_no_return:
        parts["wants_no_return"] = True
    return parts


def fill_deliveries(mailing: Mailing, rendering: Rendering, addresses: QuerySet[Any, Any]) -> int:
    """Write a queued Delivery for each address id that the query selects; how many are new.

    `addresses` has one column, the id.
    """
    try:
        select, params = addresses.order_by().query.sql_with_params()
    except EmptyResultSet:
        return 0
    both = f"SELECT one.*, %s FROM ({select}) AS one"  # noqa: S608 - The query set's own SQL.
    return fill_from(mailing, both, [rendering.pk, *params])


def fill_from(mailing: Mailing, select: str, params: Sequence[Any]) -> int:
    """Write a queued Delivery for each row of the SELECT; how many are new.

    Its columns are the ids of address and rendering, in this order. INSERT ... SELECT inside
    the database: an address that has a delivery of this mailing keeps it, so it may run again.
    One that was called off with its mailing waits again.
    """
    sql = f"""
        INSERT INTO mail_delivery
            (mailing_id, address_id, rendering_id, state, attempts, lease, outcome)
        SELECT %s, wanted.*, 'queued', 0, '', ''
        FROM ({select}) AS wanted
        WHERE 1 = 1
        ON CONFLICT (mailing_id, address_id) DO UPDATE
            SET rendering_id = excluded.rendering_id, state = 'queued', attempts = 0,
                outcome = '', started_at = NULL, not_before = NULL
            WHERE mail_delivery.state = %s AND mail_delivery.outcome = %s
    """  # noqa: S608 - As above; all values are parameters.
    with joins_of_many(), connection.cursor() as cursor:
        cursor.execute(sql, [mailing.pk, *params, *CALLED_OFF.values()])
        return int(cursor.rowcount)


def move_deliveries(deliveries: QuerySet[Delivery], words: Rendering) -> int:
    """Give these words to those of them that wait and that nobody has claimed; how many."""
    return deliveries.filter(state__in=NOT_YET_CLAIMED).update(rendering=words)


def cancel_deliveries(deliveries: QuerySet[Delivery], why: str) -> int:
    """Call off those of them that have not left; how many no worker was just handing over.

    What failed or is in doubt stays so, and nobody sends it again.
    """
    return _cancel(deliveries, why, NOT_LEFT)


def reopen_mailing(key: str, *, not_before: datetime | None = None) -> bool:
    """Fill a mailing after all that was cancelled; not one that a person called off."""
    return bool(
        called_off(key).update(state=Mailing.State.FILLING, not_before=not_before, filled_at=None)
    )


def called_off(key: str) -> QuerySet[Mailing]:
    """The mailing, if it was cancelled, and by no person."""
    return Mailing.objects.filter(key=key, state=Mailing.State.CANCELLED, stopped_at=None)


def called_off_with(mailing: Mailing) -> QuerySet[Delivery]:
    """What of it had not left when it was cancelled as a whole."""
    return Delivery.objects.filter(mailing=mailing, **CALLED_OFF)


def take_up_mailing(mailing_id: int) -> bool:
    """Before a mailing is filled anew: what was called off with it is not recalled any more.

    False while a worker holds some of it that was called off, and may still be sending it, and
    if it is called off once more.
    """
    recalls = Recall.objects.filter(delivery__mailing=mailing_id)
    if not recalls.exists():
        return True
    with transaction.atomic():
        mailing = Mailing.objects.select_for_update(no_key=True).get(pk=mailing_id)
        held = recalls.filter(delivery__state=Delivery.State.CLAIMED)
        if mailing.state != Mailing.State.FILLING or held.exists():
            return False
        unsent = recalls.exclude(delivery__state__in=LEFT)
        unsent.filter(why=CALLED_OFF["outcome"]).delete()
    return True


def start_mailing(mailing_id: int) -> None:
    """It is filled: send it."""
    begin_mailing(mailing_id)
    end_filling(mailing_id)


def begin_mailing(mailing_id: int) -> None:
    """Send what is filled so far, unless it must wait.

    Through a real sender it waits for the title's postal address; too old, for a person.
    """
    mailing = Mailing.objects.filter(pk=mailing_id).first()
    state, why = Mailing.State.SENDING, ""
    if mailing is not None and is_too_old(mailing):
        state, why = Mailing.State.WAITING, TOO_OLD
    elif not settings.MAIL_STAYS_HERE and not Site.current().postal_address.strip():
        state, why = Mailing.State.WAITING, NO_POSTAL_ADDRESS
    Mailing.objects.filter(pk=mailing_id, state=Mailing.State.FILLING).update(
        state=state, halted_for=why
    )
    _hint(mailing_id)


def end_filling(mailing_id: int) -> bool:
    """Every delivery of it is written: it is done when the last of them is.

    False while it does not go out: then its words have changed since they were written.
    """
    filled = Mailing.objects.filter(pk=mailing_id).exclude(state=Mailing.State.FILLING)
    if filled.filter(filled_at=None).update(filled_at=timezone.now()):
        _hint(mailing_id)
    return filled.exists()


def unfinished() -> Q:
    """Mailings that whoever fills them has to come back to."""
    going = Q(state=Mailing.State.SENDING, filled_at=None)
    return Q(state=Mailing.State.FILLING) | going


def _hint(mailing_id: int) -> None:
    """A task to send it, unless a worker is at it."""
    at_rest = Q(resting_until__isnull=True) | Q(resting_until__lte=timezone.now())
    if Mailing.objects.filter(at_rest, pk=mailing_id, state=Mailing.State.SENDING).exists():
        transaction.on_commit(partial(tasks.send_mailing.delay, mailing_id), robust=True)


@transaction.atomic
def refill_mailing(mailing_id: int) -> None:
    """Its words have changed: nothing more of it leaves until whoever filled it has been there.

    What a worker has claimed and not begun to hand over is taken from it; what it has begun
    and does not send comes back to be filled once more.
    """
    fill_again(Mailing.objects.filter(pk=mailing_id), changed_at=timezone.now())
    Delivery.objects.filter(
        mailing=mailing_id, state=Delivery.State.CLAIMED, started_at__isnull=True
    ).update(state=Delivery.State.QUEUED, **FREE)


@transaction.atomic
def resume_mailing(mailing_id: int, *, by_hand: bool = False) -> bool:
    """A mailing that waits goes on where it was halted; False if it did not wait.

    `by_hand`: a person wants it, however old it is. Nobody else sets going what a person paused.
    """
    waiting = Mailing.objects.filter(pk=mailing_id, state=Mailing.State.WAITING)
    if by_hand:
        waiting.update(resumed_at=timezone.now(), stopped_at=None)
    waiting = waiting.filter(stopped_at=None)
    unfilled = waiting.filter(filled_at=None)  # Whoever fills it comes back to it.
    if unfilled.update(state=Mailing.State.FILLING, halted_for=""):
        return True
    if waiting.update(state=Mailing.State.SENDING, halted_for=""):
        transaction.on_commit(partial(tasks.send_mailing.delay, mailing_id), robust=True)
        return True
    return False


@transaction.atomic
def cancel_mailing(mailing_id: int) -> int:
    """Call off what has not left; return how many messages no worker was just handing over.

    What failed or is in doubt may be sent again should the mailing be taken up.
    """
    Mailing.objects.filter(pk=mailing_id).exclude(state=Mailing.State.DONE).update(
        state=Mailing.State.CANCELLED
    )
    return _cancel(Delivery.objects.filter(mailing=mailing_id), CALLED_OFF["outcome"])


def cancel_list_mail(address: Address, why: str = "The reader left.") -> int:
    """Call off all list mail to the address that has not left, for good."""
    return cancel_deliveries(list_mail_to(address), why)


def hold_list_mail(address: Address, why: str) -> int:
    """Call off what waits for an address that gets no list mail for now.

    What failed or is in doubt may be sent again once that is over.
    """
    return _cancel(list_mail_to(address), why)


def list_mail_to(address: Address) -> QuerySet[Delivery]:
    """All list mail to the address. Without a join, which an UPDATE would make with itself."""
    lists = Mailing.objects.filter(priority=Mailing.Priority.LIST)
    return Delivery.objects.filter(address=address, mailing__in=lists)


def halt_mailing(mailing_id: int, why: str) -> bool:
    """It waits for a person from here on; False if it was not going out."""
    going = Mailing.objects.filter(pk=mailing_id, state__in=GOING_OUT)
    return bool(going.update(state=Mailing.State.WAITING, halted_for=why[:200]))


@transaction.atomic
def halt_all_mail(why: str) -> int:
    """Nothing goes out by itself from here on: list mailings wait, letters are called off."""
    letters = Mailing.objects.filter(
        priority=Mailing.Priority.TRANSACTIONAL, state=Mailing.State.SENDING
    )
    _cancel(Delivery.objects.filter(mailing__in=letters), why)
    Delivery.objects.filter(mailing__in=letters, state=Delivery.State.CLAIMED).update(
        state=Delivery.State.IN_DOUBT, outcome=why[:500], **FREE
    )
    end_letters(letters)
    lists = Mailing.objects.filter(state__in=GOING_OUT, priority=Mailing.Priority.LIST)
    return lists.update(state=Mailing.State.WAITING, halted_for=why[:200])


@transaction.atomic
def erase_address(address_id: int) -> None:
    """Forget the address; its row and its deliveries stay, so that the counts stay right."""
    address = Address.objects.select_for_update().get(pk=address_id)
    if address.compared is None:
        return
    cancel_deliveries(Delivery.objects.filter(address=address), "The address was erased.")
    end_letters(Mailing.objects.filter(deliveries__address=address))
    _forget_words(Address.objects.filter(pk=address_id))
    BounceNotice.objects.filter(delivery__address=address).update(words="")
    Suppression.objects.filter(digest=digest(address.compared)).update(evidence="", address=None)
    Address.objects.filter(pk=address_id).update(
        typed="", compared=None, key="", erased_at=timezone.now()
    )


def forget_late_words() -> None:
    """A worker that held a message to an address just erased may have written the server's
    words down since."""
    lately = timezone.now() - LATE_WORDS
    _forget_words(Address.objects.filter(erased_at__gt=lately))


def _forget_words(addresses: QuerySet[Address]) -> None:
    """Servers repeat the address in what they say; why a message was called off is ours."""
    spoken_of = Delivery.objects.filter(address__in=addresses).exclude(outcome="")
    spoken_of.exclude(state=Delivery.State.CANCELLED).update(outcome="")
    Attempt.objects.filter(delivery__address__in=addresses).exclude(words="").update(words="")


def _cancel(deliveries: QuerySet[Delivery], why: str, recalled: Iterable[str] = OPEN) -> int:
    """A worker writes its start before it hands a message over, and finds it called off; of
    what it has begun it asks again and again whether it was recalled."""
    called_off = deliveries.filter(MAY_BE_CALLED_OFF)
    count = called_off.update(state=Delivery.State.CANCELLED, outcome=why[:500], **FREE)
    recall(deliveries, why, recalled)
    return count
