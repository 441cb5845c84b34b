"""The sweep: it finds what a killed worker, a lost hint or an absent broker left behind.

Each step is a conditional update or a hint, so two sweeps at once do no harm.
"""

from datetime import timedelta

from django.conf import settings
from django.db.models import Exists, OuterRef, Q
from django.utils import timezone

from newsroom.kit.models import Site
from newsroom.mail import connections, tasks
from newsroom.mail.claims import NOT_YET_CLAIMED, claimable, due
from newsroom.mail.ledger import CALLED_OFF, NO_POSTAL_ADDRESS, resume_mailing
from newsroom.mail.models import Delivery, Mailing
from newsroom.mail.outcomes import BACK_OFF, FREE, end_letters, finish, has_delivery
from newsroom.mail.rounds import replay
from newsroom.mail.senders import make_sender
from newsroom.mail.sending import waiting_letters

State = Delivery.State
FRESH = timedelta(seconds=5)  # So long the hint given on commit is believed to be under way.


def sweep() -> None:
    """Settle leases that ran out, end what is over, hint at what waits."""
    connections.end_idle()
    replay()
    settle_lost_leases()
    end_old_letters()
    end_cancelled()
    resume_for_postal_address()
    hint_letters()
    hint_mailings()
    finish(Mailing.objects.all())


def settle_lost_leases() -> None:
    """What a dead worker held is queued again if it had not been started.

    If it had, it is in doubt; but where sending it again is harmless it is queued as well,
    a bounded number of times, for it may be what kills the workers.
    """
    lost = Delivery.objects.filter(state=State.CLAIMED, leased_until__lt=timezone.now())
    lost.filter(started_at__isnull=True).update(state=State.QUEUED, **FREE)
    if make_sender().idempotent:
        again = lost.filter(attempts__lte=len(BACK_OFF))
        again.update(state=State.QUEUED, started_at=None, **FREE)
    lost.update(
        state=State.IN_DOUBT,
        outcome="The worker was killed while this message was being handed over.",
        **FREE,
    )


def end_old_letters() -> None:
    """A letter whose link no longer works is not worth sending, nor worth keeping in doubt."""
    old = Mailing.objects.filter(
        priority=Mailing.Priority.TRANSACTIONAL, expires_at__lt=timezone.now()
    )
    Delivery.objects.filter(
        mailing__in=old.filter(state=Mailing.State.SENDING), state__in=NOT_YET_CLAIMED
    ).update(state=State.FAILED, outcome="Its link expired before it could be sent.")
    end_letters(old.filter(Q(state=Mailing.State.SENDING) | has_delivery(State.IN_DOUBT)))


def end_cancelled() -> None:
    """What was being handed over when its mailing was cancelled, and came back unsent."""
    Delivery.objects.filter(
        mailing__state=Mailing.State.CANCELLED, state__in=NOT_YET_CLAIMED
    ).update(**CALLED_OFF)


def resume_for_postal_address() -> None:
    """Mailings that waited for the postal address go on once it is there."""
    waiting = Mailing.objects.filter(state=Mailing.State.WAITING, halted_for=NO_POSTAL_ADDRESS)
    if settings.MAIL_STAYS_HERE or Site.current().postal_address.strip():
        for pk in waiting.values_list("pk", flat=True):
            resume_mailing(pk)


def hint_letters() -> None:
    """One task for all letters whose own task was lost, or whose next try is due."""
    long_enough = timezone.now() - FRESH
    if waiting_letters().filter(mailing__created_at__lt=long_enough).exists():
        tasks.send_letters.delay()


def hint_mailings() -> None:
    """A task for each mailing that has something to send and nobody at work."""
    now = timezone.now()
    sendable = Mailing.objects.filter(
        Q(resting_until__isnull=True) | Q(resting_until__lte=now),
        due(now),
        Exists(claimable(now).filter(mailing=OuterRef("pk"))),
        state=Mailing.State.SENDING,
        priority=Mailing.Priority.LIST,
    )
    for pk in sendable.values_list("pk", flat=True):
        tasks.send_mailing.delay(pk)
