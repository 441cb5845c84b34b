"""What people type and tick."""

from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Any
from zoneinfo import available_timezones

from django import forms
from django.conf import settings
from django.db.models import Count, Q
from django.http import QueryDict
from django.utils import timezone
from django.utils.functional import cached_property
from django.utils.translation import gettext_lazy as _

from articles.models import Article, Author, Section, Topic
from newsroom.mail.services import AddressError, compared_form
from subscriptions.consent import CHOSEN_WORDS, Consent, page_of_form
from subscriptions.models import MOST_A_DAY, Cadence, Subscriber
from subscriptions.schedule import is_quiet, moment_of, zone_of
from subscriptions.services import Hours, Wishes

OFFERED = 40  # Topics and authors that a page offers; any other by the link on its own page.
LONGEST_PAUSE = timedelta(days=366)
ALL = "all"
HOURS = [(hour, f"{hour}:00") for hour in range(24)]
QUIET = [("", _("none")), *HOURS]


class AddressForm(forms.Form):
    """One address. `asked_to` is a trap: no person sees it, and programs fill in every field."""

    email = forms.CharField(
        max_length=254,
        error_messages={
            "required": _("Type your e-mail address."),
            "max_length": _("An e-mail address has at most 254 characters."),
        },
    )
    asked_to = forms.CharField(required=False)

    def clean_email(self) -> str:
        typed = str(self.cleaned_data["email"])
        try:
            compared_form(typed)
        except AddressError as error:
            raise forms.ValidationError(str(error)) from error
        return typed

    @property
    def fell_into_trap(self) -> bool:
        return bool(self.cleaned_data["asked_to"])


def consent_of(data: QueryDict) -> Consent:
    """Where the form stood, as it says itself, and the words that stand beside such a form."""
    page = page_of_form(data.get("page", ""))
    return Consent(page=page, words=CHOSEN_WORDS) if "what" in data else Consent(page=page)


@dataclass(frozen=True)
class Group:
    """Things of one kind that one can choose, as pairs of the wish's word and the name."""

    title: Any
    choices: list[tuple[str, str]]


def groups(chosen: "set[str] | frozenset[str]" = frozenset()) -> list[Group]:
    """Sections; the topics and authors that most public stories have, and those chosen already.

    Nothing is offered that readers may not know of yet.
    """
    public = Q(articles__in=Article.objects.published())
    return [
        Group(_("Sections"), [(f"section:{row.pk}", row.name) for row in Section.objects.all()]),
        Group(_("Topics"), _offered("topic", Topic.objects.filter(public), chosen)),
        Group(_("Authors"), _offered("author", Author.objects.filter(public), chosen)),
    ]


def _offered(kind: str, rows: Any, chosen: "set[str] | frozenset[str]") -> list[tuple[str, str]]:
    mine = [int(word.partition(":")[2]) for word in chosen if word.startswith(f"{kind}:")]
    often = rows.annotate(number=Count("articles")).order_by("-number", "pk")[:OFFERED]
    found = {row.pk: row.name for row in often}
    found |= dict(rows.model.objects.filter(pk__in=mine).values_list("pk", "name"))
    return [(f"{kind}:{pk}", name) for pk, name in sorted(found.items(), key=lambda row: row[1])]


class WishesForm(forms.Form):
    """What, and how often: the first two things anyone chooses."""

    what = forms.MultipleChoiceField(
        error_messages={
            "required": _("Choose at least one thing, or leave below."),
            "invalid_choice": _("This is not to be had any more; choose again."),
        }
    )
    cadence = forms.ChoiceField(
        choices=Cadence.choices,
        error_messages={"required": _("Choose how often.")},
    )

    def __init__(self, *args: Any, standing: Wishes | None = None, **options: Any) -> None:
        self.standing = standing or {}
        options["initial"] = self._shown() | (options.get("initial") or {})
        super().__init__(*args, **options)
        self.groups = groups(set(self.standing))
        words: list[tuple[str, Any]] = [(ALL, _("Every story"))]
        words += [choice for group in self.groups for choice in group.choices]
        self.fields["what"].choices = words  # type: ignore[attr-defined]  # A MultipleChoiceField has them.

    def _shown(self) -> dict[str, Any]:
        rhythms = list(self.standing.values())
        common = max(rhythms, key=rhythms.count) if rhythms else Cadence.AT_ONCE
        return {"what": list(self.standing) or [ALL], "cadence": str(common)}

    @cached_property
    def ticked(self) -> set[str]:
        """What stands ticked on the page."""
        return {str(word) for word in self["what"].value() or []}

    @property
    def wishes(self) -> dict[str, str]:
        """What was chosen, each in the rhythm chosen for all."""
        return dict.fromkeys(self.cleaned_data["what"], str(self.cleaned_data["cadence"]))


def zone_choices() -> list[tuple[str, str]]:
    """The zones of the IANA database that have a place's name, and the title's own first."""
    places = sorted(
        name for name in available_timezones() if "/" in name and not name.startswith("Etc/")
    )
    own = _("%(zone)s (this site's)") % {"zone": settings.TIME_ZONE}
    return [("", str(own)), *((name, name.replace("_", " ")) for name in places)]


class ChoicesForm(WishesForm):
    """One's own page: the two controls, and what stands under More."""

    zone = forms.ChoiceField(label=_("Time zone"), choices=zone_choices, required=False)
    hour = forms.TypedChoiceField(
        label=_("Daily and weekly mail comes at"), choices=HOURS, coerce=int
    )
    weekday = forms.TypedChoiceField(
        label=_("Weekly mail comes on"), choices=Subscriber.Weekday.choices, coerce=int
    )
    quiet_from = forms.TypedChoiceField(
        label=_("No mail from"), choices=QUIET, coerce=int, empty_value=None, required=False
    )
    quiet_to = forms.TypedChoiceField(
        label=_("until"), choices=QUIET, coerce=int, empty_value=None, required=False
    )
    daily_cap = forms.IntegerField(
        label=_("At most so many mails a day"),
        min_value=1,
        max_value=MOST_A_DAY,
        required=False,
        widget=forms.NumberInput(attrs={"inputmode": "numeric"}),
    )
    breaking_at_once = forms.BooleanField(
        label=_("Breaking news at once, whatever rhythm I chose"), required=False
    )

    def __init__(self, *args: Any, subscriber: Subscriber, **options: Any) -> None:
        wishes = list(
            subscriber.subscriptions.standing().select_related("section", "topic", "author")
        )
        hours = {name: getattr(subscriber, name) for name in Hours.__annotations__}
        standing = {wish.word: wish.cadence for wish in wishes}
        super().__init__(*args, standing=standing, initial=hours, **options)
        if len(wishes) > 1:
            for wish in wishes:
                self._offer_own_rhythm(wish.word, wish.name, wish.cadence)

    def _offer_own_rhythm(self, word: str, name: str, cadence: str) -> None:
        differs = cadence != self.initial["cadence"]
        self.fields[f"rhythm-{word}"] = forms.ChoiceField(
            label=name,
            choices=[("", _("as chosen above")), *Cadence.choices],
            required=False,
            initial=cadence if differs else "",
        )

    @property
    def own_rhythms(self) -> list[forms.BoundField]:
        """The fields for a wish's own rhythm."""
        return [self[name] for name in self.fields if name.startswith("rhythm-")]

    @property
    def more_is_used(self) -> bool:
        """Whether something under More was chosen or is wrong, so that it stands open."""
        names = set(self.fields) - {"what", "cadence"}
        return bool(names & set(self.errors)) or any(
            self[name].initial not in {"", None, False} for name in names - {"hour", "weekday"}
        )

    def clean(self) -> dict[str, Any]:
        said = super().clean() or {}
        quiet = said.get("quiet_from"), said.get("quiet_to")
        if (quiet[0] is None) != (quiet[1] is None):
            missing = "quiet_to" if quiet[1] is None else "quiet_from"
            self.add_error(missing, _("Say both when quiet begins and when it ends."))
        elif quiet[0] is not None and quiet[0] == quiet[1]:
            self.add_error(
                "quiet_to", _("These hours are the same: that would be no time at all.")
            )
        elif is_quiet(said.get("hour", 0), *quiet):
            self.add_error("hour", _("Your quiet hours hold this one. Choose another, or others."))
        return said

    @property
    def hours(self) -> Hours:
        return Hours(**{name: self.cleaned_data[name] for name in Hours.__annotations__})

    @property
    def wishes(self) -> dict[str, str]:
        """Each in the rhythm chosen for all, but those that have their own."""
        own = {word: self.cleaned_data.get(f"rhythm-{word}") for word in self.cleaned_data["what"]}
        return {word: str(own[word] or cadence) for word, cadence in super().wishes.items()}


class PauseForm(forms.Form):
    """A pause until a day."""

    until = forms.DateField(
        label=_("Pause until"),
        widget=forms.DateInput(attrs={"type": "date"}),
        error_messages={
            "required": _("Choose the day on which mail shall begin again."),
            "invalid": _("Choose a day, such as 2026-12-24."),
        },
    )

    def __init__(self, *args: Any, zone: str, **options: Any) -> None:
        self.zone = zone_of(zone)
        super().__init__(*args, **options)

    def clean_until(self) -> datetime:
        """The beginning of the day, in the reader's zone."""
        day: date = self.cleaned_data["until"]
        now = timezone.now().astimezone(self.zone)
        if day <= now.date():
            raise forms.ValidationError(_("Choose a day to come."))
        if day > (now + LONGEST_PAUSE).date():
            raise forms.ValidationError(_("A pause lasts a year at most. You can leave instead."))
        return moment_of(day, 0, self.zone)
