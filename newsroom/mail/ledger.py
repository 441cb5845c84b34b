"""The ledger: promises of mail, their frozen words, and a row for each message."""

from collections.abc import Iterable
from datetime import datetime, timedelta
from functools import partial
from typing import Any

from django.conf import settings
from django.db import connection, transaction
from django.db.models import Q, QuerySet
from django.utils import timezone

from newsroom.kit.models import Site
from newsroom.mail import tasks
from newsroom.mail.addresses import find_or_make_address
from newsroom.mail.letters import Letter
from newsroom.mail.models import Address, Delivery, Mailing, Rendering, RenderingCarries

TRANSACTIONAL_LIFE = timedelta(days=2)
OPEN = (Delivery.State.QUEUED, Delivery.State.DEFERRED, Delivery.State.CLAIMED)
NOT_YET_CLAIMED = (Delivery.State.QUEUED, Delivery.State.DEFERRED)
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
    parts = {"subject": letter.subject, "text": letter.text, "html": letter.html}
    rendering, made = Rendering.objects.get_or_create(
        mailing=mailing, variant=variant, defaults={"parts": parts | {"headers": letter.headers}}
    )
    if made:
        RenderingCarries.objects.bulk_create(
            RenderingCarries(rendering=rendering, key=key) for key in carries
        )
    return rendering


def fill_deliveries(mailing: Mailing, rendering: Rendering, addresses: QuerySet[Any, Any]) -> int:
    """Write a queued Delivery for each address id that the query selects; how many are new.

    `addresses` has one column, the id. INSERT ... SELECT inside the database: an address
    that has a delivery of this mailing keeps it, so it may run again.
    """
    select, params = addresses.order_by().query.sql_with_params()
    sql = f"""
        INSERT INTO mail_delivery
            (mailing_id, rendering_id, address_id, state, attempts, lease, outcome)
        SELECT %s, %s, wanted.*, 'queued', 0, '', ''
        FROM ({select}) AS wanted
        WHERE 1 = 1
        ON CONFLICT (mailing_id, address_id) DO NOTHING
    """  # noqa: S608 - The query set's own SQL; its values are parameters.
    with connection.cursor() as cursor:
        cursor.execute(sql, [mailing.pk, rendering.pk, *params])
        return int(cursor.rowcount)


def use_rendering(mailing: Mailing, rendering: Rendering) -> int:
    """Give these words to what is queued with others; how many. Before the start only."""
    others = Delivery.objects.filter(mailing=mailing, state=Delivery.State.QUEUED)
    return others.exclude(rendering=rendering).update(rendering=rendering)


def reopen_mailing(key: str, *, not_before: datetime | None = None) -> bool:
    """Fill a mailing after all that was cancelled before it had a single message."""
    called_off = Mailing.objects.filter(
        key=key, state=Mailing.State.CANCELLED, deliveries__isnull=True
    )
    return bool(called_off.update(state=Mailing.State.FILLING, not_before=not_before))


def start_mailing(mailing_id: int) -> None:
    """It is filled: send it. Through a real sender it waits for the title's postal address."""
    state, why = Mailing.State.SENDING, ""
    if not settings.MAIL_STAYS_HERE and not Site.current().postal_address.strip():
        state, why = Mailing.State.WAITING, NO_POSTAL_ADDRESS
    started = Mailing.objects.filter(pk=mailing_id, state=Mailing.State.FILLING).update(
        state=state, halted_for=why
    )
    if started and state == Mailing.State.SENDING:
        transaction.on_commit(partial(tasks.send_mailing.delay, mailing_id), robust=True)


def resume_mailing(mailing_id: int) -> bool:
    """A mailing that waits goes on; False if it did not wait."""
    resumed = Mailing.objects.filter(pk=mailing_id, state=Mailing.State.WAITING).update(
        state=Mailing.State.SENDING, halted_for=""
    )
    if resumed:
        transaction.on_commit(partial(tasks.send_mailing.delay, mailing_id), robust=True)
    return bool(resumed)


@transaction.atomic
def cancel_mailing(mailing_id: int) -> int:
    """Call off what no worker has claimed; return how many messages that was."""
    Mailing.objects.filter(pk=mailing_id).exclude(state=Mailing.State.DONE).update(
        state=Mailing.State.CANCELLED
    )
    return _cancel(Delivery.objects.filter(mailing=mailing_id), "The mailing was cancelled.")


def cancel_list_mail(address: Address) -> int:
    """Call off all list mail to the address that no worker has claimed."""
    listed = Delivery.objects.filter(address=address, mailing__priority=Mailing.Priority.LIST)
    return _cancel(listed, "The reader left.")


@transaction.atomic
def halt_all_mail(why: str) -> int:
    """Nothing goes out by itself from here on: list mailings wait, letters are called off."""
    letters = Delivery.objects.filter(mailing__priority=Mailing.Priority.TRANSACTIONAL)
    _cancel(letters, why)
    letters.filter(state=Delivery.State.CLAIMED).update(state=Delivery.State.CANCELLED)
    under_way = Q(state__in=[Mailing.State.FILLING, Mailing.State.SENDING])
    lists = Mailing.objects.filter(under_way, priority=Mailing.Priority.LIST)
    return lists.update(state=Mailing.State.WAITING, halted_for=why[:200])


@transaction.atomic
def erase_address(address_id: int) -> None:
    """Forget the address; its row and its deliveries stay, so that the counts stay right."""
    address = Address.objects.select_for_update().get(pk=address_id)
    _cancel(Delivery.objects.filter(address=address), "The address was erased.")
    Address.objects.filter(pk=address_id, erased_at__isnull=True).update(
        typed="", compared=None, key="", erased_at=timezone.now()
    )


def _cancel(deliveries: QuerySet[Delivery], why: str) -> int:
    waiting = deliveries.filter(state__in=NOT_YET_CLAIMED)
    return int(waiting.update(state=Delivery.State.CANCELLED, outcome=why[:500]))
