"""Leaving: what the link in every list mail does."""

from datetime import timedelta

from django.db import transaction
from django.utils import timezone

from newsroom.mail.addresses import digest
from newsroom.mail.ledger import cancel_list_mail
from newsroom.mail.models import Address, Suppression
from newsroom.mail.signals import address_left, address_returned
from newsroom.mail.suppressions import lift, suppress

UNDO_FOR = timedelta(hours=1)


@transaction.atomic
def leave(address: Address, *, wish: str = "", everything: bool = False) -> int:
    """No more list mail; what no worker has claimed is called off, and counted.

    `wish` is the key of the mailing whose link was used. A second call changes nothing.
    """
    suppress(address, Suppression.Reason.LEFT)
    address_left.send(sender=Address, address=address, wish=wish, everything=everything)
    return cancel_list_mail(address)


@transaction.atomic
def undo_leaving(address: Address) -> bool:
    """It was somebody else, or a slip: the wishes stand again as they were.

    Only within an hour: the link in a mail that was passed on must not bring anybody back
    who left long ago. False if there is nothing to undo, or no longer.
    """
    if not can_undo(address):
        return False
    lift(address, Suppression.Reason.LEFT)
    address_returned.send(sender=Address, address=address)
    return True


def can_undo(address: Address) -> bool:
    """Whether the address left by its own hand within the last hour."""
    return Suppression.objects.filter(
        digest=digest(address.compared or ""),
        reason=Suppression.Reason.LEFT,
        created_at__gt=timezone.now() - UNDO_FOR,
    ).exists()
