"""Whose a message was, and where that reader gets mail now.

A delivery knows its address alone, and addresses change hands: somebody moves to another, and
later somebody else signs up with the old one. Whose it was is told by the moves: who was there
when it left is who moved away first afterwards, or who is there still.
"""

from django.db.models import Exists, F, OuterRef, QuerySet
from django.db.models.functions import Coalesce

from newsroom.mail.models import Address, Delivery
from subscriptions.models import Event, Subscriber

LEFT_US_AT = Coalesce("started_at", "sent_at")  # Also where a person settled a doubt later.
MOVES = Event.objects.filter(what=Event.What.MOVED)


def stayed(sent: QuerySet[Delivery]) -> QuerySet[Delivery]:
    """Those of the messages whose reader still gets mail, at the same address."""
    moved = MOVES.filter(subscriber=OuterRef("address__subscriber"), at__gt=OuterRef("left_us_at"))
    return sent.alias(left_us_at=LEFT_US_AT).filter(
        ~Exists(moved),
        address__subscriber__state=Subscriber.State.CONFIRMED,
        address__subscriber__created_at__lte=F("left_us_at"),
        address__suppression=None,
    )


def moved(sent: QuerySet[Delivery]) -> QuerySet[Subscriber]:
    """The readers of these messages who have moved since and still get mail."""
    return _movers(sent).filter(state=Subscriber.State.CONFIRMED, address__suppression=None)


def moved_to(address: Address, key: str) -> Address | None:
    """Where whoever got the mailing with this key at the address is now; None if they stayed."""
    sent = Delivery.objects.filter(address=address, mailing__key=key)
    reader = _movers(sent).select_related("address").first()
    return reader.address if reader else None


def _movers(sent: QuerySet[Delivery]) -> QuerySet[Subscriber]:
    sooner = MOVES.filter(
        subscriber=OuterRef(OuterRef("subscriber")),
        at__gt=OuterRef("left_us_at"),
        at__lt=OuterRef(OuterRef("at")),
    )
    theirs = sent.alias(left_us_at=LEFT_US_AT).filter(
        ~Exists(sooner),
        address=OuterRef("address"),
        left_us_at__gte=OuterRef("subscriber__created_at"),
        left_us_at__lt=OuterRef("at"),
    )
    away = MOVES.filter(Exists(theirs), address__gt=0)  # By the index: few have one.
    return Subscriber.objects.filter(pk__in=away.order_by().values("subscriber"))
