"""The front page at the desk: its five places as they stand, and the breaking line."""

from datetime import timedelta
from typing import Any, override

from django import forms
from django.contrib import admin, messages
from django.contrib.admin.widgets import AutocompleteSelect
from django.core.exceptions import PermissionDenied
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import URLPattern, path
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_POST

from articles.errors import ArticleError, BreakingLineError
from articles.front import places
from articles.models import Article, BreakingLine, FrontSlot
from articles.services import (
    clear_place,
    end_breaking_line,
    move_on_front,
    place_on_front,
    set_breaking_line,
)

CHOICES = 30  # Newest stories to choose from where no script searches for others.


class StorySelect(AutocompleteSelect):
    """Searches all public stories; without a script, a list of the newest ones."""

    @override
    def optgroups(self, name: str, value: Any, attr: Any = None) -> Any:
        return forms.Select.optgroups(self, name, value, attr)


class StoryChoice(forms.ModelChoiceField):
    """A public story by its headline."""

    @override
    def label_from_instance(self, obj: Article) -> str:
        return obj.live.headline if obj.live else str(obj)


class PlaceForm(forms.Form):
    """Which story gets which place."""

    story = StoryChoice(label=gettext_lazy("Story"), queryset=Article.objects.none())
    position = forms.TypedChoiceField(
        label=gettext_lazy("Place"),
        coerce=int,
        choices=[(place, str(place)) for place in range(1, 6)],
    )

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        field: Any = self.fields["story"]
        field.queryset = Article.objects.published().select_related("live").defer("live__body")
        field.widget = StorySelect(FrontSlot._meta.get_field("article"), admin.site)
        newest = field.queryset.newest_first()[:CHOICES]
        field.widget.choices = [("", _("Search for a headline"))] + [
            (story.pk, field.label_from_instance(story)) for story in newest
        ]


class BreakingForm(forms.Form):
    """A line, where it leads, and how long it stays."""

    text = forms.CharField(
        label=gettext_lazy("What is happening"),
        max_length=120,
        widget=forms.TextInput(attrs={"data-count": "120"}),
    )
    link = forms.CharField(
        label=gettext_lazy("Leads to"),
        required=False,
        help_text=gettext_lazy("The address of a story or another page of this site."),
    )
    hours = forms.TypedChoiceField(
        label=gettext_lazy("Ends by itself after"),
        coerce=int,
        initial=2,
        choices=[
            (1, gettext_lazy("1 hour")),
            (2, gettext_lazy("2 hours")),
            (4, gettext_lazy("4 hours")),
            (8, gettext_lazy("8 hours")),
            (12, gettext_lazy("12 hours")),
        ],
    )


@admin.register(FrontSlot)
class FrontAdmin(admin.ModelAdmin[FrontSlot]):
    """One page in the place of Django's list. Each button posts one change, and comes back."""

    def has_add_permission(self, request: HttpRequest) -> bool:
        return False  # A place is given on the page itself.

    def get_urls(self) -> list[URLPattern]:
        own = [
            ("place", self.place_view),
            ("move", self.move_view),
            ("clear", self.clear_view),
            ("breaking", self.breaking_view),
            ("breaking-end", self.breaking_end_view),
        ]
        posts = [
            path(
                f"{name}/",
                self.admin_site.admin_view(require_POST(view)),
                name=f"articles_frontslot_{name.replace('-', '_')}",
            )
            for name, view in own
        ]
        page = self.admin_site.admin_view(self.changelist_view)
        return [path("", page, name="articles_frontslot_changelist"), *posts]

    @override
    def changelist_view(
        self, request: HttpRequest, extra_context: dict[str, Any] | None = None
    ) -> Any:
        """The places as readers see them, and what may be done."""
        if not self.has_view_permission(request):
            raise PermissionDenied
        return self._show(request)

    def place_view(self, request: HttpRequest) -> HttpResponse:
        """Give a story a place: one that had none, or one dragged from another place."""
        self._check(request, "change_frontslot")
        form = PlaceForm(request.POST)
        if not form.is_valid():
            return self._show(request, place_form=form)
        story: Article = form.cleaned_data["story"]
        try:
            fallen = place_on_front(story.pk, form.cleaned_data["position"])
        except ArticleError as error:
            form.add_error("story", str(error))
            return self._show(request, place_form=form)
        if fallen is not None:
            sentence = _("“%(story)s” lost its place: only five stories stand there.")
            messages.warning(request, sentence % {"story": Article.objects.get(pk=fallen)})
        return self._back(request, story)

    def move_view(self, request: HttpRequest) -> HttpResponse:
        """One place up or down."""
        self._check(request, "change_frontslot")
        story = self._named(request)
        if story is not None:
            try:
                move_on_front(story.pk, -1 if "up" in request.POST else 1)
            except ArticleError as error:
                messages.error(request, str(error))
                return redirect("admin:articles_frontslot_changelist")
        return self._back(request, story)

    def clear_view(self, request: HttpRequest) -> HttpResponse:
        """The story leaves its place, which the newest one takes."""
        self._check(request, "delete_frontslot")
        story = self._named(request)
        if story is not None:
            clear_place(story.pk)
            messages.success(request, _("The newest story takes the place by itself."))
        return redirect("admin:articles_frontslot_changelist")

    def breaking_view(self, request: HttpRequest) -> HttpResponse:
        """Set the line; a running one gives way."""
        self._check(request, "add_breakingline")
        form = BreakingForm(request.POST)
        editor: Any = request.user
        if form.is_valid():
            typed = form.cleaned_data
            lasting = timedelta(hours=typed["hours"])
            try:
                set_breaking_line(
                    typed["text"], link=typed["link"], lasting=lasting, editor=editor
                )
            except BreakingLineError as error:
                form.add_error(error.field, str(error))
            else:
                messages.success(request, _("Readers see the line from now on."))
                return redirect("admin:articles_frontslot_changelist")
        return self._show(request, breaking_form=form)

    def breaking_end_view(self, request: HttpRequest) -> HttpResponse:
        """End the line before its time."""
        self._check(request, "add_breakingline")
        end_breaking_line()
        messages.success(request, _("The line is gone."))
        return redirect("admin:articles_frontslot_changelist")

    def _check(self, request: HttpRequest, permission: str) -> None:
        if not request.user.has_perm(f"articles.{permission}"):
            raise PermissionDenied

    def _named(self, request: HttpRequest) -> Article | None:
        """The story a button stands beside; None if it is gone since the page was made."""
        pk = request.POST.get("story", "")
        return Article.objects.filter(pk=pk).first() if pk.isdecimal() and len(pk) < 19 else None

    def _back(self, request: HttpRequest, story: Article | None) -> HttpResponse:
        """To the page, which says where the story stands now."""
        slot = FrontSlot.objects.filter(article=story).first() if story else None
        if slot is None:
            messages.warning(request, _("Somebody else changed the front page; look again."))
        else:
            sentence = _("“%(story)s” stands in place %(place)s.")
            messages.success(request, sentence % {"story": story, "place": slot.position})
        return redirect("admin:articles_frontslot_changelist")

    def _show(self, request: HttpRequest, **forms_typed: forms.Form) -> HttpResponse:
        place_form = forms_typed.get("place_form") or PlaceForm(initial={"position": 1})
        line = BreakingLine.objects.running().select_related("set_by").first()
        context = self.admin_site.each_context(request) | {
            "title": _("Front page"),
            "opts": self.opts,
            "places": places(),
            "place_form": place_form,
            "breaking_form": forms_typed.get("breaking_form") or BreakingForm(),
            "line": line,
            "may_arrange": request.user.has_perm("articles.change_frontslot"),
            "may_break": request.user.has_perm("articles.add_breakingline"),
            "media": self.media + place_form.media,
        }
        status = 422 if forms_typed else 200
        return render(request, "admin/articles/front.html", context, status=status)


@admin.register(BreakingLine)
class BreakingLineAdmin(admin.ModelAdmin[BreakingLine]):
    """What the line said, when, and who set it. The front page sets and ends it."""

    list_display = ["text", "link", "set_by", "set_at", "ends_at"]
    list_display_links = None
    list_select_related = ["set_by"]

    def has_add_permission(self, request: HttpRequest) -> bool:
        return False

    def has_change_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return False

    def has_delete_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return False
