"""Who works on which row: a worker takes rows by lease, and the row count says who won."""

import secrets
from datetime import datetime, timedelta

from django.db.models import F, Q, QuerySet
from django.utils import timezone

from newsroom.mail.models import Delivery

CHUNK = 200  # Rows claimed at once.
LEASE = timedelta(seconds=15)  # Before a claim that nobody began to send is another's.
NOT_YET_CLAIMED = (Delivery.State.QUEUED, Delivery.State.DEFERRED)
OPEN = (*NOT_YET_CLAIMED, Delivery.State.CLAIMED)


def due(now: datetime) -> Q:
    """Rows of mailings or deliveries whose time has come."""
    return Q(not_before__isnull=True) | Q(not_before__lte=now)


def claimable(now: datetime) -> QuerySet[Delivery]:
    """What waits to be sent and may be tried now."""
    return Delivery.objects.filter(due(now), state__in=NOT_YET_CLAIMED)


def claim(wanted: QuerySet[Delivery]) -> tuple[str, list[Delivery]]:
    """Take up to a chunk of these rows for this worker alone; its lease, and what it won."""
    lease = secrets.token_hex(16)
    ids = list(wanted.order_by("pk").values_list("pk", flat=True)[:CHUNK])
    Delivery.objects.filter(pk__in=ids, state__in=NOT_YET_CLAIMED).update(
        state=Delivery.State.CLAIMED,
        lease=lease,
        leased_until=timezone.now() + LEASE,
        started_at=None,
    )
    mine = Delivery.objects.filter(pk__in=ids, lease=lease, state=Delivery.State.CLAIMED)
    return lease, list(mine.select_related("mailing", "rendering", "address").order_by("pk"))


def held(delivery: Delivery) -> QuerySet[Delivery]:
    """The row, as long as the lease it was claimed with is still its own."""
    return Delivery.objects.filter(
        pk=delivery.pk, lease=delivery.lease, state=Delivery.State.CLAIMED
    )


def start(delivery: Delivery, longest: timedelta) -> bool:
    """Write down that it is about to be handed over, which takes `longest` at most.

    False if it must not be: the lease ran out, or somebody called it off.
    """
    now = timezone.now()
    begun = held(delivery).filter(leased_until__gt=now)
    return bool(
        begun.update(started_at=now, leased_until=now + longest, attempts=F("attempts") + 1)
    )


def put_back(delivery: Delivery) -> None:
    """It was about to be handed over and surely was not: as if it had not been started."""
    held(delivery).update(started_at=None, attempts=F("attempts") - 1)


def give_back(lease: str) -> None:
    """What was claimed and not started goes back to the queue."""
    Delivery.objects.filter(
        lease=lease, state=Delivery.State.CLAIMED, started_at__isnull=True
    ).update(state=Delivery.State.QUEUED, lease="", leased_until=None)
