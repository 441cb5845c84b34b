"""The ledger at the desk: to be read, and the few decisions that only a person may take."""

from typing import Any

from django.contrib import admin
from django.contrib.admin.views.main import ChangeList
from django.db.models import Count, QuerySet
from django.http import HttpRequest
from django.utils.translation import gettext_lazy as _
from django.utils.translation import ngettext

from newsroom.mail.addresses import compared_form, digest
from newsroom.mail.deciding import send_again, take_as_sent
from newsroom.mail.errors import AddressError
from newsroom.mail.ledger import resume_mailing
from newsroom.mail.models import Address, Delivery, Mailing, Suppression


class ReadOnly(admin.ModelAdmin[Any]):
    """Facts that only the post room writes; whoever may change them may take the actions."""

    list_per_page = 50

    def has_add_permission(self, request: HttpRequest) -> bool:
        return False

    def has_change_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return False

    def has_delete_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return False

    def has_decide_permission(self, request: HttpRequest) -> bool:
        return super().has_change_permission(request)


@admin.register(Mailing)
class MailingAdmin(ReadOnly):
    """What was promised, and how far it is."""

    list_display = ["key", "priority", "state", "halted_for", "progress", "created_at"]
    list_filter = ["priority", "state"]
    search_fields = ["key__startswith"]
    fields = [
        "key", "priority", "state", "halted_for", "progress",
        "created_at", "not_before", "filled_at", "resumed_at", "resting_until", "expires_at",
    ]  # fmt: skip
    readonly_fields = ["progress"]
    show_full_result_count = False
    actions = ["resume"]

    def get_changelist_instance(self, request: HttpRequest) -> ChangeList:
        """The page of the list, its deliveries counted by one query."""
        page = super().get_changelist_instance(request)
        counted = _counts([mailing.pk for mailing in page.result_list])
        for mailing in page.result_list:
            mailing.counts = counted.get(mailing.pk, {})
        return page

    @admin.display(description=_("messages"))
    def progress(self, mailing: Mailing) -> str:
        counts = getattr(mailing, "counts", None)
        if counts is None:
            counts = _counts([mailing.pk]).get(mailing.pk, {})
        states = [state for state in Delivery.State if counts.get(state)]
        return " · ".join(f"{counts[state]:,} {state.label}" for state in states) or "0"

    @admin.action(description=_("Send what waits, however old"), permissions=["decide"])
    def resume(self, request: HttpRequest, mailings: QuerySet[Mailing]) -> None:
        count = sum(resume_mailing(mailing.pk, by_hand=True) for mailing in mailings)
        text = ngettext("%(n)d mailing goes on.", "%(n)d mailings go on.", count)
        self.message_user(request, text % {"n": count})


def _counts(mailing_ids: list[int]) -> dict[int, dict[str, int]]:
    """How many deliveries of each mailing are in which state."""
    rows = Delivery.objects.filter(mailing__in=mailing_ids).order_by()
    counted: dict[int, dict[str, int]] = {}
    for mailing, state, count in rows.values_list("mailing", "state").annotate(Count("pk")):
        counted.setdefault(mailing, {})[state] = count
    return counted


@admin.register(Delivery)
class DeliveryAdmin(ReadOnly):
    """What became of each message."""

    list_display = ["address", "mailing", "state", "attempts", "started_at", "sent_at", "outcome"]
    list_filter = ["state", "mailing__priority"]
    search_fields = ["address__compared__startswith", "mailing__key"]
    search_help_text = _("The beginning of an address, or the key of a mailing.")
    list_select_related = ["mailing", "address"]
    fields = [
        "address", "mailing", "state", "attempts", "not_before", "started_at", "sent_at", "outcome",
    ]  # fmt: skip
    show_full_result_count = False
    actions = ["arrived", "again"]

    @admin.action(description=_("In doubt: it arrived"), permissions=["decide"])
    def arrived(self, request: HttpRequest, deliveries: QuerySet[Delivery]) -> None:
        count = sum(take_as_sent(delivery.pk) for delivery in deliveries)
        text = ngettext("%(n)d message counts as sent.", "%(n)d messages count as sent.", count)
        self.message_user(request, text % {"n": count})

    @admin.action(description=_("In doubt: send it again"), permissions=["decide"])
    def again(self, request: HttpRequest, deliveries: QuerySet[Delivery]) -> None:
        count = sum(send_again(delivery.pk) for delivery in deliveries)
        text = ngettext("%(n)d message is sent again.", "%(n)d messages are sent again.", count)
        self.message_user(request, text % {"n": count})


@admin.register(Address)
class AddressAdmin(ReadOnly):
    """Whom the site has ever had reason to write to."""

    list_display = ["typed", "created_at", "erased_at"]
    fields = ["typed", "compared", "created_at", "erased_at"]
    search_fields = ["compared__startswith"]
    search_help_text = _("The beginning of an address.")
    show_full_result_count = False


@admin.register(Suppression)
class SuppressionAdmin(ReadOnly):
    """Who gets no list mail. The addresses themselves are not kept here."""

    list_display = ["short", "reason", "evidence", "created_at"]
    list_filter = ["reason"]
    fields = ["digest", "reason", "evidence", "created_at"]
    search_fields = ["digest__startswith"]
    search_help_text = _("A whole address: it is looked up by its fingerprint.")
    actions = ["lift"]

    @admin.display(description=_("fingerprint"))
    def short(self, suppression: Suppression) -> str:
        return suppression.digest[:12]

    def get_search_results(
        self, request: HttpRequest, queryset: QuerySet[Any], search_term: str
    ) -> tuple[QuerySet[Any], bool]:
        try:
            return queryset.filter(digest=digest(compared_form(search_term))), False
        except AddressError:
            return super().get_search_results(request, queryset, search_term)

    @admin.action(description=_("Lift: mail may go there again"), permissions=["decide"])
    def lift(self, request: HttpRequest, suppressions: QuerySet[Suppression]) -> None:
        count, _by_model = suppressions.delete()
        text = ngettext("%(n)d address may be mailed.", "%(n)d addresses may be mailed.", count)
        self.message_user(request, text % {"n": count})
