"""Who asked, or was asked, and never said yes is forgotten after thirty days."""

from datetime import timedelta

from django.db import transaction
from django.db.models import Exists, OuterRef, QuerySet
from django.db.models.functions import Coalesce, Greatest
from django.utils import timezone

from newsroom.mail.models import Address, Delivery, Mailing
from newsroom.mail.services import erase_address
from subscriptions.models import Event, Subscriber
from subscriptions.services.asking import KEY

UNCONFIRMED_FOR = timedelta(days=30)  # The link in the mail lives seven days.
AT_ONCE = 500
State = Subscriber.State


def forget_unconfirmed() -> int:
    """Forget those who asked, or were asked for by somebody else, and did not confirm.

    Whoever had confirmed once and left is again one who left. Returns how many were forgotten.
    """
    old = Greatest(Coalesce("consent_at", "created_at"), "created_at")  # Lists tell old days.
    rows = Subscriber.objects.alias(asked_at=old).filter(
        state=State.PENDING, asked_at__lt=timezone.now() - UNCONFIRMED_FOR
    )
    rows.filter(left_at__isnull=False).update(state=State.LEFT, asked=None)
    gone = 0
    while some := list(rows.order_by("pk").values_list("pk", flat=True)[:AT_ONCE]):
        gone += sum(_forget(pk) for pk in some)
    return gone


@transaction.atomic
def _forget(pk: int) -> bool:
    rows = Subscriber.objects.select_for_update().filter(pk=pk, state=State.PENDING)
    subscriber = rows.first()
    if subscriber is None:
        return False  # They confirmed at this very moment.
    subscriber.delete()
    if _is_for_nothing_else(subscriber.address_id):
        erase_address(subscriber.address_id)
    return True


def forget_strangers() -> int:
    """Forget the addresses to which somebody wanted mail moved, and whose owners never said yes.

    Returns how many were forgotten.
    """
    old = _for_nothing_else().filter(created_at__lt=timezone.now() - UNCONFIRMED_FOR)
    gone = 0
    while some := list(old.order_by("pk").values_list("pk", flat=True)[:AT_ONCE]):
        gone += sum(_forget_stranger(pk) for pk in some)
    return gone


@transaction.atomic
def _forget_stranger(pk: int) -> bool:
    Address.objects.select_for_update().get(pk=pk)
    if not _is_for_nothing_else(pk):
        return False  # They asked for mail at this very moment.
    erase_address(pk)
    return True


def _is_for_nothing_else(address_id: int) -> bool:
    """Whether the address was only ever mailed to be confirmed; else it is kept for that."""
    return _for_nothing_else().filter(pk=address_id).exists()


def _for_nothing_else() -> QuerySet[Address]:
    there = Subscriber.objects.filter(address=OuterRef("pk"))
    letters = Mailing.objects.filter(pk=OuterRef("mailing"), key__startswith=KEY)
    others = Delivery.objects.filter(~Exists(letters), address=OuterRef("pk"))
    kept = Event.objects.filter(address=OuterRef("pk"))
    rows = Address.objects.filter(~Exists(there), compared__isnull=False)
    return rows.filter(~Exists(others), ~Exists(kept))
