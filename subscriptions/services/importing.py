"""Bringing a list in: read into rows, checked without effect, then brought in, a few at a time.

Each batch is one transaction that moves `Import.done_to` with what it does, so a pass can be
gone on with by anybody, and two at once only take turns. Nothing is mailed but the welcome, if
one was asked for.
"""

import logging
import time
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from itertools import batched
from typing import Any, BinaryIO

from django.db import IntegrityError, connection, transaction
from django.db.models import F, QuerySet
from django.db.models.functions import Coalesce
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from subscriptions.models import Import, ImportLine
from subscriptions.models.imports import ENDED, LINES_KEPT
from subscriptions.services.bringing import welcome, write_down
from subscriptions.services.judging import Judge
from subscriptions.sheets import Row, SheetError, read_rows

State = Import.State
logger = logging.getLogger(__name__)
BATCH = 500  # Lines a transaction: less than a fifth of a second on SQLite.
SECONDS = 2.0  # Of work for one task.
READ_AT_ONCE = 1000
SILENT = timedelta(minutes=5)  # Since a reader's last thousand lines: it is taken for killed.
BROKEN_OFF = _("Reading the list was broken off. Bring it again.")
MARK = """
    UPDATE subscriptions_importline SET compared = %s, outcome = %s, says = %s WHERE id = %s
"""


@dataclass(frozen=True)
class Terms:
    """On which terms a list is brought in.

    `origin` says where it comes from. The day of consent is `consented_on` for all, or what
    stands in `consent_column`, or the former where the latter is empty.
    """

    origin: str
    consented_on: date | None = None
    consent_column: str = ""
    confirm: bool = False
    welcome: bool = False
    cadence: str = "at_once"


def keep_list(file: BinaryIO, *, name: str, terms: Terms, by: Any = None) -> Import:
    """Read the list into rows, ready to be checked. Raises SheetError, keeping nothing.

    Bounded in memory however long it is; `file` can be read twice.
    """
    rows = read_rows(file, consent_column=terms.consent_column)
    kept = Import.objects.create(name=name[:200], by=by, read_at=timezone.now(), **vars(terms))
    for some in batched(rows, READ_AT_ONCE):
        _keep_some(kept, some)
    if not _reading(kept).update(state=State.CHECKING):
        raise SheetError(BROKEN_OFF)
    kept.refresh_from_db()
    return kept


@transaction.atomic
def _keep_some(kept: Import, rows: Sequence[Row]) -> None:
    if not _reading(kept).update(total=F("total") + len(rows), read_at=timezone.now()):
        raise SheetError(BROKEN_OFF)
    ImportLine.objects.bulk_create(_line(kept, row) for row in rows)


def _reading(kept: Import) -> QuerySet[Import]:
    return Import.objects.filter(pk=kept.pk, state=State.READING)


def end_broken_readings() -> int:
    """End what a process was reading that says nothing any more; how many lists.

    Their lines are deleted: a part of a list must not be taken for the list.
    """
    last_sign = Coalesce("read_at", "created_at")
    silent = Import.objects.alias(last_sign=last_sign).filter(
        state=State.READING, last_sign__lt=timezone.now() - SILENT
    )
    ids = list(silent.values_list("pk", flat=True))
    ended = silent.filter(pk__in=ids).update(state=State.BROKEN_OFF, ended_at=timezone.now())
    ImportLine.objects.filter(of__in=ids, of__state=State.BROKEN_OFF).delete()
    return ended


def _line(kept: Import, row: Row) -> ImportLine:
    """As it is typed; what no database can keep is left out, and what is too long cut."""
    typed, given_on = (
        "".join(sign for sign in text if sign.isprintable()) for text in (row.email, row.given_on)
    )
    return ImportLine(
        of=kept,
        number=row.number,
        typed=typed[:320],
        given_on=given_on[:40],
        standing=row.standing,
        says=row.problem,
    )


@transaction.atomic
def bring_in(import_id: int) -> bool:
    """The person has seen what would happen and wants it; whether it begins now."""
    checked = Import.objects.filter(pk=import_id, state=State.CHECKED)
    return bool(checked.update(state=State.RUNNING, done_to=0, counts={}))


@transaction.atomic
def call_off_import(import_id: int) -> bool:
    """Nothing more of it happens; who was brought in stays. False if it had ended."""
    rows = Import.objects.select_for_update().exclude(state__in=ENDED)
    kept = rows.filter(pk=import_id).first()
    if kept is None:
        return False
    _end(kept, State.CANCELLED)
    kept.lines.all().delete()
    return True


def go_on(import_id: int, *, seconds: float = SECONDS) -> bool:
    """So much work, one batch at least; whether there is more."""
    until = time.monotonic() + seconds
    more = True
    while more:
        try:
            more = deal_with_some(import_id)
        except IntegrityError:  # Someone of these lines signed up at this very moment: anew.
            logger.info("import batch done anew", extra={"import_id": import_id})
        if time.monotonic() > until:
            break
    return more


def unfinished_imports() -> list[int]:
    """Those that a worker has to go on with."""
    rows = Import.objects.filter(state__in=[State.CHECKING, State.RUNNING])
    return list(rows.order_by("pk").values_list("pk", flat=True))


def forget_lines() -> int:
    """Delete the lines of lists that nobody came back to within a week; how many lists."""
    old = Import.objects.filter(created_at__lt=timezone.now() - LINES_KEPT)
    waiting = old.filter(state=State.CHECKED)
    waiting.update(state=State.CANCELLED, ended_at=timezone.now())
    ended = old.filter(state__in=ENDED, lines__isnull=False).distinct()
    lists = list(ended.values_list("pk", flat=True))
    ImportLine.objects.filter(of__in=lists).delete()
    return len(lists)


@transaction.atomic
def deal_with_some(import_id: int) -> bool:
    """Check the next lines, or bring them in; whether there are more.

    Also ends the pass after its last line.
    """
    kept = Import.objects.select_for_update().get(pk=import_id)
    if not kept.is_under_way:
        return False
    lines = list(kept.lines.filter(number__gt=kept.done_to).order_by("number")[:BATCH])
    if not lines:
        _end(kept, State.CHECKED if kept.state == State.CHECKING else State.DONE)
        return False
    Judge(kept, lines).decide()
    if kept.state == State.RUNNING:
        write_down(kept, lines)
    with connection.cursor() as cursor:
        cursor.executemany(MARK, [(ln.compared, ln.outcome, ln.says, ln.pk) for ln in lines])
    for line in lines:
        kept.counts[line.outcome] = kept.counts.get(line.outcome, 0) + 1
    kept.done_to = lines[-1].number
    kept.save(update_fields=["counts", "done_to"])
    return True


def _end(kept: Import, state: Import.State) -> None:
    kept.state = state
    kept.ended_at = None if state == State.CHECKED else timezone.now()
    kept.save(update_fields=["state", "ended_at"])
    if state == State.DONE and kept.welcome:
        welcome(kept)


def report_of(kept: Import) -> Iterator[ImportLine]:
    """Each line with its outcome, in the order of the list."""
    return kept.lines.order_by("number").iterator(chunk_size=2000)
