"""Bringing a list in: kept as a file, read into rows, checked without effect, then brought in.

Each batch is one transaction that moves `Import.done_to` with what it does, so a pass can be
gone on with by anybody, and two at once only take turns. On SQLite, where one writes at a time,
each batch is followed by a rest. Nothing is mailed but the welcome, if one was asked for.
"""

import logging
import secrets
import time
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from functools import partial
from itertools import islice
from pathlib import Path
from typing import Any, BinaryIO

from django.conf import settings
from django.db import IntegrityError, connection, transaction
from django.db.models import Exists, OuterRef, Q
from django.utils import timezone

from subscriptions.models import Import, ImportLine
from subscriptions.models.imports import ENDED, LINES_KEPT, UNDER_WAY
from subscriptions.services.bringing import welcome, write_down
from subscriptions.services.judging import Judge
from subscriptions.sheets import Place, Row, copy_list, read_rows

State = Import.State
logger = logging.getLogger(__name__)
BATCH = 200  # Lines a transaction: about a tenth of a second on SQLite.
DELETED_AT_ONCE = 5000
SECONDS = 2.0  # Of work for one task.
READ_AT_ONCE = 500
UNNAMED = timedelta(hours=1)  # After which a file that no list names is taken for left behind.
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
    """Keep a copy of the file, for `go_on` to read. Raises SheetError where it is no list.

    Bounded in memory however long it is; `file` can be read twice.
    """
    read_rows(file, consent_column=terms.consent_column)
    kept = Import(name=name[:200], by=by, file=f"{secrets.token_hex(16)}.csv", **vars(terms))
    _file(kept.file).touch(0o600, exist_ok=False)
    with _file(kept.file).open("wb") as copy:
        copy_list(file, copy)
        kept.size = copy.tell()
    kept.save()
    return kept


def _file(name: str) -> Path:
    folder: Path = settings.PRIVATE_DIR / "lists"
    folder.mkdir(parents=True, exist_ok=True)
    return folder / name


def _read_some(seen: Import) -> bool:
    """Read the next rows of its file."""
    try:
        with _file(seen.file).open("rb") as file:
            after = Place(seen.read_to, seen.done_to)
            rows = read_rows(file, consent_column=seen.consent_column, after=after)
            return _keep_some(seen, list(islice(rows, READ_AT_ONCE)))
    except (FileNotFoundError, IsADirectoryError):  # The folder: a list of before that has none.
        logger.exception("the file of a list is gone", extra={"import_id": seen.pk})
        return _keep_some(seen, None)


@transaction.atomic
def _keep_some(seen: Import, rows: Sequence[Row] | None) -> bool:
    """Write the rows down, or that there is nothing more to read; None: the file is gone."""
    kept = _still(seen)
    if kept is None:
        return True
    if rows is None:
        _end(kept, State.BROKEN_OFF)
    elif rows and rows[-1].end:
        ImportLine.objects.bulk_create(_line(kept, row) for row in rows)
        kept.total += len(rows)
        kept.read_to, kept.done_to = rows[-1].end
        kept.save(update_fields=["total", "read_to", "done_to"])
    else:
        transaction.on_commit(partial(_file(kept.file).unlink, missing_ok=True))
        kept.state, kept.file, kept.done_to = State.CHECKING, "", 0
        kept.save(update_fields=["state", "file", "done_to"])
    return True


def _still(seen: Import) -> Import | None:
    """The list, locked; None if meanwhile somebody went on with it or called it off."""
    kept = Import.objects.select_for_update().get(pk=seen.pk)
    as_seen = (kept.state, kept.done_to) == (seen.state, seen.done_to)
    return kept if as_seen else None


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
    """Nothing more of it happens; who was brought in stays. False if it had ended.

    Its lines are what `go_on` deletes next.
    """
    rows = Import.objects.select_for_update().exclude(state__in=ENDED)
    kept = rows.filter(pk=import_id).first()
    if kept is None:
        return False
    _end(kept, State.CANCELLED)
    return True


def go_on(import_id: int, *, seconds: float = SECONDS) -> bool:
    """So much work and rest, one batch at least; whether there is more."""
    until = time.monotonic() + seconds
    more = True
    while more:
        try:
            with _rest_after():
                more = deal_with_some(import_id)
        except IntegrityError:  # Someone of these lines signed up at this very moment: anew.
            logger.info("import batch done anew", extra={"import_id": import_id})
        if time.monotonic() > until:
            break
    return more


@contextmanager
def _rest_after() -> Iterator[None]:
    """As long as the work took: else a waiting sign-up finds the database taken each time."""
    began = time.monotonic()
    yield
    if connection.vendor == "sqlite":
        time.sleep(time.monotonic() - began)


def forget_lines(kept: Import) -> None:
    """Delete them all, some at a time."""
    more = True
    while more:
        with _rest_after():
            more = _delete_some(kept)


def unfinished_imports() -> list[int]:
    """Those that a worker has to go on with, if only to delete their lines."""
    has_lines = Exists(ImportLine.objects.filter(of=OuterRef("pk")))
    rows = Import.objects.filter(
        Q(state__in=UNDER_WAY) | (_to_forget(timezone.now()) & (has_lines | ~Q(file="")))
    )
    return list(rows.order_by("pk").values_list("pk", flat=True))


def _to_forget(now: datetime) -> Q:
    """Whose lines are kept no longer: what came to nothing, and what ended a week ago."""
    came_to_nothing = Q(state__in=[State.CANCELLED, State.BROKEN_OFF])
    return came_to_nothing | Q(state__in=ENDED, created_at__lt=now - LINES_KEPT)


def forget_waiting() -> int:
    """Call off the lists that nobody came back to within a week; how many."""
    old = Import.objects.filter(created_at__lt=timezone.now() - LINES_KEPT)
    return old.filter(state=State.CHECKED).update(state=State.CANCELLED, ended_at=timezone.now())


def deal_with_some(import_id: int) -> bool:
    """Read the next lines, check them, bring them in, or delete them; whether there are more.

    Also ends the pass after its last line.
    """
    kept = Import.objects.get(pk=import_id)
    if not kept.is_under_way:
        forgets = Import.objects.filter(_to_forget(timezone.now()), pk=import_id).exists()
        return forgets and _delete_some(kept)
    if kept.state == State.READING:
        return _read_some(kept)
    lines = list(kept.lines.filter(number__gt=kept.done_to).order_by("number")[:BATCH])
    if kept.state == State.CHECKING and lines:
        Judge(kept, lines).decide()  # It has no effect, so nobody need wait for it.
    return _write_some(kept, lines)


@transaction.atomic
def _write_some(seen: Import, lines: list[ImportLine]) -> bool:
    """Mark the lines, after bringing them in; whether there are more."""
    kept = _still(seen)
    if kept is None:
        return True
    if not lines:
        _end(kept, State.CHECKED if kept.state == State.CHECKING else State.DONE)
        return False
    if kept.state == State.RUNNING:
        Judge(kept, lines).decide()  # Here, for who left a moment ago must stay out.
        write_down(kept, lines)
    with connection.cursor() as cursor:
        cursor.executemany(MARK, [(ln.compared, ln.outcome, ln.says, ln.pk) for ln in lines])
    for line in lines:
        kept.counts[line.outcome] = kept.counts.get(line.outcome, 0) + 1
    kept.done_to = lines[-1].number
    kept.save(update_fields=["counts", "done_to"])
    return True


def _delete_some(kept: Import) -> bool:
    numbers = kept.lines.order_by("number").values_list("number", flat=True)
    last = max(numbers[:DELETED_AT_ONCE], default=-1)
    if kept.lines.filter(number__lte=last).delete()[0]:
        return True
    if kept.file:
        _file(kept.file).unlink(missing_ok=True)
        Import.objects.filter(pk=kept.pk).update(file="")
    return False


def forget_files() -> int:
    """Delete the files that no list names, for who kept them was killed; how many."""
    before = (timezone.now() - UNNAMED).timestamp()
    named = set(Import.objects.exclude(file="").values_list("file", flat=True))
    left = [path for path in _file("").iterdir() if path.name not in named]
    old = [path for path in left if path.stat().st_mtime < before]
    for path in old:
        path.unlink(missing_ok=True)
    return len(old)


def _end(kept: Import, state: Import.State) -> None:
    kept.state = state
    kept.ended_at = None if state == State.CHECKED else timezone.now()
    kept.save(update_fields=["state", "ended_at"])
    if state == State.DONE and kept.welcome:
        welcome(kept)


def report_of(kept: Import) -> Iterator[ImportLine]:
    """Each line with its outcome, in the order of the list."""
    return kept.lines.order_by("number").iterator(chunk_size=2000)
