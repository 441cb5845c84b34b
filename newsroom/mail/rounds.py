"""A round: some hundred rows of a mailing, claimed in one commit, handed over, marked in the next.

Between the two commits the journal knows what happens. Whoever finds the journal of a worker
that was killed does what that one would have done (`replay`).

A round is no larger than what the rest of its turn can send, as far as the last one tells. It
asks a few times a second whether its mailing still goes out and which of its messages were
recalled. So from the moment when somebody changes their mind there leaves what is at its final
dot, and what a quarter of a second sends.
"""

import logging
import time
from collections.abc import Collection, Iterable, Iterator
from datetime import UTC, datetime, timedelta
from math import ceil

from django.db import DatabaseError, InterfaceError, OperationalError, transaction
from django.db.models import QuerySet

from newsroom.mail.bounces.policy import record_refusal
from newsroom.mail.claims import (
    CHUNK,
    Changes,
    Taken,
    among,
    cancel_recalled,
    claim_begun,
    give_back_begun,
    leased,
    new_lease,
    recalled,
    unbegin,
    wait_until,
)
from newsroom.mail.copies import Claimed, Copies
from newsroom.mail.journal import UNBUILT, Fate, Journal, Result, Told, left_behind
from newsroom.mail.models import Address, Delivery, Mailing
from newsroom.mail.outcomes import FREE, come_back, defer, fill_again, mark, mark_sent
from newsroom.mail.quiet import QUIET, quiet_until
from newsroom.mail.refusals import Refusals
from newsroom.mail.suppressions import suppressed
from newsroom.mail.turns import Outgoing

logger = logging.getLogger(__name__)
State = Delivery.State
LONGEST = timedelta(minutes=5)  # Before rows whose worker says nothing count as lost.
LOOKS = 0.25  # Seconds between two looks at whether its messages are still to leave.
FEWEST = 8  # Rows of a round, however slow the server was: two for each usual connection.
AT_ONCE = timedelta(minutes=1)  # So far apart clocks and commits may be when it is not known.
KILLED = "The worker was killed while this message was being handed over."
BACK = {Fate.UNSENT, Fate.PUT_OFF, Fate.EARLY}  # It may leave another time.
OURS = {Fate.STOPPED, Fate.EARLY, Fate.UNBUILT}  # No server was asked.


class Tempo:
    """How many messages a worker of this process hands over in a second, as it last saw."""

    def __init__(self) -> None:
        self._rate = 25.0  # Before it has seen any.

    def note(self, messages: int, seconds: float) -> None:
        """So many had an end after so many seconds."""
        if messages:
            self._rate = messages / max(seconds, 0.001)

    def most(self, seconds: float, allowed: int) -> int:
        """How many rows are enough for these seconds, if so many may leave a second (0: any)."""
        likely = max(FEWEST, ceil(self._rate * seconds))
        return max(1, min(CHUNK, likely, enough(seconds, allowed)))


def enough(seconds: float, allowed: int) -> int:
    """How many may leave in these seconds, at most a chunk."""
    return min(CHUNK, ceil(allowed * seconds)) if allowed else CHUNK


tempo = Tempo()  # Of this process, whatever it sends.


class Round:
    """Rows that this worker holds, and what it wrote down of them.

    `refusals`: those of its turn, which ends when there were too many.
    """

    def __init__(self, refusals: Refusals) -> None:
        self._refusals = refusals
        self.lease = new_lease()
        self.taken: list[Taken] = []
        self.rows: list[Claimed] = []
        self.changes: Changes = {}  # Of its mailing, when it was claimed.
        self._recalled: dict[int, str] = {}
        self._looked_at = time.monotonic()
        self._journal = Journal(self.lease)
        self._results: dict[int, Result] = {}
        self._begun: set[int] = set()

    @property
    def ids(self) -> list[int]:
        """Those of its rows."""
        return [pk for pk, *_more in self.taken]

    # What the post tells ---------------------------------------------------------------------

    def begins(self, pk: int) -> None:
        """Raises OSError if it cannot be written down; then it must not be handed over."""
        self._journal.begins(pk)
        self._results.pop(pk, None)
        self._begun.add(pk)

    def ends(self, result: Result) -> None:
        self._begun.discard(result.pk)
        self._results[result.pk] = result
        self._refusals.note(result)
        self._journal.ends(result)

    @property
    def answered(self) -> int:
        """How many of its messages a server has said something of."""
        return sum(result.fate not in OURS for result in self._results.values())

    # What the ledger is told -----------------------------------------------------------------

    def settle(self) -> None:
        """Inside a transaction: write it all down; what was never begun goes back."""
        settle(self.lease, self._results.values(), self._begun)
        unsaid = {*self.ids} - {*self._results} - self._begun
        if unsaid:
            give_back_begun(leased(self.lease).filter(pk__in=unsaid))
        back = {pk for pk, result in self._results.items() if result.fate in BACK} | unsaid
        if back:
            come_back(back, self.changes)

    def close(self) -> None:
        """It is committed."""
        _heed_refusals(self._results.values())
        self._journal.forget()

    def end(self) -> None:
        """Settle it, unless it is; if that fails the next one who looks finds the journal."""
        try:
            with transaction.atomic():
                self.settle()
            self.close()
        finally:
            self.let_go()

    def let_go(self) -> None:
        """Hold the journal no longer."""
        self._journal.let_go()

    # Its messages ----------------------------------------------------------------------------

    def messages(self, copies: Copies, until: float) -> Iterator[Outgoing]:
        """One after the other, until that moment (of the monotonic clock) or a halt."""
        quiet = quiet_until(copies.mailing, [row.address_id for row in self.rows])
        for row in self.rows:
            now = time.monotonic()
            if now > until or self._refusals.are_too_many or not self._goes_on(now):
                return
            if row.pk in self._recalled:
                self._note(row, Fate.STOPPED, self._recalled[row.pk])
                continue
            if row.address_id in quiet:
                moment = quiet[row.address_id].timestamp()
                self.ends(Result(row.pk, Fate.EARLY, QUIET, moment))
                continue
            message = self._message(copies, row)
            if message is not None:
                yield message

    def _goes_on(self, now: float) -> bool:
        """Whether its messages are still to leave, as far as was seen a moment ago."""
        if now - self._looked_at < LOOKS:
            return True
        self._looked_at = now
        self._recalled = recalled(self.ids)
        mailings = Mailing.objects.filter(pk__in=self.changes, state=Mailing.State.SENDING)
        return dict(mailings.values_list("pk", "changed_at")) == self.changes

    def _message(self, copies: Copies, row: Claimed) -> Outgoing | None:
        try:
            return copies.outgoing(row)
        except DatabaseError:
            raise
        except Exception:  # Whatever it is, the messages behind this one must not wait for it.
            logger.exception("message cannot be built", extra={"delivery_id": row.pk})
            self._note(row, Fate.UNBUILT, UNBUILT)
            return None

    def load(self) -> None:
        """Read what its messages need, and put aside what must not leave any more.

        By few queries, each by primary keys: a join with rows just written, of which
        PostgreSQL knows nothing yet, would read the whole of both tables.
        """
        if not self.taken:
            return
        found = Address.objects.filter(pk__in=among(address for *_ids, address in self.taken))
        known = {row[0]: row[1:] for row in found.values_list("pk", "typed", "compared", "key")}
        claimed = [Claimed(*ids, *known[ids[-1]]) for ids in self.taken]
        stopped = suppressed(row.compared for row in claimed)
        called_back = recalled(self.ids)
        for row in claimed:
            if row.compared is None:
                self._note(row, Fate.STOPPED, "The address was erased.")
            elif row.pk in called_back:
                self._note(row, Fate.STOPPED, called_back[row.pk])
            elif row.compared in stopped:
                self._note(row, Fate.STOPPED, stopped[row.compared])
            else:
                self.rows.append(row)

    def _note(self, row: Claimed, fate: Fate, words: str) -> None:
        self.ends(Result(row.pk, fate, words, time.time()))


def next_round(
    last: Round | None,
    wanted: QuerySet[Delivery],
    most: int = CHUNK,
    refusals: Refusals | None = None,
) -> Round | None:
    """Mark the last round and claim the next in one commit; None if there is nothing to claim.

    Whatever is raised, the last round is as unsettled as it was.
    """
    fresh = Round(refusals or Refusals())
    try:
        with transaction.atomic():
            if last is not None:
                last.settle()
                wanted = wanted.filter(pk__gt=max(last.ids))  # Past the index entries of those.
            fresh.taken, fresh.changes = claim_begun(wanted, fresh.lease, LONGEST, most)
        if last is not None:
            last.close()
        fresh.load()
    except BaseException:
        fresh.let_go()
        raise
    if fresh.taken:
        return fresh
    fresh.close()
    return None


def replay() -> None:
    """Write into the ledger what the journals of killed workers say."""
    for told in left_behind():
        try:
            _replay(told)
        except (OperationalError, InterfaceError):  # The database is away, for all of them.
            raise
        except Exception:  # Whatever it is, no other mail must wait for it.
            logger.exception("mail journal cannot be replayed", extra={"lease": told.lease})
            told.is_kept = True
        else:
            logger.info("mail journal replayed", extra={"messages": len(told.results)})


def _replay(told: Told) -> None:
    with transaction.atomic():
        held = list(leased(told.lease).values_list("pk", "mailing", "started_at"))
        settle(told.lease, told.results, told.begun)
        if told.whole:
            give_back_begun(leased(told.lease))
        else:  # It may lack lines.
            leased(told.lease).update(state=State.IN_DOUBT, outcome=KILLED, **FREE)
        _heed_changes(held)
    _heed_refusals(told.results)


def _heed_changes(held: list[tuple[int, int, datetime | None]]) -> None:
    """Of rows that a killed worker held: as `come_back`, but by the clock.

    For when it claimed them is known, and not what it knew of the mailing.
    """
    if held:
        cancel_recalled(pk for pk, _mailing, _started_at in held)
    for mailing, began in {mailing: began for _pk, mailing, began in held if began}.items():
        fill_again(Mailing.objects.filter(pk=mailing, changed_at__gt=began - AT_ONCE))


def settle(lease: str, results: Collection[Result], begun: Iterable[int]) -> None:
    """Inside a transaction: mark rows of a lease; twice changes nothing.

    What was begun and has no result is in doubt.
    """
    mark_sent(lease, [result for result in results if result.fate == Fate.SENT])
    others = {result.pk: result for result in results if result.fate != Fate.SENT}
    others |= {pk: Result(pk, Fate.DOUBT, KILLED, 0) for pk in begun}
    for delivery in leased(lease).filter(pk__in=others):
        _mark(delivery, others[delivery.pk])


def _mark(delivery: Delivery, result: Result) -> None:
    match result.fate:
        case Fate.UNSENT:
            unbegin(delivery, State.QUEUED)
        case Fate.STOPPED:
            unbegin(delivery, State.CANCELLED, result.words)
        case Fate.EARLY:
            wait_until(delivery, datetime.fromtimestamp(result.at, UTC), result.words)
        case Fate.PUT_OFF:
            defer(delivery, result.words)
        case Fate.DOUBT:
            mark(delivery, State.IN_DOUBT, result.words)
        case _:
            mark(delivery, State.FAILED, result.words)


def _heed_refusals(results: Iterable[Result]) -> None:
    """What servers refuse for good may say that there is no such reader."""
    refused = {result.pk: result.words for result in results if result.fate == Fate.REFUSED}
    for delivery in Delivery.objects.filter(pk__in=refused):
        record_refusal(delivery, refused[delivery.pk])
