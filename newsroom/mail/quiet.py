"""Readers who want no list mail at this hour: it waits until they do.

Other rooms know who they are. A mailing is filled for who is awake; this is for what leaves
later, because a server put it off, somebody halted it, or it takes hours.
"""

from collections.abc import Collection
from datetime import datetime
from typing import Any

from newsroom.mail.models import Mailing
from newsroom.mail.signals import quiet_asked

QUIET = "It waits for the end of the reader's quiet hours."


def quiet_until(mailing: Mailing, addresses: Collection[int]) -> dict[int, datetime]:
    """To which of these addresses, by their ids, it must not go now, and from when on it may."""
    found: dict[int, datetime] = {}
    if mailing.priority == Mailing.Priority.LIST and addresses:
        news = {"mailing": mailing, "addresses": addresses}
        answers: list[tuple[Any, Any]] = quiet_asked.send(sender=Mailing, **news)
        for _room, answer in answers:
            found |= answer or {}
    return found
