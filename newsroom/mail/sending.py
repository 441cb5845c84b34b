"""Sending: claim some rows, hand over each message, write down what became of it."""

import logging
import secrets
import time
from datetime import datetime, timedelta

from django.db.models import F, Q, QuerySet
from django.utils import timezone

from newsroom.kit.models import Site
from newsroom.mail.errors import InDoubtError, NotSentError, RefusedError
from newsroom.mail.ledger import NOT_YET_CLAIMED, OPEN
from newsroom.mail.messages import build
from newsroom.mail.models import Delivery, Mailing, Rendering
from newsroom.mail.senders import Sender, make_sender
from newsroom.mail.suppressions import suppression_of

logger = logging.getLogger(__name__)
CHUNK = 200  # Rows claimed at once.
SECONDS = 2.0  # Of sending before what is left is given back.
LEASE = timedelta(seconds=30)
GIVE_UP_AFTER = timedelta(days=2)
BACK_OFF = [timedelta(minutes=minutes) for minutes in (1, 5, 15, 60, 180, 360, 720, 1440)]


def send_letter(delivery_id: int) -> None:
    """Try one transactional letter, unless somebody else has it or its time is over."""
    due = claimable(timezone.now()).filter(pk=delivery_id)
    send_claimed(*claim(due))


def send_some(mailing_id: int) -> bool:
    """Send about two seconds' worth of a mailing; True while more could be sent now."""
    now = timezone.now()
    ready = Mailing.objects.filter(
        Q(not_before__isnull=True) | Q(not_before__lte=now),
        pk=mailing_id,
        state=Mailing.State.SENDING,
    )
    if not ready.exists():
        return False
    went_well = send_claimed(*claim(claimable(now).filter(mailing=mailing_id)))
    if went_well and claimable(timezone.now()).filter(mailing=mailing_id).exists():
        return True
    finish(mailing_id)
    return False


def claimable(now: datetime) -> QuerySet[Delivery]:
    """What waits to be sent and may be tried now."""
    return Delivery.objects.filter(
        Q(not_before__isnull=True) | Q(not_before__lte=now), state__in=NOT_YET_CLAIMED
    )


def claim(due: QuerySet[Delivery]) -> tuple[str, list[Delivery]]:
    """Take up to a chunk of these rows for this worker alone: the row count says who won."""
    lease = secrets.token_hex(16)
    ids = list(due.order_by("pk").values_list("pk", flat=True)[:CHUNK])
    Delivery.objects.filter(pk__in=ids, state__in=NOT_YET_CLAIMED).update(
        state=Delivery.State.CLAIMED,
        lease=lease,
        leased_until=timezone.now() + LEASE,
        started_at=None,
    )
    mine = Delivery.objects.filter(lease=lease, state=Delivery.State.CLAIMED)
    return lease, list(mine.select_related("mailing", "rendering", "address").order_by("pk"))


def send_claimed(lease: str, deliveries: list[Delivery]) -> bool:
    """Send what was claimed over one connection, for two seconds; give the rest back.

    False if there is no way out at the moment.
    """
    if not deliveries:
        return True
    sender, site = make_sender(), Site.current()
    until = time.monotonic() + SECONDS
    way_out = True
    try:
        sender.open()
        for delivery in deliveries:
            if time.monotonic() > until:
                break
            _send_one(sender, site, delivery)
    except NotSentError as error:
        way_out = False
        logger.warning("no way out for mail: %s", error)
        _defer_claimed(lease, str(error))
    finally:
        sender.close()
        _give_back(lease)
    return way_out


def _send_one(sender: Sender, site: Site, delivery: Delivery) -> None:
    """Send one message and mark it. Raises NotSentError only if nobody can be mailed now."""
    if not _start(delivery):
        return
    try:
        outcome = sender.send(build(delivery, site))
    except RefusedError as error:
        _mark(delivery, Delivery.State.FAILED, str(error))
    except InDoubtError as error:
        state = Delivery.State.QUEUED if sender.idempotent else Delivery.State.IN_DOUBT
        _mark(delivery, state, str(error))
        raise NotSentError(str(error)) from error
    except NotSentError as error:
        _defer(delivery, str(error))
        if not str(error)[:1].isdecimal():  # No reply of the server's: the connection is gone.
            raise
    else:
        _mark(delivery, Delivery.State.SENT, outcome)


def _start(delivery: Delivery) -> bool:
    """Write down that this message is about to be handed over; False if it must not be."""
    mine = Delivery.objects.filter(
        pk=delivery.pk, lease=delivery.lease, state=Delivery.State.CLAIMED
    )
    stop = _reason_to_stop(delivery)
    if stop:
        mine.update(state=Delivery.State.CANCELLED, outcome=stop, lease="", leased_until=None)
        return False
    now = timezone.now()
    return bool(
        mine.filter(leased_until__gt=now).update(started_at=now, attempts=F("attempts") + 1)
    )


def _reason_to_stop(delivery: Delivery) -> str:
    if delivery.address.compared is None:
        return "The address was erased."
    if delivery.mailing.priority == Mailing.Priority.TRANSACTIONAL:
        return ""
    reason = suppression_of(delivery.address)
    return f"Suppressed: {reason.label}." if reason else ""


def _mark(delivery: Delivery, state: Delivery.State, outcome: str) -> None:
    """Write down what became of it, unless its lease has passed to somebody else."""
    sent_at = timezone.now() if state == Delivery.State.SENT else None
    Delivery.objects.filter(pk=delivery.pk, lease=delivery.lease).update(
        state=state, outcome=outcome[:500], sent_at=sent_at, lease="", leased_until=None
    )
    if state in {Delivery.State.SENT, Delivery.State.FAILED}:
        forget_letter(delivery)


def _defer(delivery: Delivery, why: str) -> None:
    """Try again later, each time later, for two days; then it has failed."""
    tries = delivery.attempts + 1
    waited = timezone.now() - delivery.mailing.created_at
    if tries >= len(BACK_OFF) * 2 or waited > GIVE_UP_AFTER:
        _mark(delivery, Delivery.State.FAILED, why)
        return
    wait = BACK_OFF[min(tries, len(BACK_OFF)) - 1]
    Delivery.objects.filter(pk=delivery.pk, lease=delivery.lease).update(
        state=Delivery.State.DEFERRED,
        not_before=timezone.now() + wait,
        outcome=why[:500],
        lease="",
        leased_until=None,
    )


def _defer_claimed(lease: str, why: str) -> None:
    """There is no way out: what this worker holds and has not started waits a minute."""
    Delivery.objects.filter(
        lease=lease, state=Delivery.State.CLAIMED, started_at__isnull=True
    ).update(
        state=Delivery.State.DEFERRED,
        not_before=timezone.now() + BACK_OFF[0],
        outcome=why[:500],
        lease="",
        leased_until=None,
    )


def _give_back(lease: str) -> None:
    """What was claimed and not started goes back to the queue."""
    Delivery.objects.filter(
        lease=lease, state=Delivery.State.CLAIMED, started_at__isnull=True
    ).update(state=Delivery.State.QUEUED, lease="", leased_until=None)


def forget_letter(delivery: Delivery) -> None:
    """The words of a transactional letter hold a live link: gone once it is sent or failed."""
    if delivery.mailing.priority == Mailing.Priority.TRANSACTIONAL:
        Rendering.objects.filter(pk=delivery.rendering_id).update(parts={})
        finish(delivery.mailing_id)


def finish(mailing_id: int) -> None:
    """A mailing with nothing left to send is done."""
    if not Delivery.objects.filter(mailing=mailing_id, state__in=OPEN).exists():
        Mailing.objects.filter(pk=mailing_id, state=Mailing.State.SENDING).update(
            state=Mailing.State.DONE
        )
