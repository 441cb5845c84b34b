"""The ledger at the desk: to be read, and the few decisions that only a person may take."""

from typing import Any

from django.contrib import admin
from django.contrib.admin.views.main import ChangeList
from django.db.models import Count, QuerySet
from django.http import HttpRequest
from django.urls import reverse
from django.utils import timezone
from django.utils.formats import date_format
from django.utils.html import format_html
from django.utils.http import urlencode
from django.utils.translation import gettext_lazy as _
from django.utils.translation import ngettext

from newsroom.mail.addresses import compared_form, digest
from newsroom.mail.deciding import send_again, take_as_sent
from newsroom.mail.errors import AddressError
from newsroom.mail.ledger import resume_mailing
from newsroom.mail.models import Address, BounceNotice, Delivery, Mailing, Suppression


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


class NoticeInline(admin.TabularInline):
    """What other servers said of the message after it had left."""

    model = BounceNotice
    readonly_fields = ["received_at", "status", "words", "effect", "came_by"]
    fields = tuple(readonly_fields)
    extra = 0
    can_delete = False
    verbose_name_plural = _("what came back")

    def has_add_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return False


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
    inlines = [NoticeInline]
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
    fields = ["typed", "compared", "created_at", "erased_at", "stopped", "came_back"]
    readonly_fields = ["stopped", "came_back"]
    search_fields = ["compared__startswith"]
    search_help_text = _("The beginning of an address.")
    show_full_result_count = False

    @admin.display(description=_("gets no list mail"))
    def stopped(self, address: Address) -> str:
        """Why and since when, with the way to the row that says so."""
        found = Suppression.objects.filter(digest=digest(address.compared or "")).first()
        if found is None:
            return "-"
        return format_html(
            '<a href="{}">{}</a>, {}. {}',
            reverse("admin:mail_suppression_change", args=[found.pk]),
            found.get_reason_display(),
            date_format(timezone.localtime(found.created_at), "j F Y, H:i e"),
            found.evidence,
        )

    @admin.display(description=_("bounces and complaints"))
    def came_back(self, address: Address) -> str:
        count = BounceNotice.objects.filter(delivery__address=address).count()
        if not count or address.compared is None:
            return str(count)
        query = urlencode({"q": address.compared})
        page = reverse("admin:mail_bouncenotice_changelist")
        return format_html('<a href="{}?{}">{}</a>', page, query, count)


@admin.register(BounceNotice)
class BounceNoticeAdmin(ReadOnly):
    """What came back, and what it led to. docs/mail.md has the policy."""

    list_display = ["received_at", "kind", "why", "status", "address", "mailing", "effect"]
    list_filter = ["kind", "why", "effect", "came_by"]
    list_select_related = ["delivery__address", "delivery__mailing"]
    search_fields = ["delivery__address__compared__startswith", "delivery__mailing__key"]
    search_help_text = _("The beginning of an address, or the key of a mailing.")
    fields = [
        "received_at", "kind", "why", "status", "words", "delivery", "address", "effect", "came_by",
    ]  # fmt: skip
    readonly_fields = ["address"]
    ordering = ["-received_at"]
    show_full_result_count = False

    @admin.display(description=_("address"))
    def address(self, notice: BounceNotice) -> str:
        return str(notice.delivery.address) if notice.delivery else "-"

    @admin.display(description=_("mailing"))
    def mailing(self, notice: BounceNotice) -> str:
        return str(notice.delivery.mailing) if notice.delivery else "-"


@admin.register(Suppression)
class SuppressionAdmin(ReadOnly):
    """Who gets no list mail. The addresses themselves are not kept here."""

    list_display = ["short", "reason", "because", "created_at"]
    date_hierarchy = "created_at"
    list_filter = ["reason"]
    fields = ["digest", "reason", "evidence", "created_at"]
    search_fields = ["digest__startswith"]
    search_help_text = _("A whole address: it is looked up by its fingerprint.")
    actions = ["lift"]

    @admin.display(description=_("evidence"))
    def because(self, suppression: Suppression) -> str:
        """The reason alone; the server's words stand on the row's own page."""
        return suppression.evidence.partition(":")[0] or "-"

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
        self.log_deletions(request, suppressions)  # Who lifted a complaint must be known.
        count, _by_model = suppressions.delete()
        text = ngettext("%(n)d address may be mailed.", "%(n)d addresses may be mailed.", count)
        self.message_user(request, text % {"n": count})
