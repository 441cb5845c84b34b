"""How subscribers are narrowed down at the desk."""

from typing import Any

from django.contrib import admin
from django.db.models import Exists, OuterRef, QuerySet
from django.http import HttpRequest
from django.utils.translation import gettext_lazy as _

from articles.models import Section
from newsroom.mail.models import Suppression
from subscriptions.models import Cadence, Import, Subscriber, Subscription
from subscriptions.reasons import is_key, named_by, phrase

Rows = QuerySet[Subscriber]


def with_wish(rows: Rows, **wish: Any) -> Rows:
    """Those of them with such a wish that stands."""
    standing = Subscription.objects.standing().filter(subscriber=OuterRef("pk"), **wish)
    return rows.filter(Exists(standing))


class Narrowing(admin.SimpleListFilter):
    """A filter that keeps a value it does not list, for links from other pages."""

    def lookups(self, request: HttpRequest, model_admin: Any) -> Any:
        return [*self.offered(), *self.linked()]

    def offered(self) -> list[tuple[str, Any]]:
        """The values to choose from, with their words."""
        raise NotImplementedError

    def linked(self) -> list[tuple[str, Any]]:
        """The value asked for by a link, with its words, if it is a good one."""
        return []

    def asked(self) -> str:
        return str(self.value() or "")


class WishFilter(Narrowing):
    """Every story, a section, a topic or an author; by a link, one of them."""

    title = _("wish")
    parameter_name = "wish"

    def __init__(self, request: HttpRequest, params: Any, *args: Any) -> None:
        self.given = str(params.get("wish", [""])[-1])
        super().__init__(request, params, *args)

    def offered(self) -> list[tuple[str, Any]]:
        kinds = [(str(what.value), what.label) for what in Subscription.What]
        sections = [(f"section:{row.pk}", f"– {row.name}") for row in Section.objects.all()]
        return [*kinds[:2], *sections, *kinds[2:]]

    def linked(self) -> list[tuple[str, Any]]:
        kind, _colon, pk = self.given.partition(":")
        if kind not in {"topic", "author"} or not pk:
            return []
        words = phrase(self.given)
        return [(self.given, words)] if words else []

    def queryset(self, request: HttpRequest, queryset: Rows) -> Rows:
        asked = self.asked()
        if named := named_by(asked):
            kind, pk = named
            return with_wish(queryset, what=kind, **{kind: pk})
        return with_wish(queryset, what=asked) if asked in Subscription.What.values else queryset


class CadenceFilter(Narrowing):
    """Who has a wish in this rhythm."""

    title = _("rhythm")
    parameter_name = "rhythm"

    def offered(self) -> list[tuple[str, Any]]:
        return [(str(cadence.value), cadence.label) for cadence in Cadence]

    def queryset(self, request: HttpRequest, queryset: Rows) -> Rows:
        wanted = self.asked()
        return with_wish(queryset, cadence=wanted) if wanted else queryset


class SuppressedFilter(Narrowing):
    """Whose address gets no list mail, and why."""

    title = _("suppressed")
    parameter_name = "suppressed"
    ANY, NONE = "yes", "no"

    def offered(self) -> list[tuple[str, Any]]:
        reasons = [(str(reason.value), reason.label) for reason in Suppression.Reason]
        return [(self.NONE, _("no")), (self.ANY, _("yes")), *reasons]

    def queryset(self, request: HttpRequest, queryset: Any) -> Rows:
        match self.asked():
            case "":
                return queryset  # type: ignore[no-any-return]  # Its query set is ours.
            case self.NONE:
                mine = Suppression.objects.filter(digest=OuterRef("fingerprint"))
                return queryset.filter(~Exists(mine))  # type: ignore[no-any-return]  # Its query set is ours.
            case self.ANY:
                return queryset.suppressed()  # type: ignore[no-any-return]  # As above.
            case reason:
                return queryset.suppressed(reason)  # type: ignore[no-any-return]  # As above.


class ConsentFilter(Narrowing):
    """Where the consent came from: a page of ours, a list from elsewhere; by a link, which."""

    title = _("consent from")
    parameter_name = "consent"
    PAGE, LIST, NOTHING = "page", "list", "nothing"

    def __init__(self, request: HttpRequest, params: Any, *args: Any) -> None:
        self.given = str(params.get("consent", [""])[-1])
        super().__init__(request, params, *args)

    def offered(self) -> list[tuple[str, Any]]:
        return [
            (self.PAGE, _("a page of this site")),
            (self.LIST, _("a list from elsewhere")),
            (self.NOTHING, _("not on record")),
        ]

    def linked(self) -> list[tuple[str, Any]]:
        kind, _colon, pk = self.given.partition(":")
        found = Import.objects.filter(pk=pk) if kind == "import" and is_key(pk) else None
        row = found.first() if found is not None else None
        return [(self.given, str(row))] if row else []

    def queryset(self, request: HttpRequest, queryset: Rows) -> Rows:
        value = self.asked()
        if value == self.PAGE:
            return queryset.filter(origin="").exclude(consent_from="")
        if value == self.LIST:
            return queryset.exclude(origin="")
        if value == self.NOTHING:
            return queryset.filter(origin="", consent_from="")
        _kind, _colon, pk = value.partition(":")
        return queryset.filter(brought_by=int(pk)) if is_key(pk) else queryset
