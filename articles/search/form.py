"""The form of the search page: what was typed and chosen, as a question."""

from datetime import UTC, date, datetime, timedelta
from typing import Any
from urllib.parse import urlencode

from django import forms
from django.db.models import Exists, OuterRef, QuerySet
from django.utils import timezone
from django.utils.formats import date_format
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from articles.models import Article, Kind, Section, Topic
from articles.search.asking import Query

LONGEST = 200  # Characters; the box takes no more.
WITHIN = {"day": 1, "week": 7, "month": 31, "year": 366}  # Days.
PARAMETERS = {
    "section": ("section",),
    "kind": ("kind",),
    "topic": ("topic",),
    "time": ("within", "since", "until"),
}  # What stands in the address for each filter.


class SearchForm(forms.Form):
    """Read from the address. What cannot be read is said at its field and left out."""

    q = forms.CharField(label=_("Words"), max_length=LONGEST, required=False)
    section = forms.ModelChoiceField(
        label=_("Section"),
        queryset=Section.objects.all(),
        to_field_name="slug",
        empty_label=_("All sections"),
        required=False,
    )
    kind = forms.ChoiceField(
        label=_("Kind"), choices=[("", _("All kinds")), *Kind.choices], required=False
    )
    topic = forms.ChoiceField(label=_("Topic"), required=False)
    within = forms.ChoiceField(
        label=_("Time"),
        choices=[
            ("", _("Any time")),
            ("day", _("Past 24 hours")),
            ("week", _("Past week")),
            ("month", _("Past month")),
            ("year", _("Past year")),
        ],
        required=False,
    )
    since = forms.DateField(
        label=_("From"), required=False, widget=forms.DateInput(attrs={"type": "date"})
    )
    until = forms.DateField(
        label=_("To"), required=False, widget=forms.DateInput(attrs={"type": "date"})
    )
    sort = forms.ChoiceField(
        label=_("Order"),
        choices=[("", _("Closest first")), ("date", _("Newest first"))],
        required=False,
    )

    def __init__(self, data: Any) -> None:
        given = {key: str(data.get(key, "")).replace("\0", " ") for key in self.base_fields}
        given["q"] = " ".join(given["q"].split())[:LONGEST]
        super().__init__(given, auto_id="search-%s", label_suffix="")
        self.topics = {topic.slug: topic for topic in public_topics()}
        self.fields["topic"].choices = self._topic_choices()  # type: ignore[attr-defined]  # A choice field.

    def _topic_choices(self) -> list[Any]:
        """Under the names of their kinds."""
        grouped = []
        for kind in Topic.Kind:
            named = [
                (slug, topic.name) for slug, topic in self.topics.items() if topic.kind == kind
            ]
            if named:
                grouped.append((kind.label, named))
        return [("", _("All topics")), *grouped]

    def clean(self) -> dict[str, Any]:
        said: dict[str, Any] = super().clean() or {}
        since, until = said.get("since"), said.get("until")
        for name, day in (("since", since), ("until", until)):
            # A box for days can show nothing else (HTML, 4.10.5.1.7).
            self.data[name] = day.isoformat() if day else ""  # type: ignore[index]  # Our own dict.
        if since and until and until < since:
            self.add_error("until", gettext("This day is before the first."))
        return said

    @property
    def in_use(self) -> bool:
        """Whether anything but words was given."""
        return any(value for name, value in self.data.items() if name != "q")

    def query(self, page: int = 1) -> Query:
        """The question that was asked, as far as it can be read."""
        self.is_valid()
        said = self.cleaned_data
        return Query(
            words=self.data["q"],
            section=said.get("section"),
            kind=said.get("kind", ""),
            topic=self.topics.get(said.get("topic", "")),
            since=_later(_ago(said.get("within")), _midnight(said.get("since"))),
            until=_midnight(said.get("until"), after=True),
            newest_first=said.get("sort") == "date",
            page=page,
        )

    def address(self, *, lifted: tuple[str, ...] = (), **other: object) -> str:
        """The query string of this question without these filters, or with something else."""
        gone = {name for filter_name in lifted for name in PARAMETERS[filter_name]}
        kept = {key: value for key, value in self.data.items() if value and key not in gone}
        return f"?{urlencode(kept | other)}"

    def filter_names(self, query: Query) -> dict[str, str]:
        """Each filter that is set, as a sentence may name it."""
        names = {
            "section": str(query.section),
            "kind": str(dict(Kind.choices).get(query.kind, "")),
            "topic": str(query.topic),
            "time": self._time_name(),
        }
        return {name: names[name] for name in query.filters}

    def _time_name(self) -> str:
        within = dict(self.fields["within"].choices)  # type: ignore[attr-defined]  # A choice field.
        parts = [str(within[self.data["within"]])] if self.data["within"] in WITHIN else []
        for name in ("since", "until"):
            day = self.cleaned_data.get(name)
            if day:
                parts.append(f"{self.fields[name].label} {date_format(day)}")
        return ", ".join(parts)


def public_topics() -> QuerySet[Topic]:
    """Topics that some public story has; readers know of no other."""
    stories = Article.objects.published().filter(topics=OuterRef("pk"))
    return Topic.objects.filter(Exists(stories)).order_by("name")


def _ago(within: str | None) -> datetime | None:
    return timezone.now() - timedelta(days=WITHIN[within]) if within else None


def _later(one: datetime | None, other: datetime | None) -> datetime | None:
    return max(one, other) if one and other else one or other


def _midnight(day: date | None, *, after: bool = False) -> datetime | None:
    """The beginning of a day where the title lives, or its end."""
    if day is None:
        return None
    naive = datetime(day.year, day.month, day.day)  # noqa: DTZ001 - Its zone is given below.
    try:
        return timezone.make_aware(naive + timedelta(days=1 if after else 0)).astimezone(UTC)
    except OverflowError:
        return None  # The first or last day that there is: nothing lies beyond it.
