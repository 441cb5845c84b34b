"""The archive: the months in which stories were first published.

A story's month is the one in its address, of the title's zone on the day it came out; it never
changes, whatever becomes of the zone.
"""

from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from itertools import groupby

from django.db.models import Count
from django.db.models.functions import Substr
from django.urls import reverse
from django.utils.formats import date_format

from articles.models import Article
from articles.models.article import ArticleQuerySet

A_DAY = timedelta(days=1)  # More than any zone is from UTC.


@dataclass(frozen=True)
class Month:
    """A month such as `2026/11`, and how many public stories it has."""

    month: str
    stories: int

    @property
    def name(self) -> str:
        return date_format(first_day(self.month), "F")

    @property
    def path(self) -> str:
        return month_path(self.month)


@dataclass(frozen=True)
class Year:
    """A year and those of its months that have stories, from January."""

    year: str
    months: list[Month]

    @property
    def stories(self) -> int:
        return sum(month.stories for month in self.months)


@dataclass(frozen=True)
class Neighbours:
    """The months with stories before and after one; empty where there is none."""

    before: str
    after: str

    @property
    def before_path(self) -> str:
        return month_path(self.before) if self.before else ""

    @property
    def after_path(self) -> str:
        return month_path(self.after) if self.after else ""

    @property
    def before_name(self) -> str:
        return month_name(self.before) if self.before else ""

    @property
    def after_name(self) -> str:
        return month_name(self.after) if self.after else ""


def months() -> list[Month]:
    """Every month with public stories, the newest first."""
    counted = (
        Article.objects.published()
        .annotate(month=Substr("path", 1, 7))
        .values_list("month")
        .annotate(stories=Count("pk"))
        .order_by("-month")
    )
    return [Month(month, stories) for month, stories in counted]


def archive_years() -> list[Year]:
    """The archive by year, the newest first."""
    by_year = groupby(months(), key=lambda month: month.month[:4])
    return [Year(year, list(found)[::-1]) for year, found in by_year]


def in_month(month: str) -> ArticleQuerySet:
    """The public stories whose address begins with that month.

    The range of moments is wider than the month in any zone: it lets the index of moments serve.
    """
    start = first_day(month)
    end = (start + 31 * A_DAY).replace(day=1)
    return Article.objects.published().filter(
        first_published_at__gte=start - A_DAY,
        first_published_at__lt=end + A_DAY,
        path__startswith=f"{month}/",
    )


def neighbours(month: str) -> Neighbours:
    """The months around one that have public stories too."""
    start = first_day(month)
    end = (start + 31 * A_DAY).replace(day=1)
    public = Article.objects.published().exclude(path__startswith=f"{month}/")
    before = public.filter(first_published_at__lt=start + A_DAY, path__lt=month)
    after = public.filter(first_published_at__gte=end - A_DAY, path__gt=month)
    return Neighbours(
        _month_of(before.newest_first()), _month_of(after.order_by("first_published_at", "pk"))
    )


def first_day(month: str) -> datetime:
    """The first moment of the month in UTC."""
    year, number = month.split("/")
    return datetime(int(year), int(number), 1, tzinfo=UTC)


def month_path(month: str) -> str:
    return reverse("articles:month", args=[month])


def month_name(month: str) -> str:
    """Such as "November 2026"."""
    return date_format(first_day(month), "F Y")


def _month_of(stories: ArticleQuerySet) -> str:
    path = stories.values_list("path", flat=True).first()
    return (path or "")[:7]
