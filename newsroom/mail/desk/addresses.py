"""Addresses at the desk, what came back from them, and who gets no list mail."""

from typing import Any

from django.contrib import admin
from django.db.models import QuerySet
from django.http import HttpRequest
from django.urls import reverse
from django.utils import timezone
from django.utils.formats import date_format
from django.utils.html import format_html
from django.utils.http import urlencode
from django.utils.translation import gettext_lazy as _
from django.utils.translation import ngettext

from newsroom.mail.addresses import compared_form, digest
from newsroom.mail.desk.reading import ReadOnly
from newsroom.mail.errors import AddressError
from newsroom.mail.models import Address, BounceNotice, Suppression


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
