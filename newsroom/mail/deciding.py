"""What only a person decides: of a mailing under way, and of a message in doubt.

Each decision is written down in the desk's own log in the same transaction, with who took it.
"""

from functools import partial
from typing import Any

from django.contrib.admin.models import CHANGE, LogEntry
from django.db import transaction
from django.db.models import Exists, Model, OuterRef, QuerySet
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from newsroom.mail import tasks
from newsroom.mail.claims import not_recalled
from newsroom.mail.ledger import cancel_mailing, resume_mailing
from newsroom.mail.models import Delivery, Mailing, RenderingCarries, Suppression
from newsroom.mail.outcomes import FREE, UNDER_WAY, end_letters, fill_again, keep_attempts

PAUSED = "Paused at the desk."


@transaction.atomic
def pause_mailing(mailing_id: int, *, by: Any) -> bool:
    """Nothing more of it leaves until a person sends it on; False if it was not under way.

    What is at its final dot still leaves; of the rest a worker lets go in a moment.
    """
    lists = Mailing.objects.filter(pk=mailing_id, priority=Mailing.Priority.LIST)
    under_way = lists.filter(state__in=UNDER_WAY, stopped_at=None)
    paused = under_way.update(
        state=Mailing.State.WAITING, halted_for=PAUSED, stopped_at=timezone.now()
    )
    if paused:
        Delivery.objects.filter(
            mailing=mailing_id, state=Delivery.State.CLAIMED, started_at__isnull=True
        ).update(state=Delivery.State.QUEUED, **FREE)
        _note(lists, by, _("Paused it."))
    return bool(paused)


@transaction.atomic
def send_on(mailing_id: int, *, by: Any) -> bool:
    """What waits goes on, whatever it waits for and however old it is; False if it did not."""
    goes_on = resume_mailing(mailing_id, by_hand=True)
    if goes_on:
        _note(Mailing.objects.filter(pk=mailing_id), by, _("Sent it on."))
    return goes_on


@transaction.atomic
def call_off(mailing_id: int, *, by: Any) -> bool:
    """Cancel what has not left, for good: no change of a story takes it up again.

    False if it was not under way.
    """
    lists = Mailing.objects.filter(pk=mailing_id, priority=Mailing.Priority.LIST)
    if not lists.filter(state__in=UNDER_WAY).update(stopped_at=timezone.now()):
        return False
    count = cancel_mailing(mailing_id)
    words = ngettext("Called it off: %(n)d message.", "Called it off: %(n)d messages.", count)
    _note(lists, by, words % {"n": count})
    return True


@transaction.atomic
def take_as_sent(delivery_id: int, *, by: Any) -> bool:
    """It arrived; False if it was not in doubt."""
    doubtful = Delivery.objects.filter(pk=delivery_id, state=Delivery.State.IN_DOUBT)
    settled = doubtful.update(state=Delivery.State.SENT, sent_at=timezone.now())
    if settled:
        end_letters(Mailing.objects.filter(deliveries=delivery_id))
        _note(Delivery.objects.filter(pk=delivery_id), by, _("In doubt: counts as sent."))
    return bool(settled)


@transaction.atomic
def send_again(delivery_id: int, *, by: Any) -> bool:
    """It did not arrive: under its old Message-ID, so that a second copy can be told as one.

    False if it was not in doubt, or it was called off meanwhile, alone or with its mailing. A
    letter whose link has expired fails instead, at the next sweep.
    """
    doubtful = Delivery.objects.filter(
        not_recalled(), pk=delivery_id, state=Delivery.State.IN_DOUBT
    )
    delivery = doubtful.exclude(mailing__state=Mailing.State.CANCELLED).first()
    if delivery is None:
        return False
    keep_attempts(doubtful)
    doubtful.update(state=Delivery.State.QUEUED, started_at=None, not_before=None, outcome="")
    _note(Delivery.objects.filter(pk=delivery_id), by, _("In doubt: sent again."))
    _take_up(Mailing.objects.filter(pk=delivery.mailing_id))
    if delivery.mailing.priority == Mailing.Priority.LIST:
        enqueue = partial(tasks.send_mailing.delay, delivery.mailing_id)
    else:
        enqueue = partial(tasks.send_transactional.delay, delivery_id)
    transaction.on_commit(enqueue, robust=True)
    return True


def failed_deliveries(mailing_id: int) -> QuerySet[Delivery]:
    """What may be tried again of a list mailing: not for who does not want it any more, or gets
    no list mail meanwhile."""
    suppressed = Suppression.objects.filter(address__isnull=False).values("address")
    return Delivery.objects.filter(
        not_recalled(),
        mailing__in=Mailing.objects.filter(pk=mailing_id, priority=Mailing.Priority.LIST).exclude(
            state=Mailing.State.CANCELLED
        ),
        state=Delivery.State.FAILED,
    ).exclude(address__in=suppressed)


@transaction.atomic
def try_failed_again(mailing_id: int, *, by: Any) -> bool:
    """What was refused was refused for a fault of ours: once more, under the old Message-IDs.

    False if there is none. While the mailing waits they wait with it.
    """
    failed = failed_deliveries(mailing_id)
    keep_attempts(failed)
    count = failed.update(
        state=Delivery.State.QUEUED, started_at=None, not_before=None, attempts=0, outcome=""
    )
    if not count:
        return False
    mailing = Mailing.objects.filter(pk=mailing_id)
    words = ngettext(
        "Tried %(n)d failed message again.", "Tried %(n)d failed messages again.", count
    )
    _note(mailing, by, words % {"n": count})
    _take_up(mailing)
    transaction.on_commit(partial(tasks.send_mailing.delay, mailing_id), robust=True)
    return True


def _take_up(mailing: QuerySet[Mailing]) -> None:
    """Some of it leaves after all, and in words that hold now: whoever filled it looks first."""
    mailing.update(resumed_at=timezone.now())  # Or it is too old to start.
    mailing.filter(state=Mailing.State.DONE).update(state=Mailing.State.SENDING)
    carrying = RenderingCarries.objects.filter(rendering__mailing=OuterRef("pk"))
    fill_again(mailing.filter(Exists(carrying), priority=Mailing.Priority.LIST))


def _note(rows: QuerySet[Any], by: Any, words: str) -> None:
    """Who decided what, and when."""
    LogEntry.objects.log_actions(by.pk, rows, CHANGE, change_message=words)


def decisions_about(row: Model) -> QuerySet[LogEntry]:
    """What was decided of a mailing or delivery, the oldest first."""
    of = LogEntry.objects.filter(
        content_type__app_label=row._meta.app_label,
        content_type__model=row._meta.model_name,
        object_id=str(row.pk),
    )
    return of.select_related("user").order_by("action_time", "pk")
