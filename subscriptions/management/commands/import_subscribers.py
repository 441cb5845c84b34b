"""`manage.py import_subscribers FILE.csv --origin "..."`: people from a list kept elsewhere."""

from datetime import date
from pathlib import Path
from typing import Any

from django.core.management import BaseCommand, CommandError, CommandParser
from django.utils import timezone
from django.utils.dateparse import parse_date

from subscriptions.models import Cadence, Import, ImportLine
from subscriptions.services import importing
from subscriptions.services.importing import Terms
from subscriptions.services.judging import OLDEST
from subscriptions.sheets import SheetError

WIDTH = 30  # Signs of the bar.
QUIET = (ImportLine.Outcome.MADE, ImportLine.Outcome.PENDING)


class Command(BaseCommand):
    help = (
        "Import subscribers from a list (CSV). It is checked first; with --dry-run that is all,"
        " and the report says what would happen. Nothing is mailed without --welcome."
    )

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("file", type=Path)
        parser.add_argument("--origin", required=True, help="where these people agreed")
        parser.add_argument(
            "--consented-on", default="", help="the day, as 2024-05-31, or the column that has it"
        )
        parser.add_argument("--confirm", action="store_true", help="they have confirmed already")
        parser.add_argument("--welcome", action="store_true", help="mail a welcome to each")
        parser.add_argument("--cadence", choices=Cadence.values, default=Cadence.AT_ONCE.value)
        parser.add_argument("--dry-run", action="store_true", help="say what would happen")

    def handle(
        self, *args: Any, file: Path, dry_run: bool, verbosity: int, **options: Any
    ) -> None:
        self.is_talkative = verbosity > 1
        kept = self.keep(file, _terms(options))
        try:
            self.walk(kept, "checking")
            if not dry_run:
                importing.bring_in(kept.pk)
                self.walk(kept, "importing")
            self.tell(kept, done=not dry_run)
        finally:
            importing.call_off_import(kept.pk)  # Also when somebody presses Ctrl-C.
            importing.forget_lines(kept)

    def keep(self, file: Path, terms: Terms) -> Import:
        try:
            with file.open("rb") as content:
                return importing.keep_list(content, name=file.name, terms=terms)
        except (OSError, SheetError) as error:
            raise CommandError(f"{file}: {error}") from None

    def walk(self, kept: Import, what: str) -> None:
        """Deal with all lines, drawing the bar anew after each batch."""
        more = True
        while more:
            more = importing.go_on(kept.pk, seconds=0.0)
            kept.refresh_from_db()
            if kept.state == Import.State.READING:
                self.stderr.write(f"\r{kept.total:,} lines read", ending="")
            else:
                self.stderr.write(f"\r{bar(kept.dealt_with, kept.total)} {what}", ending="")
        self.stderr.write("")

    def tell(self, kept: Import, *, done: bool) -> None:
        for line in importing.report_of(kept):
            if line.outcome not in QUIET or self.is_talkative:
                because = f": {line.says}" if line.says else ""
                words = line.get_outcome_display()
                self.stdout.write(f"line {line.number}: {line.typed}: {words}{because}")
        for _value, words, count in kept.by_outcome:
            self.stdout.write(f"{count:>9,} {words}")
        if not done:
            self.stdout.write("Nothing was written. The same command without --dry-run does it.")


def bar(done: int, total: int) -> str:
    """`[####......] 40 of 100`"""
    filled = WIDTH * done // total if total else WIDTH
    return f"[{'#' * filled}{'.' * (WIDTH - filled)}] {done:,} of {total:,}"


def _terms(options: dict[str, Any]) -> Terms:
    """From what was typed. Raises CommandError for what does not go together."""
    day, column = _day(options["consented_on"])
    if options["confirm"] and not (day or column):
        raise CommandError("--confirm needs --consented-on: who confirmed, and when?")
    if options["welcome"] and not options["confirm"]:
        raise CommandError("--welcome needs --confirm: nobody else may be mailed.")
    if day and day > timezone.localdate():
        raise CommandError("--consented-on is a day to come.")
    if day and day < OLDEST:
        raise CommandError(f"--consented-on is a day before {OLDEST.year}.")
    return Terms(
        origin=options["origin"].strip(),
        consented_on=day,
        consent_column=column,
        confirm=options["confirm"],
        welcome=options["welcome"],
        cadence=options["cadence"],
    )


def _day(typed: str) -> tuple[date | None, str]:
    """The day, or the name of a column."""
    try:
        day = parse_date(typed)
    except ValueError:
        raise CommandError(f"--consented-on {typed} is no day of the calendar.") from None
    return day, "" if day else typed
