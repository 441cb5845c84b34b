"""What the desk sees of subscribers: facts to read, nothing to press."""

from django.contrib import admin
from django.http import HttpRequest
from django.utils.translation import gettext_lazy as _

from subscriptions.consent import WORDS
from subscriptions.models import Subscriber


@admin.register(Subscriber)
class SubscriberAdmin(admin.ModelAdmin):
    """People subscribe and leave by their own hand; the desk only looks."""

    list_display = ["address", "state", "confirmed_at", "consent_at", "consent_from"]
    list_filter = ["state", "confirmed_at"]
    list_select_related = ["address"]
    search_fields = ["address__typed", "address__compared"]
    search_help_text = _("An address or a part of it.")
    date_hierarchy = "created_at"
    ordering = ["-created_at"]
    actions = None
    fieldsets = [
        (None, {"fields": ["address", "state", "wishes"]}),
        (
            _("Hours"),
            {
                "fields": [
                    "zone",
                    "hour",
                    "weekday",
                    "quiet_from",
                    "quiet_to",
                    "daily_cap",
                    "breaking_at_once",
                ]
            },
        ),
        (
            _("Consent"),
            {"fields": ["consent_at", "consent_from", "consent_words", "words", "confirmed_at"]},
        ),
        (_("Times"), {"fields": ["created_at", "wants_since", "paused_until", "left_at"]}),
    ]

    @admin.display(description=_("the words"))
    def words(self, subscriber: Subscriber) -> str:
        return str(WORDS.get(subscriber.consent_words, "-"))

    @admin.display(description=_("gets"))
    def wishes(self, subscriber: Subscriber) -> str:
        standing = subscriber.subscriptions.standing()
        return "; ".join(str(wish) for wish in standing) or "-"

    def has_add_permission(self, request: HttpRequest) -> bool:
        return False

    def has_change_permission(self, request: HttpRequest, obj: Subscriber | None = None) -> bool:
        return False

    def has_delete_permission(self, request: HttpRequest, obj: Subscriber | None = None) -> bool:
        return False
