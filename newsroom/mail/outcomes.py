"""What became of a message, written down by whoever still holds its lease."""

from collections.abc import Sequence
from datetime import UTC, datetime, timedelta
from typing import Any

from django.db import connection, transaction
from django.db.models import Exists, OuterRef, Q, QuerySet
from django.utils import timezone

from newsroom.mail.claims import OPEN, held
from newsroom.mail.journal import Result
from newsroom.mail.models import Delivery, Mailing, Rendering

State = Delivery.State
BACK_OFF = [timedelta(minutes=minutes) for minutes in (1, 5, 15, 60, 180, 360, 720, 1440)]
FREE: dict[str, Any] = {"lease": "", "leased_until": None}


@transaction.atomic
def mark(delivery: Delivery, state: Delivery.State, outcome: str) -> None:
    """The end of this message, for good or until a person decides (in doubt)."""
    sent_at = timezone.now() if state == State.SENT else None
    settled = held(delivery).update(state=state, outcome=outcome[:500], sent_at=sent_at, **FREE)
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
        values += [result.pk, connection.ops.adapt_datetimefield_value(moment), result.words]
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
    held(delivery).update(state=State.DEFERRED, not_before=later, outcome=why[:500], **FREE)


def end_letters(mailings: QuerySet[Mailing]) -> None:
    """Of these, the transactional ones are over: their words hold a live link and go."""
    letters = mailings.filter(~has_delivery(*OPEN), priority=Mailing.Priority.TRANSACTIONAL)
    Rendering.objects.filter(mailing__in=letters).exclude(parts={}).update(parts={})
    finish(letters)


def finish(mailings: QuerySet[Mailing]) -> None:
    """Of these, the ones that have nothing left to send are done; not while one is filled."""
    whole = Q(filled_at__isnull=False) | Q(priority=Mailing.Priority.TRANSACTIONAL)
    mailings.filter(whole, ~has_delivery(*OPEN), state=Mailing.State.SENDING).update(
        state=Mailing.State.DONE, halted_for="", resting_until=None
    )


def has_delivery(*states: str) -> Exists:
    """Whether a mailing of the outer query has a delivery in one of these states."""
    return Exists(Delivery.objects.filter(mailing=OuterRef("pk"), state__in=states))
