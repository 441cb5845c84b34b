"""Leaving: what the link in every list mail does."""

from django.db import transaction

from newsroom.mail.ledger import cancel_list_mail
from newsroom.mail.models import Address, Suppression
from newsroom.mail.signals import address_left, address_returned
from newsroom.mail.suppressions import lift, suppress


@transaction.atomic
def leave(address: Address, *, wish: str = "", everything: bool = False) -> int:
    """No more list mail; what no worker has claimed is called off, and counted.

    `wish` is the key of the mailing whose link was used. A second call changes nothing.
    """
    suppress(address, Suppression.Reason.LEFT)
    address_left.send(sender=Address, address=address, wish=wish, everything=everything)
    return cancel_list_mail(address)


@transaction.atomic
def undo_leaving(address: Address) -> None:
    """It was somebody else, or a slip: the wishes stand again as they were."""
    lift(address, Suppression.Reason.LEFT)
    address_returned.send(sender=Address, address=address)
