"""The steps that readers see: publishing, changing, withdrawing, moving, striking out."""

from datetime import datetime
from typing import Any

from django.contrib import admin, messages
from django.core.exceptions import PermissionDenied
from django.forms import Form
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import gettext as _

from articles.admin.differences import changed_parts
from articles.admin.step_forms import (
    AddressForm,
    ChangeForm,
    PublishForm,
    StrikeOutForm,
    WithdrawForm,
)
from articles.errors import ArticleError, ArticleNotReadyError, ChangeError
from articles.models import Article, Correction, Revision
from articles.services import (
    PublicChange,
    can_be_struck_out,
    change_address,
    missing_in,
    publish,
    publish_changes,
    strike_out,
    withdraw,
)
from articles.signals import mail_moment_asked
from articles.text import note_warnings


class StepAdmin(admin.ModelAdmin[Article]):
    """Each step has a page that says what it will do, and a button."""

    def _story(self, pk: str | int) -> Article:
        stories = Article.objects.select_related("newest__lead_photo", "live")
        try:
            return get_object_or_404(stories, pk=pk)
        except (ValueError, OverflowError):  # Of an address that somebody typed.
            raise Http404 from None

    def _newest(self, article: Article) -> Revision:
        if article.newest is None:
            raise PermissionDenied
        return article.newest

    def _check(self, request: HttpRequest, what: str) -> None:
        if not request.user.has_perm(f"articles.{what}_article"):
            raise PermissionDenied

    def _context(self, request: HttpRequest, article: Article | None) -> dict[str, Any]:
        return self.admin_site.each_context(request) | {
            "title": str(article) if article else _("New story"),
            "opts": self.opts,
            "article": article,
            "revision": article.newest if article else None,
            "may_publish": request.user.has_perm("articles.publish_article"),
            "may_withdraw": request.user.has_perm("articles.withdraw_article"),
        }

    def publish_view(self, request: HttpRequest, pk: int) -> HttpResponse:
        """What publishing will do, what is missing, and the button."""
        self._check(request, "publish")
        article = self._story(pk)
        newest = self._newest(article)
        form = PublishForm(
            request.POST if request.method == "POST" else None,
            initial={
                "seen": newest.number,
                "mail_choice": article.mail_choice,
                "not_before": self._moment_before(article),
            },
        )
        if form.is_valid():
            return self._publish(request, article, form)
        context = self._context(request, article) | {
            "form": form,
            "missing": missing_in(newest),
            "warnings": note_warnings(newest),
        }
        return self._form_page(request, "publish", form, context)

    def _moment_before(self, article: Article) -> datetime | None:
        """Before which its mail was not to leave, when it was published the last time."""
        answers: list[tuple[Any, Any]] = mail_moment_asked.send(sender=Article, article=article)
        return next((moment for _room, moment in answers if moment), None)

    def _publish(self, request: HttpRequest, article: Article, form: PublishForm) -> HttpResponse:
        editor, seen = self._editor(request), form.cleaned_data["seen"]
        try:
            publish(article.pk, editor=editor, announce=form.plan(), seen=seen)
        except ArticleNotReadyError:
            return redirect(request.path)
        except ArticleError as error:
            messages.error(request, str(error))
            return redirect(request.path)
        messages.success(request, _("Published."))
        return redirect("admin:articles_article_change", article.pk)

    def changes_view(self, request: HttpRequest, pk: int) -> HttpResponse:
        """What differs from what readers see, and what they are told about it."""
        self._check(request, "publish")
        article = self._story(pk)
        newest, editor = self._newest(article), self._editor(request)
        form = ChangeForm(request.POST or None, article=article, initial={"seen": newest.number})
        if request.method == "POST" and form.is_valid():
            told = dict(form.cleaned_data)
            seen = told.pop("seen")
            if self._done(
                form,
                lambda: publish_changes(
                    article.pk, PublicChange(**told), editor=editor, seen=seen
                ),
            ):
                messages.success(request, _("Readers see the changes from now on."))
                return self._after_changes(newest)
            form.data = form.data.copy()  # type: ignore[attr-defined]  # A QueryDict, when bound.
            form.data["seen"] = str(newest.number)  # type: ignore[index]  # It is shown now.
        context = self._context(request, article) | {
            "form": form,
            "warnings": note_warnings(newest),
        }
        if article.live:
            context["differences"] = changed_parts(article.live, newest)
        return self._form_page(request, "changes", form, context)

    def _after_changes(self, revision: Revision) -> HttpResponse:
        """A correction may be mailed: the desk's next page says to how many."""
        kind = Correction.Kind.CORRECTION
        correction = Correction.objects.filter(revision=revision, kind=kind).first()
        if correction is not None:
            return redirect("admin:correction_mail", correction.pk)
        return redirect("admin:articles_article_change", revision.article_id)

    def withdraw_view(self, request: HttpRequest, pk: int) -> HttpResponse:
        """The note that stands where the story was."""
        self._check(request, "withdraw")
        article, editor = self._story(pk), self._editor(request)
        form = WithdrawForm(request.POST or None)
        if form.is_valid() and self._done(
            form, lambda: withdraw(article.pk, editor=editor, note=form.cleaned_data["note"])
        ):
            messages.success(request, _("Withdrawn. Readers find your note at its address."))
            return redirect("admin:articles_article_change", article.pk)
        context = self._context(request, article) | {"form": form}
        return self._form_page(request, "withdraw", form, context)

    def address_view(self, request: HttpRequest, pk: int) -> HttpResponse:
        """Where the story stands, where it stood, and a form to move it."""
        self._check(request, "publish")
        article, editor = self._story(pk), self._editor(request)
        if article.path is None:
            messages.error(request, _("The address of a draft is set on its form."))
            return redirect("admin:articles_article_change", article.pk)
        form = AddressForm(request.POST or None, initial={"slug": article.slug})
        if form.is_valid() and self._done(
            form, lambda: change_address(article.pk, form.cleaned_data["slug"], editor=editor)
        ):
            messages.success(request, _("Moved. The old address leads to the new one."))
            return redirect("admin:articles_article_address", article.pk)
        context = self._context(request, self._story(pk)) | {
            "form": form,
            "month": article.path.rpartition("/")[0],
            "old_paths": list(article.redirects.order_by("pk").values_list("old_path", flat=True)),
        }
        return self._form_page(request, "address", form, context)

    def strike_out_view(self, request: HttpRequest, pk: int) -> HttpResponse:
        """The versions whose text may be struck out, and a form that asks whether it is meant."""
        self._check(request, "withdraw")
        article, editor = self._story(pk), self._editor(request)
        versions = can_be_struck_out(article)
        form = StrikeOutForm(request.POST or None, versions=versions)
        if form.is_valid() and self._done(
            form,
            lambda: strike_out(
                form.cleaned_data["version"], reason=form.cleaned_data["reason"], editor=editor
            ),
        ):
            messages.success(request, _("Struck out. The public record says so, with the reason."))
            return redirect("admin:articles_article_change", article.pk)
        context = self._context(request, article) | {"form": form, "versions": versions}
        return self._form_page(request, "strike_out", form, context)

    def _editor(self, request: HttpRequest) -> Any:
        return request.user

    def _done(self, form: Form, verb: Any) -> bool:
        """Whether the service did it; what stopped it stands at its field."""
        try:
            verb()
        except ChangeError as error:
            form.add_error(error.field, str(error))
        except ArticleError as error:
            form.add_error(None, str(error))
        return not form.errors

    def _form_page(
        self, request: HttpRequest, name: str, form: Form, context: dict[str, Any]
    ) -> HttpResponse:
        status = 422 if form.is_bound else 200
        return render(request, f"admin/articles/{name}.html", context, status=status)
