"""What becomes of each line of a list from elsewhere.

Nobody comes in who is suppressed or has left, here or where the list comes from; confirmed are
only those whose consent has an origin and a day.
"""

from collections.abc import Iterable
from datetime import date, datetime

from django.utils import timezone
from django.utils.dateparse import parse_date, parse_datetime
from django.utils.translation import gettext as _

from newsroom.mail.models import Suppression
from newsroom.mail.services import AddressError, compared_form, digest
from subscriptions.models import Import, ImportLine, Subscriber
from subscriptions.schedule import zone_of

OLDEST = date(1970, 1, 1)  # Day of consent.
Outcome, Standing = ImportLine.Outcome, ImportLine.Standing


class Judge:
    """What becomes of some lines, asked of the database by a few queries for all of them."""

    def __init__(self, kept: Import, lines: list[ImportLine]) -> None:
        self.kept, self.lines = kept, lines
        for line in lines:
            if not line.outcome:  # Else it was read when the list was checked.
                _compare(line)
        wanted = {line.compared for line in lines if line.compared}
        self.stopped = _stopped(wanted)
        self.known = _known(wanted)
        before = kept.lines.filter(number__lt=lines[0].number, compared__in=wanted)
        self.seen = set(before.exclude(outcome=Outcome.REFUSED).values_list("compared", flat=True))

    def decide(self) -> None:
        """Set `outcome` and `says` of each line."""
        for line in self.lines:
            line.outcome, line.says = self._of(line)
            if line.outcome != Outcome.REFUSED:
                self.seen.add(line.compared)

    def _of(self, line: ImportLine) -> tuple[ImportLine.Outcome, str]:
        if not line.compared:
            return Outcome.REFUSED, line.says
        if line.compared in self.seen:
            return Outcome.TWICE, ""
        if (reason := self.stopped.get(line.compared)) is not None:
            return _stays_out(reason)
        reader = self.known.get(line.compared)
        if line.standing == Standing.LEFT or _has_left(reader):
            return Outcome.LEFT, "" if _has_left(reader) else _("where the list comes from")
        if reader is not None and (reader.is_subscribed or not self.kept.confirm):
            return Outcome.THERE, str(reader.get_state_display())
        return self._comes_in(line, reader)

    def _comes_in(
        self, line: ImportLine, reader: Subscriber | None
    ) -> tuple[ImportLine.Outcome, str]:
        if not self.kept.confirm:
            return Outcome.PENDING, ""
        if line.standing == Standing.UNCONFIRMED:
            there = (Outcome.THERE, _("not yet confirmed")) if reader else None
            return there or (Outcome.PENDING, _("not confirmed where the list comes from"))
        try:
            consent_of(line, self.kept)
        except ValueError as error:
            return Outcome.REFUSED, str(error)
        return Outcome.MADE, ""


def _compare(line: ImportLine) -> None:
    if line.says:
        return  # It could not be read, or not be understood.
    try:
        line.compared, line.says = compared_form(line.typed), ""
    except AddressError as error:
        line.compared, line.says = "", str(error)[:200]


def _stopped(wanted: Iterable[str]) -> dict[str, str]:
    """Those of the addresses that get no list mail, each with the reason."""
    digests = {digest(compared): compared for compared in wanted}
    rows = Suppression.objects.filter(digest__in=digests)
    return {digests[found]: reason for found, reason in rows.values_list("digest", "reason")}


def _stays_out(reason: str) -> tuple[ImportLine.Outcome, str]:
    if reason == Suppression.Reason.LEFT:
        return Outcome.LEFT, ""
    return Outcome.SUPPRESSED, str(Suppression.Reason(reason).label)


def _known(wanted: Iterable[str]) -> dict[str, Subscriber]:
    rows = Subscriber.objects.filter(address__compared__in=list(wanted)).select_related("address")
    return {str(reader.address.compared): reader for reader in rows}


def _has_left(reader: Subscriber | None) -> bool:
    """Also who left and for whom somebody asked again without a confirmation."""
    return reader is not None and not reader.is_subscribed and reader.left_at is not None


def consent_of(line: ImportLine, kept: Import) -> datetime:
    """When the person agreed, by the line or by the terms. Raises ValueError in plain words."""
    if not line.given_on:
        if kept.consented_on is None:
            raise ValueError(_("The day of consent is missing."))
        return _not_too_old(_midnight(kept.consented_on), f"{kept.consented_on}")
    moment = _moment(line.given_on)
    if moment is None:
        raise ValueError(
            _("The day of consent, %(typed)s, is not written like 2024-05-31.")
            % {"typed": line.given_on}
        )
    if moment > timezone.now():
        raise ValueError(
            _("The day of consent, %(typed)s, is to come.") % {"typed": line.given_on}
        )
    return _not_too_old(moment, line.given_on)


def _not_too_old(moment: datetime, typed: str) -> datetime:
    """No database keeps the first days of the calendar, and nobody agreed to mail then."""
    if moment.year < OLDEST.year:
        raise ValueError(
            _("The day of consent, %(typed)s, is before %(year)s.")
            % {"typed": typed, "year": OLDEST.year}
        )
    return moment


def _moment(typed: str) -> datetime | None:
    try:
        found = parse_datetime(typed.removesuffix(" UTC")) or _day(typed)
    except ValueError:
        return None
    return found if found is None or found.tzinfo else timezone.make_aware(found)


def _day(typed: str) -> datetime | None:
    day = parse_date(typed)
    return None if day is None else _midnight(day)


def _midnight(day: date) -> datetime:
    return datetime(day.year, day.month, day.day, tzinfo=zone_of(""))
