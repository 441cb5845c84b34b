"""What the desk sees of subscribers: facts to read, nothing to press."""

from typing import Any

from django.contrib import admin
from django.contrib.admin.models import CHANGE, LogEntry
from django.contrib.contenttypes.models import ContentType
from django.core.exceptions import PermissionDenied
from django.db.models import Prefetch, QuerySet
from django.http import HttpRequest, HttpResponse, StreamingHttpResponse
from django.http.response import HttpResponseBase
from django.template.response import TemplateResponse
from django.urls import path
from django.utils import timezone
from django.utils.html import format_html
from django.utils.safestring import SafeString
from django.utils.translation import gettext_lazy as _

from newsroom.mail.models import Suppression
from subscriptions.admin.filters import (
    CadenceFilter,
    ConsentFilter,
    SuppressedFilter,
    WishFilter,
)
from subscriptions.admin.numbers import numbers_view
from subscriptions.admin.person import history_of, page_number, suppression_row
from subscriptions.consent import WORDS
from subscriptions.models import Subscriber, Subscription
from subscriptions.services.exporting import export_lines


@admin.register(Subscriber)
class SubscriberAdmin(admin.ModelAdmin[Subscriber]):
    """People subscribe and leave by their own hand; the desk only looks."""

    list_display = ["address", "state", "gets", "consent_at", "consent_of", "no_mail"]
    list_filter = ["state", WishFilter, CadenceFilter, SuppressedFilter, ConsentFilter]
    search_fields = ["address__typed", "address__compared"]
    search_help_text = _("An address or a part of it.")
    ordering = ["-pk"]  # The newest first, by an index: there may be a million.
    list_per_page = 50
    list_max_show_all = 50
    show_full_result_count = False
    actions = None
    change_list_template = "admin/subscriptions/subscriber/change_list.html"
    change_form_template = "admin/subscriptions/subscriber/change_form.html"

    class Media:
        css = {"all": ["newsroom/css/desk/readers.css"]}

    def get_queryset(self, request: HttpRequest) -> QuerySet[Subscriber]:
        wishes = Subscription.objects.standing().select_related("section", "topic", "author")
        rows = Subscriber.objects.select_related("address").with_suppression()
        return rows.prefetch_related(Prefetch("subscriptions", wishes.order_by("pk"), "wishes"))

    @admin.display(description=_("gets"))
    def gets(self, subscriber: Any) -> str:
        told = [str(wish) for wish in subscriber.wishes[:3]]
        more = len(subscriber.wishes) - len(told)
        return "; ".join([*told, *([f"+ {more}"] if more else [])]) or "-"

    @admin.display(description=_("consent from"))
    def consent_of(self, subscriber: Subscriber) -> str:
        return subscriber.origin or subscriber.consent_from or "-"

    @admin.display(description=_("suppressed"))
    def no_mail(self, subscriber: Any) -> SafeString | str:
        if not subscriber.stopped:
            return "-"
        words = Suppression.Reason(subscriber.stopped).label
        return format_html('<span class="readers__stopped">{}</span>', words)

    def get_urls(self) -> list[Any]:
        view = self.admin_site.admin_view
        own = [
            path("numbers/", view(numbers_view), name="subscriptions_subscriber_numbers"),
            path("export/", view(self.export), name="subscriptions_subscriber_export"),
        ]
        return [*own, *super().get_urls()]

    def export(self, request: HttpRequest) -> HttpResponseBase:
        """A page with a button; its POST is the list itself, line by line, and is logged."""
        if not request.user.has_perm("subscriptions.export_subscriber"):
            raise PermissionDenied
        if request.method != "POST":
            shown = {"opts": self.opts, "title": _("Export subscribers"), "media": self.media}
            context = self.admin_site.each_context(request) | shown
            return TemplateResponse(request, "admin/subscriptions/subscriber/export.html", context)
        log_export(request)
        answer = StreamingHttpResponse(export_lines(), content_type="text/csv; charset=utf-8")
        name = f"subscribers-{timezone.localdate()}.csv"
        answer.headers["Content-Disposition"] = f'attachment; filename="{name}"'
        return answer

    def has_add_permission(self, request: HttpRequest) -> bool:
        return False

    def has_change_permission(self, request: HttpRequest, obj: Subscriber | None = None) -> bool:
        return False

    def has_delete_permission(self, request: HttpRequest, obj: Subscriber | None = None) -> bool:
        return False

    def get_fields(self, request: HttpRequest, obj: Subscriber | None = None) -> list[Any]:
        return []  # The page shows a person in its own way; no field can be set.

    def change_view(
        self,
        request: HttpRequest,
        object_id: str,
        form_url: str = "",
        extra_context: dict[str, Any] | None = None,
    ) -> HttpResponse:
        """One person: what they get, when, by which consent, and all that ever happened."""
        person = self.get_object(request, object_id)
        extra = dict(extra_context or {})
        if person is not None:
            extra |= self.person(person, page_number(request.GET.get("page", "")))
        return super().change_view(request, object_id, form_url, extra)

    def person(self, person: Subscriber, number: int) -> dict[str, Any]:
        """What the page of one person shows."""
        wishes = person.subscriptions.select_related("section", "topic", "author")
        return {
            "person": person,
            "wishes": wishes.order_by("left_at", "pk"),
            "words": WORDS.get(person.consent_words, ""),
            "suppression": suppression_row(person),
            "history": history_of(person, number),
            "title": str(person),
            "subtitle": None,
        }


def log_export(request: HttpRequest) -> None:
    """Who took all addresses along must be known."""
    LogEntry.objects.create(
        user_id=request.user.pk,  # type: ignore[misc]  # Whoever is here is signed in.
        content_type=ContentType.objects.get_for_model(Subscriber),
        object_repr="All subscribers",
        action_flag=CHANGE,
        change_message="Exported the list.",
    )
