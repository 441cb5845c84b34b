"""Who works on which row: a worker takes rows by lease, and the row count says who won."""

import secrets
from collections.abc import Iterable
from datetime import datetime, timedelta
from typing import Any

from django.db import transaction
from django.db.models import Exists, F, OuterRef, Q, QuerySet, Subquery
from django.db.models.expressions import RawSQL
from django.utils import timezone

from newsroom.mail.models import Delivery, Recall

Changes = dict[int, datetime | None]  # When the words of mailings, by their ids, last changed.
Taken = tuple[int, int, int]  # The ids of a row, of its words and of its address.
CHUNK = 200  # Rows claimed at once, at most.
LEASE = timedelta(seconds=15)  # Before a claim that nobody began to send is another's.
NOT_YET_CLAIMED = (Delivery.State.QUEUED, Delivery.State.DEFERRED)
NOT_BEGUN: dict[str, Any] = {
    "lease": "",
    "leased_until": None,
    "started_at": None,
    "attempts": F("attempts") - 1,
}
OPEN = (*NOT_YET_CLAIMED, Delivery.State.CLAIMED)
SENT_BY_HAND = (Delivery.State.FAILED, Delivery.State.IN_DOUBT)  # Again, if a person says so.
NOT_LEFT = (*OPEN, *SENT_BY_HAND)
MAY_BE_CALLED_OFF = Q(state__in=NOT_YET_CLAIMED) | Q(
    state=Delivery.State.CLAIMED, started_at__isnull=True
)


def due(now: datetime) -> Q:
    """Rows of mailings or deliveries whose time has come."""
    return Q(not_before__isnull=True) | Q(not_before__lte=now)


def claimable(now: datetime) -> QuerySet[Delivery]:
    """What waits to be sent and may be tried now."""
    return Delivery.objects.filter(due(now), state__in=NOT_YET_CLAIMED)


def claim(wanted: QuerySet[Delivery]) -> tuple[str, list[Delivery]]:
    """Take up to a chunk of these rows for this worker alone; its lease, and what it won."""
    lease = new_lease()
    with transaction.atomic():
        ids = [pk for pk, *_more in _first(wanted, CHUNK)]
        Delivery.objects.filter(pk__in=ids, state__in=NOT_YET_CLAIMED).update(
            state=Delivery.State.CLAIMED,
            lease=lease,
            leased_until=timezone.now() + LEASE,
            started_at=None,
        )
    mine = Delivery.objects.filter(pk__in=ids, lease=lease, state=Delivery.State.CLAIMED)
    rows = mine.select_related("address").prefetch_related("mailing", "rendering")
    return lease, list(rows.order_by("pk"))


def claim_begun(
    wanted: QuerySet[Delivery], lease: str, longest: timedelta, most: int
) -> tuple[list[Taken], Changes]:
    """Inside a transaction: take up to so many as about to be handed over, all of it at once.

    From here on they are called off by a recall alone, and their words and addresses stay.
    Those, and when the words of their mailing had last changed; `longest` is how long handing
    them over may take.
    """
    now, rows = timezone.now(), _first(wanted, min(most, CHUNK))
    if not rows:
        return [], {}
    taken: list[Taken] = [row[:3] for row in rows]
    Delivery.objects.filter(pk__in=among(pk for pk, *_more in taken)).update(
        state=Delivery.State.CLAIMED,
        lease=lease,
        leased_until=now + longest,
        started_at=now,
        attempts=F("attempts") + 1,
    )
    return taken, {mailing: changed_at for *_taken, mailing, changed_at in rows}


def among(ids: Iterable[int]) -> RawSQL:
    """For `pk__in`, at least one: as parameters of their own each costs microseconds."""
    return RawSQL(", ".join([str(int(pk)) for pk in ids]), [])  # noqa: S611 - Numbers.


def new_lease() -> str:
    """A name for rows that one worker holds."""
    return secrets.token_hex(16)


def _first(
    wanted: QuerySet[Delivery], most: int
) -> list[tuple[int, int, int, int, datetime | None]]:
    """The first of them, with the ids of their mailings, and when the words of these last changed.

    What is new comes before what was put off, each by its index.

    Rows that another worker is just taking are passed by (PostgreSQL) or waited for (SQLite,
    which has one writer).
    """
    found: list[tuple[int, int, int, int, datetime | None]] = []
    fields = ("pk", "rendering_id", "address_id", "mailing_id", "mailing__changed_at")
    for state in NOT_YET_CLAIMED:
        rows = (
            wanted.filter(state=state)
            .order_by("pk")
            .select_for_update(skip_locked=True, of=("self",))
        )
        found += rows.values_list(*fields)[: most - len(found)]
        if len(found) == most:
            break
    return found


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
    delivery.attempts, delivery.started_at = delivery.attempts + 1, now
    return bool(
        begun.update(started_at=now, leased_until=now + longest, attempts=F("attempts") + 1)
    )


def put_back(delivery: Delivery) -> None:
    """It was about to be handed over and surely was not: as if it had not been started."""
    held(delivery).update(started_at=None, attempts=F("attempts") - 1)


def give_back(lease: str) -> None:
    """What was claimed and not started goes back to the queue."""
    leased(lease).filter(started_at__isnull=True).update(
        state=Delivery.State.QUEUED, lease="", leased_until=None
    )


def unbegin(delivery: Delivery, state: Delivery.State, outcome: str = "") -> None:
    """It was claimed as begun and surely did not leave: as if it had not been begun."""
    held(delivery).update(state=state, outcome=outcome, **NOT_BEGUN)


def wait_until(delivery: Delivery, moment: datetime, why: str) -> None:
    """It was claimed, surely did not leave, and is not to before that moment."""
    begun = NOT_BEGUN if delivery.started_at else NOT_BEGUN | {"attempts": F("attempts")}
    held(delivery).update(state=Delivery.State.DEFERRED, outcome=why, not_before=moment, **begun)


def give_back_begun(deliveries: QuerySet[Delivery]) -> None:
    """What was claimed as begun, and surely did not leave, is as if it had not been."""
    deliveries.update(state=Delivery.State.QUEUED, **NOT_BEGUN)


def recall(deliveries: QuerySet[Delivery], why: str, states: Iterable[str] = OPEN) -> None:
    """Of these, what a worker holds is called off: it leaves only if it is at its final dot.

    With NOT_LEFT nobody sends again either what failed or is in doubt.
    """
    found = deliveries.filter(state__in=states).values_list("pk", flat=True)
    rows = [Recall(delivery_id=pk, why=why[:500]) for pk in found]
    Recall.objects.bulk_create(rows, ignore_conflicts=True)


def recalled(ids: Iterable[int]) -> dict[int, str]:
    """Which of these, at least one, were called off after a worker had taken them, and why."""
    found = Recall.objects.filter(delivery__in=among(ids))
    return dict(found.values_list("delivery", "why"))


def not_recalled() -> Q:
    """Deliveries that may be sent again, as far as their readers are concerned."""
    return Q(~Exists(Recall.objects.filter(delivery=OuterRef("pk"))))


def cancel_recalled(ids: Iterable[int]) -> None:
    """Of these, at least one, what was recalled and came back unsent is called off for good."""
    why = Recall.objects.filter(delivery=OuterRef("pk")).values("why")
    back = Delivery.objects.filter(Exists(why), pk__in=among(ids), state__in=NOT_YET_CLAIMED)
    back.update(state=Delivery.State.CANCELLED, outcome=Subquery(why))


def leased(lease: str) -> QuerySet[Delivery]:
    """All rows of the lease, by the index of those that have one. Not for each round: that
    index is full of entries of rows that were marked since."""
    return Delivery.objects.filter(
        leased_until__isnull=False, lease=lease, state=Delivery.State.CLAIMED
    )
