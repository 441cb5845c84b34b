"""How far a mailing is, in figures that are true at this moment."""

from dataclasses import dataclass
from datetime import datetime, timedelta
from math import ceil
from typing import NamedTuple

from django.contrib.admin.models import LogEntry
from django.db.models import Count
from django.utils import timezone

from newsroom.mail.deciding import decisions_about, failed_deliveries
from newsroom.mail.models import Delivery, Mailing, Rendering

State = Delivery.State
WINDOW = timedelta(minutes=5)  # Over which the rate is taken.
SAMPLE = 5_000  # Messages it is reckoned from at most: they leave in the order of their ids.
SHORTEST = timedelta(seconds=5)  # Below that a rate says nothing.
WAITING = (State.QUEUED, State.CLAIMED)
SHOWN = (State.SENT, State.DEFERRED, State.FAILED, State.BOUNCED, State.IN_DOUBT, State.CANCELLED)


class Figure(NamedTuple):
    """How many messages are in a state."""

    state: State
    messages: int


@dataclass(frozen=True)
class Progress:
    """The figures of one mailing; `rate` is messages a minute, 0 if none left lately."""

    mailing: Mailing
    counts: dict[str, int]
    rate: float

    @property
    def total(self) -> int:
        return sum(self.counts.values())

    @property
    def waiting(self) -> int:
        """Messages that nobody has tried to hand over yet."""
        return sum(self.counts.get(state, 0) for state in WAITING)

    @property
    def settled(self) -> int:
        return self.total - self.waiting - self.counts.get(State.DEFERRED, 0)

    @property
    def figures(self) -> list[Figure]:
        return [Figure(state, self.counts.get(state, 0)) for state in SHOWN]

    @property
    def is_under_way(self) -> bool:
        """Whether the figures may change by themselves."""
        return self.mailing.state in {Mailing.State.FILLING, Mailing.State.SENDING}

    @property
    def is_held(self) -> bool:
        """Whether its moment has not come yet."""
        moment = self.mailing.not_before
        return self.is_under_way and moment is not None and moment > timezone.now()

    @property
    def is_whole(self) -> bool:
        """Whether each message of it is written; before that the total still grows."""
        return self.mailing.filled_at is not None or not self.is_list

    @property
    def is_list(self) -> bool:
        return self.mailing.priority == Mailing.Priority.LIST

    @property
    def minutes_left(self) -> int | None:
        """Until the last of those not tried yet is handed over; None if it cannot be said."""
        if not (self.is_under_way and self.is_whole and self.rate and self.waiting):
            return None
        return ceil(self.waiting / self.rate)

    @property
    def may_pause(self) -> bool:
        return self.is_list and (self.is_under_way or self.waits_by_itself)

    @property
    def may_go_on(self) -> bool:
        return self.mailing.state == Mailing.State.WAITING

    @property
    def may_cancel(self) -> bool:
        return self.is_list and (self.is_under_way or self.may_go_on)

    @property
    def may_try_again(self) -> bool:
        """Whether some of it failed; not all of those need be worth another try."""
        cancelled = self.mailing.state == Mailing.State.CANCELLED
        return self.is_list and not cancelled and bool(self.counts.get(State.FAILED))

    @property
    def failed_again(self) -> int:
        """How many of those that failed would be tried again."""
        return failed_deliveries(self.mailing.pk).count()

    @property
    def waits_by_itself(self) -> bool:
        """It waits, and nobody at the desk wanted that."""
        return self.may_go_on and self.mailing.stopped_at is None

    @property
    def decisions(self) -> list[LogEntry]:
        return list(decisions_about(self.mailing))


def progress_of(mailing: Mailing) -> Progress:
    """The figures of this mailing now."""
    counts = counts_of([mailing.pk]).get(mailing.pk, {})
    return Progress(mailing, counts, _rate(mailing, timezone.now()))


def counts_of(mailing_ids: list[int]) -> dict[int, dict[str, int]]:
    """How many deliveries of each mailing are in which state."""
    rows = Delivery.objects.filter(mailing__in=mailing_ids).order_by()
    counted: dict[int, dict[str, int]] = {}
    for mailing, state, count in rows.values_list("mailing", "state").annotate(Count("pk")):
        counted.setdefault(mailing, {})[state] = count
    return counted


def subjects_of(mailing_ids: list[int]) -> dict[int, str]:
    """The newest subject of each list mailing; letters keep theirs to themselves."""
    rows = Rendering.objects.filter(
        mailing__in=mailing_ids, mailing__priority=Mailing.Priority.LIST
    )
    return dict(rows.order_by("pk").values_list("mailing", "parts__subject"))


def _rate(mailing: Mailing, now: datetime) -> float:
    """Messages a minute, over the last minutes or the newest thousands of messages."""
    sent = Delivery.objects.filter(mailing=mailing, state=State.SENT).order_by("-pk")
    moments = [
        moment
        for moment in sent.values_list("sent_at", flat=True)[:SAMPLE]
        if moment is not None and moment > now - WINDOW
    ]
    if not moments:
        return 0.0
    return len(moments) / (max(now - min(moments), SHORTEST) / timedelta(minutes=1))
