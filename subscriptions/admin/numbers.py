"""The page of numbers: four charts, each with its table."""

from collections.abc import Sequence
from datetime import date

from django.contrib import admin
from django.core.exceptions import PermissionDenied
from django.http import HttpRequest
from django.template.response import TemplateResponse
from django.utils.dateformat import format as format_date
from django.utils.timezone import localtime
from django.utils.translation import gettext as _

from subscriptions import charts
from subscriptions.charts import Drawing, Words
from subscriptions.models import Cadence
from subscriptions.reasons import phrase
from subscriptions.services import numbers

SPANS = {"30": 30, "90": 90, "365": 365}  # Days, by what the link says.
USUAL = "90"


def numbers_view(request: HttpRequest) -> TemplateResponse:
    """Whoever may see subscribers may see how many there are."""
    if not request.user.has_perm("subscriptions.view_subscriber"):
        raise PermissionDenied
    days = SPANS.get(request.GET.get("days", ""), SPANS[USUAL])
    word, cadence = _asked(request)
    shown = {
        "title": _("Numbers"),
        "days": days,
        "spans": list(SPANS.values()),
        "now": numbers.counts_now(),
        "by_day": by_day(days),
        "by_week": by_week(days, word, cadence),
        "wishes": numbers.wishes(days),
        "cadences": list(zip(Cadence.values, Cadence.labels, strict=True)),
        "word": word,
        "cadence": cadence,
        "of": " · ".join(
            part for part in (phrase(word) if word else "", _rhythm(cadence)) if part
        ),
        "mailed": by_mailing(),
    }
    context = admin.site.each_context(request) | shown
    return TemplateResponse(request, "admin/subscriptions/subscriber/numbers.html", context)


def _asked(request: HttpRequest) -> tuple[str, str]:
    """The wish and the rhythm that a link names, if they are good ones."""
    word, cadence = request.GET.get("wish", ""), request.GET.get("rhythm", "")
    known = word == "all" or (":" in word and bool(phrase(word)))
    return (word if known else ""), (cadence if cadence in Cadence.values else "")


def _rhythm(cadence: str) -> str:
    return str(Cadence(cadence).label) if cadence else ""


def by_day(days: int) -> Drawing:
    """How many were subscribed at the end of each day."""
    found = numbers.subscribers_by_day(days)
    rows = [(_long(day), count) for day, count in found]
    first, last = rows[0], rows[-1]
    desc = _("From %(first)s on %(from)s to %(last)s on %(to)s.") % {
        "first": f"{first[1]:,}",
        "from": first[0],
        "last": f"{last[1]:,}",
        "to": last[0],
    }
    words = Words("days", _("Subscribers per day"), desc, _("Day"), [_("subscribers")])
    return charts.line_chart(words, rows, [_short(day) for day, _count in found])


def by_week(days: int, word: str, cadence: str) -> Drawing:
    """How many came and went in each week: of all, or of one wish or rhythm."""
    weeks = max(days // 7, 4)
    if word or cadence:
        found = numbers.wish_joins_and_leaves(weeks, word=word, cadence=cadence)
    else:
        found = numbers.joins_and_leaves(weeks)
    rows = [(_long(monday), [came, went]) for monday, came, went in found]
    desc = _("%(came)s came and %(went)s left in %(weeks)d weeks.") % {
        "came": f"{sum(came for _day, came, _went in found):,}",
        "went": f"{sum(went for _day, _came, went in found):,}",
        "weeks": weeks,
    }
    names = [_("came"), _("left")]
    words = Words("weeks", _("Came and left per week"), desc, _("Week from"), names)
    short = [_short(monday) for monday, _came, _went in found]
    return charts.column_chart(words, rows, short, down=[1])


def by_mailing() -> Drawing:
    """What became of each of the last mailings; the table has their subjects."""
    found = numbers.mailings()
    cells: list[Sequence[int]] = [[row.sent, row.bounced, row.failed] for row in found]
    moments = [localtime(row.mailing.created_at) for row in found]
    desc = _("%(sent)s sent, %(bounced)s bounced and %(failed)s failed.") % {
        "sent": f"{sum(row.sent for row in found):,}",
        "bounced": f"{sum(row.bounced for row in found):,}",
        "failed": f"{sum(row.failed for row in found):,}",
    }
    names = [_("sent"), _("bounced"), _("failed")]
    words = Words("mailings", _("The last mailings"), desc, _("Mailing"), names)
    long = [
        f"{format_date(moment, 'j M, H:i')} {row.subject}"
        for moment, row in zip(moments, found, strict=True)
    ]
    rows = list(zip(long, cells, strict=True))
    return charts.column_chart(words, rows, [_short(moment) for moment in moments])


def _long(day: date) -> str:
    return str(format_date(day, "j M Y"))


def _short(day: date) -> str:
    return str(format_date(day, "j M"))
