"""The ledger at the desk: to be read, and to set going again what waits."""

from typing import Any

from django.contrib import admin
from django.db.models import Count, Q, QuerySet
from django.http import HttpRequest
from django.utils.translation import gettext_lazy as _

from newsroom.mail.ledger import resume_mailing
from newsroom.mail.models import Delivery, Mailing, Suppression


class ReadOnly(admin.ModelAdmin[Any]):
    """Facts that only the post room writes."""

    def has_add_permission(self, request: HttpRequest) -> bool:
        return False

    def has_change_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return False

    def has_delete_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return False


@admin.register(Mailing)
class MailingAdmin(ReadOnly):
    """What was promised, and how far it is."""

    list_display = ["key", "priority", "state", "halted_for", "sent", "open", "created_at"]
    list_filter = ["priority", "state"]
    search_fields = ["key"]
    actions = ["resume"]

    def get_queryset(self, request: HttpRequest) -> QuerySet[Mailing]:
        waiting = Q(deliveries__state__in=["queued", "deferred", "claimed"])
        mailings: QuerySet[Mailing] = (
            super()
            .get_queryset(request)
            .annotate(
                sent_count=Count("deliveries", filter=Q(deliveries__state="sent")),
                open_count=Count("deliveries", filter=waiting),
            )
        )
        return mailings

    @admin.display(description=_("sent"))
    def sent(self, mailing: Mailing) -> int:
        return int(getattr(mailing, "sent_count", 0))

    @admin.display(description=_("still to send"))
    def open(self, mailing: Mailing) -> int:
        return int(getattr(mailing, "open_count", 0))

    @admin.action(description=_("Send what waits"), permissions=["view"])
    def resume(self, request: HttpRequest, mailings: QuerySet[Mailing]) -> None:
        count = sum(resume_mailing(mailing.pk) for mailing in mailings)
        self.message_user(request, _("%(n)d mailings go on.") % {"n": count})


@admin.register(Delivery)
class DeliveryAdmin(ReadOnly):
    """What became of each message."""

    list_display = ["mailing", "address", "state", "attempts", "sent_at", "outcome"]
    list_filter = ["state", "mailing__priority"]
    search_fields = ["address__compared", "mailing__key"]
    list_select_related = ["mailing", "address"]
    show_full_result_count = False


@admin.register(Suppression)
class SuppressionAdmin(ReadOnly):
    """Who gets no list mail. The addresses themselves are not kept here."""

    list_display = ["digest", "reason", "created_at"]
    list_filter = ["reason"]
