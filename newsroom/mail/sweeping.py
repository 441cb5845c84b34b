"""The sweep: it finds what a killed worker, a lost hint or an absent broker left behind."""

from django.conf import settings
from django.db.models import Exists, OuterRef, Q
from django.utils import timezone

from newsroom.kit.models import Site
from newsroom.mail import tasks
from newsroom.mail.ledger import NO_POSTAL_ADDRESS, NOT_YET_CLAIMED, OPEN, resume_mailing
from newsroom.mail.models import Delivery, Mailing
from newsroom.mail.senders import make_sender
from newsroom.mail.sending import finish, forget_letter


def sweep() -> None:
    """Settle leases that ran out, end letters that are too old, hint at what waits."""
    settle_lost_leases()
    end_old_letters()
    resume_for_postal_address()
    hint_letters()
    hint_mailings()


def settle_lost_leases() -> None:
    """What a dead worker held: not started, it is queued again; started, it is in doubt,

    unless sending it again is harmless.
    """
    lost = Delivery.objects.filter(state=Delivery.State.CLAIMED, leased_until__lt=timezone.now())
    harmless = Q() if make_sender().idempotent else Q(started_at__isnull=True)
    free = {"lease": "", "leased_until": None}
    lost.filter(harmless).update(state=Delivery.State.QUEUED, started_at=None, **free)
    lost.update(
        state=Delivery.State.IN_DOUBT,
        outcome="The worker was killed while this message was being handed over.",
        **free,
    )


def end_old_letters() -> None:
    """A letter whose link no longer works is not worth sending."""
    old = Delivery.objects.filter(
        mailing__expires_at__lt=timezone.now(), state__in=NOT_YET_CLAIMED
    )
    for delivery in old.select_related("mailing"):
        ended = Delivery.objects.filter(pk=delivery.pk, state__in=NOT_YET_CLAIMED).update(
            state=Delivery.State.FAILED, outcome="Its link expired before it could be sent."
        )
        if ended:
            forget_letter(delivery)


def resume_for_postal_address() -> None:
    """Mailings that waited for the postal address go on once it is there."""
    if settings.MAIL_STAYS_HERE or Site.current().postal_address.strip():
        waiting = Mailing.objects.filter(state=Mailing.State.WAITING, halted_for=NO_POSTAL_ADDRESS)
        for pk in waiting.values_list("pk", flat=True):
            resume_mailing(pk)


def hint_letters() -> None:
    """A task for each letter that waits and may be tried."""
    now = timezone.now()
    waiting = Delivery.objects.filter(
        Q(not_before__isnull=True) | Q(not_before__lte=now),
        state__in=NOT_YET_CLAIMED,
        mailing__priority=Mailing.Priority.TRANSACTIONAL,
        mailing__state=Mailing.State.SENDING,
    )
    for pk in waiting.values_list("pk", flat=True)[:500]:
        tasks.send_transactional.delay(pk)


def hint_mailings() -> None:
    """A task for each mailing that nobody works on; one with nothing left is done."""
    now = timezone.now()
    held = Delivery.objects.filter(
        mailing=OuterRef("pk"), state=Delivery.State.CLAIMED, leased_until__gt=now
    )
    sendable = Mailing.objects.filter(
        Q(not_before__isnull=True) | Q(not_before__lte=now),
        ~Exists(held),
        state=Mailing.State.SENDING,
        priority=Mailing.Priority.LIST,
    )
    for mailing in sendable:
        if mailing.deliveries.filter(state__in=OPEN).exists():
            tasks.send_mailing.delay(mailing.pk)
        else:
            finish(mailing.pk)
