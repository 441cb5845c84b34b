"""The moderators' desk: the queue, a comment in full with its log, the list of words."""

from collections.abc import Callable, Iterator
from datetime import timedelta
from typing import TYPE_CHECKING, Any

from django import forms
from django.contrib import admin, messages
from django.core.exceptions import PermissionDenied
from django.db.models import Count, QuerySet
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.template.loader import render_to_string
from django.urls import reverse
from django.utils import timezone
from django.utils.safestring import SafeString
from django.utils.translation import gettext_lazy as _
from django.utils.translation import ngettext

from comments.history import histories
from comments.models import Comment, ListedWord, ModerationDecision
from comments.services import AlreadyDecidedError, decide
from comments.services.deciding import OUTCOMES

What = ModerationDecision.What
State = Comment.State
if TYPE_CHECKING:
    from django.utils.functional import _StrPromise

UNDO_FOR = timedelta(minutes=10)
ALL = "all"


class StateFilter(admin.SimpleListFilter):
    """What waits, unless something else is asked for."""

    title = _("state")
    parameter_name = "state"
    template = "admin/comments/_tabs.html"

    def lookups(self, request: HttpRequest, model_admin: Any) -> list[tuple[str, str]]:
        shown = (State.PENDING, State.PUBLISHED, State.REJECTED, State.SPAM)
        return [*((state.value, str(state.label)) for state in shown), (ALL, str(_("All")))]

    def value(self) -> str:
        return super().value() or State.PENDING.value

    def queryset(self, request: HttpRequest, queryset: QuerySet[Comment]) -> QuerySet[Comment]:
        return queryset if self.value() == ALL else queryset.filter(state=self.value())

    def choices(self, changelist: Any) -> Iterator[dict[str, Any]]:  # type: ignore[override]  # The stub knows only Django's three keys.
        counted = Comment.objects.order_by().values_list("state").annotate(Count("pk"))
        counts = dict(counted)
        for value, title in self.lookup_choices:
            yield {
                "selected": self.value() == value,
                "query_string": changelist.get_query_string({self.parameter_name: value}, ["p"]),
                "display": title,
                "count": sum(counts.values()) if value == ALL else counts.get(value, 0),
            }


def bulk(what: What, title: "_StrPromise") -> Callable[..., None]:
    """An admin action that decides the same on each selected comment."""

    @admin.action(permissions=["change"], description=title)
    def act(desk: "CommentAdmin", request: HttpRequest, rows: QuerySet[Comment]) -> None:
        done = [pk for pk in rows.values_list("pk", flat=True) if desk.decided(request, pk, what)]
        message = ngettext("%d comment %s.", "%d comments %s.", len(done))
        desk.message_user(request, message % (len(done), What(what).label), messages.SUCCESS)

    act.__name__ = f"{what}_selected"
    return act


@admin.register(Comment)
class CommentAdmin(admin.ModelAdmin):
    """The queue. Staff decide on comments; nobody writes, alters or deletes one here."""

    list_display = ["card", "buttons"]
    list_display_links = None
    list_filter = [StateFilter]
    list_per_page = 50
    list_max_show_all = 50
    show_full_result_count = False
    search_fields = ["name", "body", "email"]
    search_help_text = _("Searches names, addresses and words.")
    actions = [
        bulk(What.PUBLISH, _("Approve the selected comments")),
        bulk(What.REJECT, _("Reject the selected comments")),
        bulk(What.SPAM, _("Mark the selected comments as spam")),
        bulk(What.REOPEN, _("Put the selected comments back in the queue")),
    ]
    change_list_template = "admin/comments/comment/change_list.html"
    change_form_template = "admin/comments/comment/change_form.html"

    class Media:
        css = {"all": ["newsroom/css/desk/moderation.css"]}

    def has_add_permission(self, request: HttpRequest) -> bool:
        return False

    def has_delete_permission(self, request: HttpRequest, obj: Comment | None = None) -> bool:
        return False  # Erasing is a person's right and has its own verb; the log must stay.

    def get_fields(self, request: HttpRequest, obj: Comment | None = None) -> list[Any]:
        return []  # The page shows a comment in its own way; no field of it can be set.

    def get_queryset(self, request: HttpRequest) -> QuerySet[Comment]:
        rows = super().get_queryset(request)
        return rows.select_related("article__live", "article__newest", "parent", "user")

    def get_ordering(self, request: HttpRequest) -> list[Any]:
        """The queue is answered from its front; all else shows the newest first."""
        waiting = request.GET.get("state", State.PENDING) == State.PENDING
        return ["created_at", "pk"] if waiting else ["-created_at", "-pk"]

    def get_changelist_instance(self, request: HttpRequest) -> Any:
        changelist = super().get_changelist_instance(request)
        known = histories(changelist.result_list)
        for comment in changelist.result_list:
            comment.history = known[comment.pk]
            comment.decidable = self.has_change_permission(request)
        return changelist

    @admin.display(description=_("comment"))
    def card(self, comment: Comment) -> SafeString:
        context = {"comment": comment, "history": vars(comment).get("history")}
        return render_to_string("admin/comments/_card.html", context)

    @admin.display(description=_("decide"))
    def buttons(self, comment: Comment) -> SafeString:
        may = vars(comment).get("decidable", False)
        context = {"comment": comment, "choices": choices_for(comment) if may else []}
        return render_to_string("admin/comments/_buttons.html", context)

    def changelist_view(
        self, request: HttpRequest, extra_context: dict[str, Any] | None = None
    ) -> HttpResponse:
        if request.method == "POST" and "decide" in request.POST:
            return self.decide_one(request)
        undo = {"undo": last_decision(request), "title": _("Comments")}
        return super().changelist_view(request, (extra_context or {}) | undo)

    def change_view(
        self,
        request: HttpRequest,
        object_id: str,
        form_url: str = "",
        extra_context: dict[str, Any] | None = None,
    ) -> HttpResponse:
        if request.method == "POST":
            return self.decide_one(request)
        comment = self.get_object(request, object_id)
        extra = dict(extra_context or {})
        if comment is not None:
            extra |= {
                "comment": comment,
                "history": histories([comment])[comment.pk],
                "decisions": comment.decisions.select_related("by"),
                "choices": choices_for(comment) if self.has_change_permission(request) else [],
                "title": _("Comment: %(state)s") % {"state": comment.get_state_display()},
                "subtitle": None,
            }
        return super().change_view(request, object_id, form_url, extra)

    def decide_one(self, request: HttpRequest) -> HttpResponse:
        """One button: `decide` is what, which comment, and the state it was seen in."""
        if not self.has_change_permission(request):
            raise PermissionDenied
        what, pk, seen = (request.POST["decide"] + "::").split(":")[:3]
        if what in OUTCOMES and pk.isdecimal():
            self.decided(request, int(pk), what, seen=seen, why=request.POST.get("why", ""))
        queue = reverse("admin:comments_comment_changelist")
        came_from_list = request.path == queue
        return HttpResponseRedirect(request.get_full_path() if came_from_list else queue)

    def decided(
        self, request: HttpRequest, pk: int, what: str, *, seen: str = "", why: str = ""
    ) -> bool:
        """Whether the decision holds; if not, the moderator is told why."""
        try:
            decide(pk, what, by=request.user, why=why, seen=seen or None)  # type: ignore[arg-type]  # Whoever is in the admin is signed in.
        except AlreadyDecidedError as error:
            self.message_user(request, str(error), messages.WARNING)
        except Comment.DoesNotExist:
            self.message_user(request, _("This comment is gone."), messages.WARNING)
        else:
            return True
        return False


VERBS = {
    What.PUBLISH: _("Approve"),
    What.REJECT: _("Reject"),
    What.SPAM: _("Spam"),
    What.REOPEN: _("Put back in the queue"),
}


def choices_for(comment: Comment) -> list[dict[str, Any]]:
    """The buttons that stand beside a comment in its state."""
    return [
        {"what": what, "label": VERBS[what], "value": f"{what}:{comment.pk}:{comment.state}"}
        for what, outcome in OUTCOMES.items()
        if comment.state in outcome.of
    ]


def last_decision(request: HttpRequest) -> ModerationDecision | None:
    """What this moderator decided last, if it is fresh and still stands: it can be undone."""
    own = ModerationDecision.objects.filter(
        by_id=request.user.pk, at__gte=timezone.now() - UNDO_FOR
    )
    last = own.select_related("comment").order_by("-at", "-pk").first()
    if last is None or last.what not in OUTCOMES or last.what == What.REOPEN:
        return None
    return last if last.comment.state == OUTCOMES[What(last.what)].state else None


class ListedWordForm(forms.ModelForm):
    """A word is kept with single blanks, and once whatever its case."""

    def clean_words(self) -> str:
        words = " ".join(str(self.cleaned_data["words"]).split())
        same = ListedWord.objects.filter(words__iexact=words).exclude(pk=self.instance.pk)
        if same.exists():
            raise forms.ValidationError(_("This is on the list already."))
        return words


@admin.register(ListedWord)
class ListedWordAdmin(admin.ModelAdmin):
    """The list of words that hold a comment."""

    form = ListedWordForm
    list_display = ["words", "note", "created_at"]
    search_fields = ["words", "note"]


@admin.register(ModerationDecision)
class ModerationDecisionAdmin(admin.ModelAdmin):
    """The whole log, for reading."""

    list_display = ["at", "what", "by", "rule", "why", "comment"]
    list_display_links = None
    list_filter = ["what"]
    list_select_related = ["by", "comment"]
    ordering = ["-at", "-pk"]
    show_full_result_count = False

    def has_add_permission(self, request: HttpRequest) -> bool:
        return False

    def has_change_permission(
        self, request: HttpRequest, obj: ModerationDecision | None = None
    ) -> bool:
        return False

    def has_delete_permission(
        self, request: HttpRequest, obj: ModerationDecision | None = None
    ) -> bool:
        return False
