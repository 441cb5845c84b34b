"""How old a mailing may be before only a person starts it."""

from datetime import datetime

from django.conf import settings
from django.db.models import Q, QuerySet
from django.utils import timezone

from newsroom.mail.models import Delivery, Mailing

TOO_OLD = "It is too old to start by itself: send it on by hand if it is still wanted."


def is_too_old(mailing: Mailing) -> bool:
    """Whether nothing has happened to it for longer than MAILING_MAX_AGE.

    A site that stood still, or yesterday's database brought back, must not mail what readers
    had long ago. What counts is the promise, the time it was put off to, the moment when
    somebody at the desk sent it on, and the last message that left.
    """
    oldest = timezone.now() - settings.MAILING_MAX_AGE
    moments = (mailing.created_at, mailing.not_before, mailing.resumed_at, _last_sent(mailing))
    return all(moment is None or moment < oldest for moment in moments)


def wait_if_too_old(mailings: QuerySet[Mailing]) -> bool:
    """Halt the one mailing of the query if it is too old and has messages never tried.

    What a server put off has been begun, and goes on by itself; and so does what waited for
    the end of a reader's quiet hours, if that is not long past.
    """
    mailing = mailings.first()
    if mailing is None or not is_too_old(mailing):
        return False
    oldest = timezone.now() - settings.MAILING_MAX_AGE
    slept = Q(state=Delivery.State.DEFERRED, attempts=0, not_before__lt=oldest)
    untried = Delivery.objects.filter(Q(state=Delivery.State.QUEUED) | slept, mailing=mailing)
    if not untried.exists():
        return False
    return bool(mailings.update(state=Mailing.State.WAITING, halted_for=TOO_OLD))


def _last_sent(mailing: Mailing) -> datetime | None:
    """When the message of the highest id was handed over: they go out in this order."""
    sent = Delivery.objects.filter(mailing=mailing, state=Delivery.State.SENT)
    return sent.order_by("-pk").values_list("started_at", flat=True).first()
