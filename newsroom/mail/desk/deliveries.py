"""Messages at the desk: those of a mailing in one state, and one with its whole history."""

from dataclasses import dataclass
from datetime import datetime
from typing import Any, NamedTuple

from django.contrib import admin, messages
from django.core.exceptions import PermissionDenied
from django.db.models import QuerySet
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import URLPattern, path
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext
from django.views.decorators.http import require_POST

from newsroom.mail.addresses import compared_form
from newsroom.mail.deciding import decisions_about, send_again, take_as_sent
from newsroom.mail.desk.progress import Progress
from newsroom.mail.desk.reading import ReadOnly, id_in
from newsroom.mail.errors import AddressError
from newsroom.mail.messages import message_id
from newsroom.mail.models import Delivery, Recall

State = Delivery.State
A_PAGE = 50
BECAME = {
    State.DEFERRED: gettext_lazy("Handed over, and put off."),
    State.FAILED: gettext_lazy("Handed over, and refused."),
    State.IN_DOUBT: gettext_lazy("Handed over; it was in doubt what became of it."),
}
TROUBLE_FIRST = (
    State.IN_DOUBT, State.FAILED, State.BOUNCED, State.DEFERRED, State.SENT,
    State.QUEUED, State.CLAIMED, State.CANCELLED,
)  # fmt: skip


@dataclass(frozen=True)
class Page:
    """Some messages of a mailing: those in one state, or of the address looked for."""

    rows: list[Delivery]
    state: str
    words: str
    more: int  # The id to go on after; 0 at the end.
    tabs: list[tuple[State, int]]

    @property
    def is_doubtful(self) -> bool:
        return self.state == State.IN_DOUBT


def page_of_deliveries(request: HttpRequest, progress: Progress) -> Page:
    """By `?state=` and `?after=`, or `?q=` with a whole address; what needs a person first.

    Each of these is found by an index, however many messages the mailing has.
    """
    tabs = [
        (state, progress.counts[state]) for state in TROUBLE_FIRST if progress.counts.get(state)
    ]
    words = request.GET.get("q", "").strip()[:254]
    rows = Delivery.objects.filter(mailing=progress.mailing).select_related("address")
    if words:
        return Page(list(_of_address(rows, words)), "", words, 0, tabs)
    state = request.GET.get("state", "")
    if state not in State.values:
        state = tabs[0][0] if tabs else State.SENT
    after = request.GET.get("after", "")
    found = rows.filter(state=state, pk__gt=id_in(after)).order_by("pk")
    some = list(found[: A_PAGE + 1])
    more = some[A_PAGE - 1].pk if len(some) > A_PAGE else 0
    return Page(some[:A_PAGE], state, "", more, tabs)


def _of_address(rows: QuerySet[Delivery], words: str) -> QuerySet[Delivery]:
    try:
        return rows.filter(address__compared=compared_form(words))
    except AddressError:
        return rows.none()


class Event(NamedTuple):
    """One thing that happened to a message; `moment` None: it is not known."""

    moment: datetime | None
    what: str
    words: str = ""


def history_of(delivery: Delivery) -> list[Event]:
    """Everything the ledger knows of a message, the oldest first."""
    events = [
        Event(delivery.mailing.created_at, _("The mailing was promised.")),
        *_attempts(delivery),
        *(
            Event(row.at, _("It was called off after a worker had taken it."), row.why)
            for row in Recall.objects.filter(delivery=delivery)
        ),
        *(
            Event(row.received_at, f"{row}", " ".join(filter(None, [row.status, row.words])))
            for row in delivery.notices.all()
        ),
        *(
            Event(row.action_time, str(row.get_change_message()), str(row.user))
            for row in decisions_about(delivery)
        ),
    ]
    return sorted(events, key=lambda event: event.moment or timezone.now())


def _attempts(delivery: Delivery) -> list[Event]:
    """Each with the server's words; of those before there was a row for each only the last."""
    tries = list(delivery.tries.order_by("pk"))
    events = [Event(row.began_at, str(BECAME[State(row.state)]), row.words) for row in tries]
    is_told = bool(tries) and tries[-1].began_at == delivery.started_at
    if delivery.started_at is not None and not is_told:
        text = ngettext(
            "Handed over: %(n)d attempt.",
            "Handed over: %(n)d attempts, this is the last.",
            delivery.attempts,
        )
        events.append(Event(delivery.started_at, text % {"n": delivery.attempts}))
    if delivery.sent_at is not None:
        events.append(Event(delivery.sent_at, _("The next server took it."), delivery.outcome))
    elif delivery.outcome and not (is_told and delivery.state == State.DEFERRED):
        label = delivery.get_state_display()
        events.append(Event(delivery.started_at, label[:1].upper() + label[1:], delivery.outcome))
    if delivery.state == State.DEFERRED:
        events.append(Event(delivery.not_before, _("It is tried again.")))
    return events


@admin.register(Delivery)
class DeliveryAdmin(ReadOnly):
    """What became of each message."""

    list_display = ["address", "mailing", "state", "attempts", "started_at", "sent_at", "outcome"]
    list_filter = ["state", "mailing__priority"]
    search_fields = ["address__compared__startswith", "mailing__key"]
    search_help_text = gettext_lazy("The beginning of an address, or the key of a mailing.")
    list_select_related = ["mailing", "address"]
    show_full_result_count = False
    actions = ["arrived", "again"]

    def get_urls(self) -> list[URLPattern]:
        settle: URLPattern = path(
            "<int:pk>/settle/",
            self.admin_site.admin_view(require_POST(self.settle_view)),
            name="mail_delivery_settle",
        )
        return [settle, *super().get_urls()]

    def change_view(
        self,
        request: HttpRequest,
        object_id: str,
        form_url: str = "",
        extra_context: dict[str, Any] | None = None,
    ) -> HttpResponse:
        """One message: where it stands, all that happened to it, and what may be decided."""
        delivery = self._delivery(request, object_id)
        context = self.admin_site.each_context(request) | {
            "title": _("Message to %(address)s") % {"address": delivery.address},
            "opts": self.opts,
            "delivery": delivery,
            "message_id": message_id(delivery),
            "history": history_of(delivery),
            "notices": delivery.notices.all(),
            "may_decide": self.has_decide_permission(request),
        }
        return render(request, "admin/mail/delivery.html", context)

    def settle_view(self, request: HttpRequest, pk: int) -> HttpResponse:
        """It arrived, or it is sent again; if it is still in doubt."""
        delivery = self._delivery(request, pk)
        if not self.has_decide_permission(request):
            raise PermissionDenied
        if "sent" in request.POST:
            done, text = take_as_sent(delivery.pk, by=request.user), _("It counts as sent.")
        else:
            done, text = send_again(delivery.pk, by=request.user), _("It is sent again.")
        if done:
            messages.success(request, text)
        else:
            text = _("It was settled before, or called off: its history below says why.")
            messages.error(request, text)
        return redirect("admin:mail_delivery_change", delivery.pk)

    def _delivery(self, request: HttpRequest, pk: int | str) -> Delivery:
        if not self.has_view_permission(request):
            raise PermissionDenied
        rows = Delivery.objects.select_related("mailing", "address", "rendering")
        return get_object_or_404(rows, pk=id_in(str(pk)))

    @admin.action(description=gettext_lazy("In doubt: it arrived"), permissions=["decide"])
    def arrived(self, request: HttpRequest, deliveries: QuerySet[Delivery]) -> None:
        count = sum(take_as_sent(delivery.pk, by=request.user) for delivery in deliveries)
        text = ngettext("%(n)d message counts as sent.", "%(n)d messages count as sent.", count)
        self.message_user(request, text % {"n": count})

    @admin.action(description=gettext_lazy("In doubt: send it again"), permissions=["decide"])
    def again(self, request: HttpRequest, deliveries: QuerySet[Delivery]) -> None:
        count = sum(send_again(delivery.pk, by=request.user) for delivery in deliveries)
        text = ngettext("%(n)d message is sent again.", "%(n)d messages are sent again.", count)
        self.message_user(request, text % {"n": count})
