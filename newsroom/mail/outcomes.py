"""What became of a message, written down by whoever still holds its lease."""

from collections.abc import Collection, Sequence
from datetime import UTC, datetime, timedelta
from typing import Any

from django.db import connection, transaction
from django.db.models import Exists, OuterRef, Q, QuerySet
from django.utils import timezone

from newsroom.mail.claims import OPEN, Changes, cancel_recalled, held
from newsroom.mail.journal import LONGEST, Result
from newsroom.mail.models import Attempt, Delivery, Mailing, Rendering

State = Delivery.State
BACK_OFF = [timedelta(minutes=minutes) for minutes in (1, 5, 15, 60, 180, 360, 720, 1440)]
FREE: dict[str, Any] = {"lease": "", "leased_until": None}
UNDER_WAY = (Mailing.State.FILLING, Mailing.State.SENDING, Mailing.State.WAITING)


def fit(words: str) -> str:
    """A server's words without what no database can keep: NUL, half of a surrogate pair."""
    return words.replace("\0", " ").encode(errors="replace").decode()


@transaction.atomic
def mark(delivery: Delivery, state: Delivery.State, outcome: str) -> None:
    """The end of this message, for good or until a person decides (in doubt)."""
    sent_at = timezone.now() if state == State.SENT else None
    words = fit(outcome)[:LONGEST]
    settled = held(delivery).update(state=state, outcome=words, sent_at=sent_at, **FREE)
    if settled and state != State.IN_DOUBT:
        end_letters(Mailing.objects.filter(pk=delivery.mailing_id))


def mark_sent(lease: str, results: Sequence[Result]) -> None:
    """All of these were accepted: one statement for some hundred rows.

    What is true is written down, also where the lease ran out meanwhile and the row was taken
    for lost. A bounce that was quicker stays.
    """
    if not results:
        return
    rows = ", ".join(["(%s, %s, %s)"] * len(results))
    # Without statistics of rows just written PostgreSQL would read every row, but for the ids,
    # and compare each with each, but for a condition that it cannot guess the outcome of.
    ids = ", ".join([str(result.pk) for result in results])
    sql = f"""
        UPDATE mail_delivery
        SET state = 'sent', sent_at = CAST(told.column2 AS {_moment_type()}),
            outcome = told.column3, lease = '', leased_until = NULL
        FROM (VALUES {rows}) AS told
        WHERE mail_delivery.id = told.column1 AND mail_delivery.id IN ({ids})
            AND CASE mail_delivery.state WHEN 'claimed' THEN mail_delivery.lease = %s
                WHEN 'in_doubt' THEN mail_delivery.lease = '' ELSE 1 = 0 END
    """  # noqa: S608 - All values are parameters.
    values: list[Any] = []
    for result in results:
        moment = datetime.fromtimestamp(result.at, UTC)
        words = fit(result.words)[:LONGEST]
        values += [result.pk, connection.ops.adapt_datetimefield_value(moment), words]
    with connection.cursor() as cursor:
        cursor.execute(sql, [*values, lease])


def _moment_type() -> str:
    return "text" if connection.vendor == "sqlite" else "timestamptz"


def defer(delivery: Delivery, why: str) -> None:
    """Try again later, each time later, for about two days; then it has failed."""
    if delivery.attempts > len(BACK_OFF):
        mark(delivery, State.FAILED, why)
        return
    later = timezone.now() + BACK_OFF[delivery.attempts - 1]
    words = fit(why)[:LONGEST]
    if held(delivery).update(state=State.DEFERRED, not_before=later, outcome=words, **FREE):
        began_at = delivery.started_at
        Attempt.objects.create(
            delivery_id=delivery.pk, began_at=began_at, state=State.DEFERRED, words=words
        )


def keep_attempts(deliveries: QuerySet[Delivery]) -> None:
    """These are about to be tried once more by a person's hand: what became of them so far."""
    rows = deliveries.values_list("pk", "started_at", "state", "outcome")
    Attempt.objects.bulk_create(
        (
            Attempt(delivery_id=pk, began_at=began_at, state=state, words=words)
            for pk, began_at, state, words in rows
        ),
        batch_size=1_000,
    )


def end_letters(mailings: QuerySet[Mailing]) -> None:
    """Of these, the transactional ones are over: their words hold a live link and go."""
    letters = mailings.filter(~has_delivery(*OPEN), priority=Mailing.Priority.TRANSACTIONAL)
    Rendering.objects.filter(mailing__in=letters).exclude(parts={}).update(parts={})
    finish(letters)


@transaction.atomic
def finish(mailings: QuerySet[Mailing]) -> None:
    """Of these, the ones that have nothing left to send are done; not while one is filled.

    They are locked first and then looked at again: PostgreSQL has whoever waits for a row see
    the row as it is then, but the deliveries as they were before.
    """
    whole = Q(filled_at__isnull=False) | Q(priority=Mailing.Priority.TRANSACTIONAL)
    is_over = Q(whole, ~has_delivery(*OPEN), state=Mailing.State.SENDING)
    over = mailings.filter(is_over).order_by("pk").values_list("pk", flat=True)
    ids = list(over.select_for_update(of=("self",), no_key=True))
    if ids:
        Mailing.objects.filter(is_over, pk__in=ids).update(
            state=Mailing.State.DONE, halted_for="", resting_until=None
        )


def fill_again(mailings: QuerySet[Mailing], **more: Any) -> None:
    """Of these, nothing more leaves of those under way until whoever filled them was there again."""
    under_way = mailings.filter(state__in=UNDER_WAY)
    under_way.filter(state=Mailing.State.SENDING).update(state=Mailing.State.FILLING)
    under_way.update(filled_at=None, **more)


def come_back(ids: Collection[int], changes: Changes) -> None:
    """These may not have left, and a worker lets them go: what was recalled is over, and a
    mailing whose words changed since that moment is filled once more."""
    if ids:
        cancel_recalled(ids)
    changed = Mailing.objects.filter(pk__in=changes, changed_at__isnull=False)
    for pk, changed_at in changed.values_list("pk", "changed_at"):
        if changed_at != changes[pk]:
            fill_again(Mailing.objects.filter(pk=pk))


def has_delivery(*states: str) -> Exists:
    """Whether a mailing of the outer query has a delivery in one of these states."""
    return Exists(Delivery.objects.filter(mailing=OuterRef("pk"), state__in=states))
