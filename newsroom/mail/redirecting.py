"""Somebody gets their mail at another address from now on."""

from django.db import transaction
from django.db.models import Exists, OuterRef

from newsroom.mail.claims import MAY_BE_CALLED_OFF, SENT_BY_HAND, recall
from newsroom.mail.ledger import cancel_deliveries, list_mail_to
from newsroom.mail.models import Address, Attempt, Delivery, Recall
from newsroom.mail.outcomes import FREE

State = Delivery.State
ELSEWHERE = "It goes to the reader's new address."
MOVED = "The reader has moved to another address."


@transaction.atomic
def redirect_list_mail(old: Address, new: Address) -> int:
    """List mail for the old address that nobody has begun to hand over goes to the new one.

    Of a mailing that the new address has a message of it gets no second one; one that was
    called off there, because whoever had the address left, is sent after all. What failed at
    the old one, or is in doubt, is not sent there again.
    """
    locked = list_mail_to(old).filter(MAY_BE_CALLED_OFF).select_for_update().order_by("pk")
    waiting = Delivery.objects.filter(pk__in=list(locked.values_list("pk", flat=True)))
    there = Delivery.objects.filter(address=new, mailing=OuterRef("mailing"))
    for delivery in waiting.filter(Exists(there.filter(state=State.CANCELLED))):
        taken_up = Delivery.objects.filter(
            address=new, mailing=delivery.mailing_id, state=State.CANCELLED
        )
        Recall.objects.filter(delivery__in=taken_up.values("pk")).delete()
        taken_up.update(state=State.QUEUED, rendering=delivery.rendering_id, outcome="")
    cancel_deliveries(waiting.filter(Exists(there)), ELSEWHERE)
    rest = waiting.exclude(Exists(there))
    Attempt.objects.filter(delivery__in=rest.values("pk")).update(words="")  # Of the old address.
    rest.filter(state=State.CLAIMED).update(state=State.QUEUED, **FREE)
    moved = rest.update(address=new)
    recall(list_mail_to(old), MOVED, SENT_BY_HAND)
    return moved
