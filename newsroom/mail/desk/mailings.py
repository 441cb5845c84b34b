"""A mailing's page: how far it is, what a person may do about it, and its messages."""

from typing import Any

from django.contrib import admin, messages
from django.contrib.admin.views.main import ChangeList
from django.core.exceptions import PermissionDenied
from django.db.models import QuerySet
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import URLPattern, path
from django.utils.html import format_html
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext
from django.views.decorators.http import require_POST

from newsroom.mail.deciding import (
    call_off,
    pause_mailing,
    send_again,
    send_on,
    take_as_sent,
    try_failed_again,
)
from newsroom.mail.desk.deliveries import page_of_deliveries
from newsroom.mail.desk.progress import counts_of, progress_of, subjects_of
from newsroom.mail.desk.reading import ReadOnly, id_in
from newsroom.mail.models import Delivery, Mailing

REFRESHED = 5  # Seconds, while something may change.
DECISIONS = {
    "pause": (pause_mailing, gettext_lazy("Paused. Nothing more of it leaves until you send it on.")),
    "go-on": (send_on, gettext_lazy("It goes on.")),
    "again": (try_failed_again, gettext_lazy("What had failed is sent again.")),
    "cancel": (call_off, gettext_lazy("Called off. What had not left will not leave.")),
}  # fmt: skip


@admin.register(Mailing)
class MailingAdmin(ReadOnly):
    """What was promised, and how far it is."""

    list_display = ["named", "priority", "state", "halted_for", "progress", "created_at"]
    list_filter = ["priority", "state"]
    search_fields = ["key__startswith"]
    show_full_result_count = False
    actions = ["resume"]

    def get_urls(self) -> list[URLPattern]:
        def own(route: str, view: Any, name: str) -> URLPattern:
            pattern: URLPattern = path(
                f"<int:pk>/{route}/", self.admin_site.admin_view(view), name=f"mail_mailing_{name}"
            )
            return pattern

        return [
            own("settle", require_POST(self.settle_view), "settle"),
            own("<slug:what>/confirm", self.decide_view, "decide"),
            *super().get_urls(),
        ]

    def get_changelist_instance(self, request: HttpRequest) -> ChangeList:
        """The page of the list, its deliveries and subjects found by one query each."""
        page = super().get_changelist_instance(request)
        shown = [mailing.pk for mailing in page.result_list]
        counted, subjects = counts_of(shown), subjects_of(shown)
        for mailing in page.result_list:
            mailing.counts = counted.get(mailing.pk, {})
            mailing.subject = subjects.get(mailing.pk, "")
        return page

    @admin.display(description=gettext_lazy("mailing"), ordering="key")
    def named(self, mailing: Any) -> str:
        """What readers see as its subject, and its key; of letters that are over only the key."""
        if not mailing.subject:
            return str(mailing.key)
        return format_html("{}<br><small>{}</small>", mailing.subject, mailing.key)

    @admin.display(description=gettext_lazy("messages"))
    def progress(self, mailing: Any) -> str:
        """In which state how many are; `counts` comes with the page of the list."""
        states = [state for state in Delivery.State if mailing.counts.get(state)]
        return " · ".join(f"{mailing.counts[state]:,} {state.label}" for state in states) or "0"

    @admin.action(description=gettext_lazy("Send what waits, however old"), permissions=["decide"])
    def resume(self, request: HttpRequest, mailings: QuerySet[Mailing]) -> None:
        count = sum(send_on(mailing.pk, by=request.user) for mailing in mailings)
        text = ngettext("%(n)d mailing goes on.", "%(n)d mailings go on.", count)
        self.message_user(request, text % {"n": count})

    # Its page ------------------------------------------------------------------------------

    def change_view(
        self,
        request: HttpRequest,
        object_id: str,
        form_url: str = "",
        extra_context: dict[str, Any] | None = None,
    ) -> HttpResponse:
        """Figures, decisions, and the messages in one state; for whoever may see mailings."""
        mailing = self._mailing(request, object_id)
        progress = progress_of(mailing)
        context = self._context(request, mailing) | {
            "progress": progress,
            "refreshed": REFRESHED,
            "page": page_of_deliveries(request, progress),
        }
        return render(request, "admin/mail/mailing.html", context)

    def decide_view(self, request: HttpRequest, pk: int, what: str) -> HttpResponse:
        """What a decision will do, and the button that does it."""
        mailing = self._mailing(request, pk)
        if what not in DECISIONS:
            raise Http404
        self._may_decide(request)
        if request.method == "POST":
            return self._decide(request, mailing, what)
        context = self._context(request, mailing)
        context |= {"what": what, "progress": progress_of(mailing)}
        return render(request, "admin/mail/decide.html", context)

    def _decide(self, request: HttpRequest, mailing: Mailing, what: str) -> HttpResponse:
        verb, done = DECISIONS[what]
        if verb(mailing.pk, by=request.user):
            messages.success(request, str(done))
        else:
            messages.error(request, _("It has gone on meanwhile; nothing was changed."))
        return redirect("admin:mail_mailing_change", mailing.pk)

    def settle_view(self, request: HttpRequest, pk: int) -> HttpResponse:
        """What became of messages in doubt: one by its id, or all of this mailing."""
        mailing = self._mailing(request, pk)
        self._may_decide(request)
        doubtful = Delivery.objects.filter(mailing=mailing, state=Delivery.State.IN_DOUBT)
        arrived = "sent" in request.POST
        chosen = request.POST.get("sent" if arrived else "again", "")
        if chosen != "all":
            doubtful = doubtful.filter(pk=id_in(chosen))
        verb = take_as_sent if arrived else send_again
        count = sum(verb(pk, by=request.user) for pk in doubtful.values_list("pk", flat=True))
        sent = ngettext("%(n)d message counts as sent.", "%(n)d messages count as sent.", count)
        again = ngettext("%(n)d message is sent again.", "%(n)d messages are sent again.", count)
        messages.info(request, (sent if arrived else again) % {"n": count})
        return redirect("admin:mail_mailing_change", mailing.pk)

    def _mailing(self, request: HttpRequest, pk: int | str) -> Mailing:
        if not self.has_view_permission(request):
            raise PermissionDenied
        return get_object_or_404(Mailing, pk=id_in(str(pk)))

    def _may_decide(self, request: HttpRequest) -> None:
        if not self.has_decide_permission(request):
            raise PermissionDenied

    def _context(self, request: HttpRequest, mailing: Mailing) -> dict[str, Any]:
        return self.admin_site.each_context(request) | {
            "title": _subject_of(mailing) or mailing.key,
            "opts": self.opts,
            "mailing": mailing,
            "may_decide": self.has_decide_permission(request),
        }


def _subject_of(mailing: Mailing) -> str:
    """The subject of its newest words; empty before there are any, and of letters that went."""
    newest = mailing.renderings.order_by("-pk").values_list("parts", flat=True).first()
    return str((newest or {}).get("subject", ""))
