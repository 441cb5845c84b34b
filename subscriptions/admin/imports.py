"""Lists from elsewhere at the desk: chosen, checked, brought in, and read line by line."""

from functools import partial
from typing import Any

from django import forms
from django.contrib import admin, messages
from django.core.exceptions import PermissionDenied
from django.core.paginator import Paginator
from django.db import transaction
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.template.response import TemplateResponse
from django.urls import reverse
from django.utils import timezone
from django.utils.text import format_lazy
from django.utils.translation import gettext_lazy as _

from subscriptions import services, tasks
from subscriptions.models import Cadence, Import, ImportLine
from subscriptions.services import Terms
from subscriptions.services.judging import OLDEST
from subscriptions.sheets import SheetError

PER_PAGE = 100
MOST_MB = 50  # Of 1024 * 1024 bytes; deploy/nginx.conf lets somewhat more through.
AGAIN = 3  # Seconds after which a page of progress looks again.


class ListForm(forms.Form):
    """A list, and on which terms it is brought in."""

    file = forms.FileField(
        label=_("The list"),
        help_text=format_lazy(
            _(
                "A CSV file as another program exports it, {most} MB at most. A column is called"
                " email, Email Address, E-Mail-Adresse, Adresse e-mail or Correo electrónico; who"
                " is marked as unsubscribed there stays out."
            ),
            most=MOST_MB,
        ),
    )
    origin = forms.CharField(
        label=_("Where does it come from?"),
        max_length=200,
        help_text=_(
            "Kept with each person, as proof: The Tuesday letter, sign-up page, 2019–2026."
        ),
    )
    confirm = forms.BooleanField(
        label=_("These people have agreed to get our mail and confirmed it there"),
        required=False,
        help_text=_("Otherwise they are written down, get no mail, and are deleted in 30 days."),
    )
    consented_on = forms.DateField(
        label=_("On which day did they agree?"),
        required=False,
        widget=forms.DateInput(attrs={"type": "date"}, format="%Y-%m-%d"),
        help_text=_("For all of them, or for those whose own day is not in the list."),
    )
    consent_column = forms.CharField(
        label=_("Or the column that has each person's day"),
        required=False,
        max_length=100,
        help_text=_("Its name as in the first line, such as CONFIRM_TIME or created_at."),
    )
    cadence = forms.ChoiceField(
        label=_("They get every story"), choices=Cadence.choices, initial=Cadence.AT_ONCE
    )
    welcome = forms.BooleanField(
        label=_("Mail each of them a welcome"),
        required=False,
        help_text=_("An import mails nothing unless this is ticked."),
    )

    def clean_file(self) -> Any:
        file = self.cleaned_data["file"]
        if file.size > MOST_MB * 1024 * 1024:
            raise forms.ValidationError(
                _("The file is larger than %(most)s MB. Bring it in by parts."),
                params={"most": MOST_MB},
            )
        return file

    def clean_consented_on(self) -> Any:
        day = self.cleaned_data["consented_on"]
        if day and day > timezone.localdate():
            raise forms.ValidationError(_("This day is to come."))
        if day and day < OLDEST:
            raise forms.ValidationError(
                _("This day is before %(year)s."), params={"year": OLDEST.year}
            )
        return day

    def clean(self) -> dict[str, Any]:
        said = super().clean() or {}
        day = said.get("consented_on") or said.get("consent_column")
        if said.get("confirm") and not day and "consented_on" not in self.errors:
            self.add_error("consented_on", _("Say the day, or the column that has it."))
        if said.get("welcome") and not said.get("confirm"):
            self.add_error("welcome", _("Only people who have confirmed may be mailed."))
        if self.errors and "file" not in self.errors:
            self.add_error("file", _("Choose it once more: the browser keeps no chosen file."))
        return said

    @property
    def terms(self) -> Terms:
        names = ("origin", "consented_on", "consent_column", "confirm", "welcome", "cadence")
        return Terms(**{name: self.cleaned_data[name] for name in names})


@admin.register(Import)
class ImportAdmin(admin.ModelAdmin[Import]):
    """Who may add an import may check, begin and call it off; nobody edits one."""

    list_display = ["name", "origin", "state", "total", "summary", "by", "created_at"]
    list_select_related = ["by"]
    list_per_page = 50
    actions = None
    add_form_template = "admin/subscriptions/import/add.html"
    change_form_template = "admin/subscriptions/import/change.html"

    class Media:
        css = {"all": ["newsroom/css/desk/readers.css"]}

    @admin.display(description=_("came of it"))
    def summary(self, kept: Import) -> str:
        return " · ".join(f"{count:,} {words}" for _value, words, count in kept.by_outcome) or "-"

    def has_change_permission(self, request: HttpRequest, obj: Import | None = None) -> bool:
        return False

    def has_delete_permission(self, request: HttpRequest, obj: Import | None = None) -> bool:
        return False

    def add_view(
        self, request: HttpRequest, form_url: str = "", extra_context: Any = None
    ) -> HttpResponse:
        """The form; a good list is kept as rows, and a worker begins to check it."""
        if not self.has_add_permission(request):
            raise PermissionDenied
        form = ListForm(request.POST or None, request.FILES or None)
        if request.method == "POST" and form.is_valid():
            kept = self.keep(request, form)
            if kept is not None:
                return HttpResponseRedirect(page_of(kept))
        return self.page(request, "add.html", {"form": form, "title": _("Import a list")})

    def keep(self, request: HttpRequest, form: ListForm) -> Import | None:
        """The list as rows; None, with the reason at the field, for a file that is none."""
        upload = form.cleaned_data["file"]
        try:
            kept = services.keep_list(
                upload.file, name=upload.name, terms=form.terms, by=request.user
            )
        except SheetError as error:
            form.add_error("file", str(error))
            return None
        hint(kept)
        self.log_addition(request, kept, "Brought a list to be checked.")
        return kept

    def change_view(
        self, request: HttpRequest, object_id: str, form_url: str = "", extra_context: Any = None
    ) -> HttpResponse:
        """Its progress, then its report; the buttons begin it and call it off."""
        kept = self.get_object(request, object_id)
        if kept is None:
            return self._get_obj_does_not_exist_redirect(request, self.opts, object_id)  # type: ignore[attr-defined,no-any-return]  # Django's own way to say so.
        if not self.has_view_permission(request, kept):
            raise PermissionDenied
        if request.method == "POST":
            return self.press(request, kept)
        answer = self.page(request, "change.html", self.report(request, kept))
        if kept.is_under_way:
            answer.headers["Refresh"] = str(AGAIN)  # Progress without a script.
        return answer

    def press(self, request: HttpRequest, kept: Import) -> HttpResponse:
        """The button `do`; anything else changes nothing."""
        if not self.has_add_permission(request):
            raise PermissionDenied
        match request.POST.get("do", ""):
            case "bring-in" if services.bring_in(kept.pk):
                hint(kept)
                self.log_change(request, kept, "Had it brought in.")
            case "call-off" if services.call_off_import(kept.pk):
                hint(kept)
                self.log_change(request, kept, "Called it off.")
                self.message_user(request, _("Called off; its lines are deleted."), messages.INFO)
        return HttpResponseRedirect(page_of(kept))

    def report(self, request: HttpRequest, kept: Import) -> dict[str, Any]:
        """What the page shows: counts, and a page of the lines of one outcome or of all."""
        wanted = request.GET.get("outcome", "")
        lines = kept.lines.order_by("number")
        if wanted in ImportLine.Outcome.values:
            lines = lines.filter(outcome=wanted)
        pages = Paginator(lines, PER_PAGE)
        return {
            "kept": kept,
            "lines": pages.get_page(request.GET.get("page")),
            "wanted": wanted if wanted in ImportLine.Outcome.values else "",
            "outcomes": kept.by_outcome,
            "may_press": self.has_add_permission(request),
            "title": kept.name,
        }

    def page(self, request: HttpRequest, template: str, shown: dict[str, Any]) -> TemplateResponse:
        context = self.admin_site.each_context(request) | {
            "opts": self.opts,
            "media": self.media,
            **shown,
        }
        return TemplateResponse(request, f"admin/subscriptions/import/{template}", context)


def page_of(kept: Import) -> str:
    return reverse("admin:subscriptions_import_change", args=[kept.pk])


def hint(kept: Import) -> None:
    """A task to go on with it; the sweep finds it if the broker is away."""
    transaction.on_commit(partial(tasks.go_on_with_import.delay, kept.pk), robust=True)
