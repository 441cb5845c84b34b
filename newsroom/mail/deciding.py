"""What a person decides about a message that may or may not have arrived."""

from functools import partial

from django.db import transaction
from django.utils import timezone

from newsroom.mail import tasks
from newsroom.mail.models import Delivery, Mailing
from newsroom.mail.outcomes import end_letters


@transaction.atomic
def take_as_sent(delivery_id: int) -> bool:
    """It arrived; False if it was not in doubt."""
    doubtful = Delivery.objects.filter(pk=delivery_id, state=Delivery.State.IN_DOUBT)
    settled = doubtful.update(state=Delivery.State.SENT, sent_at=timezone.now())
    if settled:
        end_letters(Mailing.objects.filter(deliveries=delivery_id))
    return bool(settled)


@transaction.atomic
def send_again(delivery_id: int) -> bool:
    """It did not arrive: under its old Message-ID, so that a second copy can be told as one.

    False if it was not in doubt, or its mailing was cancelled. A letter whose link has
    expired fails instead, at the next sweep.
    """
    doubtful = Delivery.objects.filter(pk=delivery_id, state=Delivery.State.IN_DOUBT)
    delivery = doubtful.exclude(mailing__state=Mailing.State.CANCELLED).first()
    if delivery is None:
        return False
    doubtful.update(state=Delivery.State.QUEUED, started_at=None, not_before=None)
    done = Mailing.objects.filter(pk=delivery.mailing_id, state=Mailing.State.DONE)
    done.update(state=Mailing.State.SENDING)
    if delivery.mailing.priority == Mailing.Priority.LIST:
        enqueue = partial(tasks.send_mailing.delay, delivery.mailing_id)
    else:
        enqueue = partial(tasks.send_transactional.delay, delivery_id)
    transaction.on_commit(enqueue, robust=True)
    return True
