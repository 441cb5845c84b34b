"""Leaving: what the link in every list mail does."""

from datetime import timedelta
from typing import Any

from django.db import transaction
from django.utils import timezone

from newsroom.mail.addresses import digest
from newsroom.mail.ledger import cancel_list_mail
from newsroom.mail.models import Address, Suppression
from newsroom.mail.signals import address_left, address_returned, reader_sought
from newsroom.mail.suppressions import lift, suppress, suppression_of

UNDO_FOR = timedelta(hours=1)


def reader_of(address: Address, wish: str) -> Address:
    """Where whoever got the mailing with this key at the address gets mail now.

    Its link is theirs, also after they have moved, and leaves nobody else who is there since.
    """
    answers: list[Any] = reader_sought.send(sender=Address, address=address, wish=wish)
    found: Address | None = next((answer for _room, answer in answers if answer), None)
    return found or address


@transaction.atomic
def leave(
    address: Address, *, wish: str = "", everything: bool = False, before: Address | None = None
) -> bool:
    """No more of what the mailing with the key `wish` was sent for; whether other mail still comes.

    Without a key, or if nothing else was wished for, no list mail at all comes any more: the
    address is suppressed, and what no worker has begun to hand over is called off. Whoever
    keeps wishes answers the news, True if some are left. A second call changes nothing. `before`:
    the address that the link had been mailed to, where the reader has moved since.
    """
    news = {"address": address, "wish": wish, "everything": everything, "before": before}
    answers = [bool(answer) for _room, answer in address_left.send(sender=Address, **news)]
    if wish and not everything and any(answers):
        return True
    suppress(address, Suppression.Reason.LEFT)
    cancel_list_mail(address)
    return False


@transaction.atomic
def undo_leaving(address: Address, *, wish: str = "") -> bool:
    """It was somebody else, or a slip: the wishes stand again as they were.

    Only within an hour: the link in a mail that was passed on must not bring anybody back
    who left long ago. False if there is nothing to undo, or no longer.
    """
    left_all = can_undo(address)
    if left_all:
        lift(address, Suppression.Reason.LEFT)
    elif suppression_of(address):
        return False
    news = {"address": address, "wish": "" if left_all else wish}
    answers = [bool(answer) for _room, answer in address_returned.send(sender=Address, **news)]
    return left_all or any(answers)


def can_undo(address: Address) -> bool:
    """Whether the address left by its own hand within the last hour."""
    return Suppression.objects.filter(
        digest=digest(address.compared or ""),
        reason=Suppression.Reason.LEFT,
        created_at__gt=timezone.now() - UNDO_FOR,
    ).exists()
