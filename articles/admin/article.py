"""The story at the desk: its list and its form."""

from typing import Any
from uuid import uuid4

from django.contrib import admin, messages
from django.db.models import QuerySet
from django.http import HttpRequest, HttpResponse
from django.http.response import HttpResponseBase
from django.shortcuts import redirect, render
from django.urls import URLPattern, path, reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from articles.admin.differences import COMPARED, differences
from articles.admin.forms import StoryForm, initial_of
from articles.admin.related import related_page, rows_below
from articles.admin.steps import StepAdmin
from articles.errors import ArticleError, RevisionConflictError
from articles.models import Article
from articles.services import (
    back_to_draft,
    can_be_struck_out,
    change_settings,
    create_article_once,
    save_revision,
    send_for_review,
)
from articles.story import story_context
from articles.text import note_warnings


@admin.register(Article)
class ArticleAdmin(StepAdmin):
    """Stories. The form is the newsroom's own; the list is Django's."""

    list_display = [
        "headline",
        "standing",
        "section_name",
        "byline",
        "first_published_at",
    ]
    list_filter = ["state", "newest__section", "newest__kind"]
    search_fields = ["newest__headline", "slug"]
    list_per_page = 50
    ordering = ["-newest__created_at"]
    show_full_result_count = False

    def get_queryset(self, request: HttpRequest) -> QuerySet[Article]:
        stories = super().get_queryset(request).select_related("newest__section", "live")
        return stories.prefetch_related("newest__byline_rows__author")

    def get_search_results(
        self, request: HttpRequest, queryset: QuerySet[Article], search_term: str
    ) -> tuple[QuerySet[Article], bool]:
        """A "see also" may only point to what readers can see."""
        found, may_repeat = super().get_search_results(request, queryset, search_term)
        if request.path.endswith("/autocomplete/"):
            found = found.filter(pk__in=Article.objects.published())
        return found, may_repeat

    @admin.display(description=gettext_lazy("headline"), ordering="newest__headline")
    def headline(self, article: Article) -> str:
        return str(article)

    @admin.display(description=gettext_lazy("state"), ordering="state")
    def standing(self, article: Article) -> str:
        if article.is_public and article.has_unpublished_changes:
            return _("Published; newer changes are not public")
        return article.get_state_display()

    @admin.display(description=gettext_lazy("section"))
    def section_name(self, article: Article) -> str:
        return str(article.newest.section) if article.newest else ""

    @admin.display(description=gettext_lazy("byline"))
    def byline(self, article: Article) -> str:
        rows = article.newest.byline_rows.all() if article.newest else []
        return ", ".join(str(row.author) for row in rows)

    def has_delete_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return False  # A story is withdrawn, and its record stays.

    def get_urls(self) -> list[URLPattern]:
        def own(view: Any, name: str) -> URLPattern:
            wrapped = self.admin_site.admin_view(view)
            pattern: URLPattern = path(
                f"<int:pk>/{name}/", wrapped, name=f"articles_article_{name}"
            )
            return pattern

        return [
            own(self.publish_view, "publish"),
            own(self.changes_view, "changes"),
            own(self.withdraw_view, "withdraw"),
            own(self.address_view, "address"),
            own(self.strike_out_view, "strike_out"),
            own(self.preview_view, "preview"),
            own(self.related_view, "related"),
            *super().get_urls(),
        ]

    # The form ------------------------------------------------------------------------------

    def changeform_view(
        self,
        request: HttpRequest,
        object_id: str | None = None,
        form_url: str = "",
        extra_context: dict[str, Any] | None = None,
    ) -> Any:
        """Django calls this for the add and the change page alike."""
        article = self._story(object_id) if object_id else None
        self._check(request, "change" if article else "add")
        form = StoryForm(
            request.POST or None,
            request.FILES or None,
            article=article,
            initial=self._initial(request, article),
        )
        if form.files:
            form = form.with_uploads_kept()
        if request.method == "POST" and form.is_valid():
            try:
                saved = self._save(request, article, form)
            except RevisionConflictError as conflict:
                return self._show_conflict(request, article, form, conflict)
            return self._after_save(request, saved)
        return self._show_form(request, article, form)

    def _initial(self, request: HttpRequest, article: Article | None) -> dict[str, Any]:
        if article is not None and article.newest is not None:
            return initial_of(article, article.newest)
        author = getattr(request.user, "author", None)
        return {"form_key": uuid4()} | ({"byline_1": author.pk} if author else {})

    def _save(self, request: HttpRequest, article: Article | None, form: StoryForm) -> Article:
        """A new story's form that is sent again goes on with the story it made."""
        editor, words, settings = self._editor(request), form.words(), form.settings()
        if article is None:
            key = form.cleaned_data["form_key"] or uuid4()
            article = create_article_once(key, words, editor=editor, **settings)
        began_from = form.cleaned_data["began_from"] or 1
        save_revision(article.pk, words, editor=editor, began_from=began_from)
        return change_settings(article.pk, **settings)

    def _after_save(self, request: HttpRequest, article: Article) -> HttpResponse:
        """To where the pressed button leads."""
        here = reverse("admin:articles_article_change", args=[article.pk])
        if "_publish" in request.POST:
            return redirect("admin:articles_article_publish", article.pk)
        if "_changes" in request.POST:
            return redirect("admin:articles_article_changes", article.pk)
        try:
            self._move(request, article)
        except ArticleError as error:
            messages.error(request, str(error))
        else:
            messages.success(request, _("Saved."))
        return redirect(here)

    def _move(self, request: HttpRequest, article: Article) -> None:
        editor: Any = request.user
        if "_review" in request.POST:
            send_for_review(article.pk, editor=editor)
        if "_draft" in request.POST:
            back_to_draft(article.pk, editor=editor)

    def _show_form(
        self, request: HttpRequest, article: Article | None, form: StoryForm, **more: Any
    ) -> HttpResponse:
        context = self._context(request, article) | {
            "form": form,
            "media": self.media + form.media,
            "warnings": note_warnings(article.newest) if article and article.newest else [],
            "can_be_struck_out": bool(article and can_be_struck_out(article)),
            "related_rows": rows_below(article) if article else [],
        }
        status = 422 if form.is_bound else 200
        return render(request, "admin/articles/story.html", context | more, status=status)

    def _show_conflict(
        self,
        request: HttpRequest,
        article: Article | None,
        form: StoryForm,
        conflict: RevisionConflictError,
    ) -> HttpResponse:
        """Both versions, and the form as typed; saving again then stands on the newer one."""
        typed = {name: form.cleaned_data[name] for name in COMPARED}
        form.data = form.data.copy()  # type: ignore[attr-defined]  # A QueryDict, when bound.
        form.data["began_from"] = str(conflict.newest.number)  # type: ignore[index]  # As above.
        return self._show_form(
            request,
            article,
            form,
            conflict=conflict.newest,
            conflict_differences=differences(conflict.newest, typed),
        )

    def preview_view(self, request: HttpRequest, pk: int) -> HttpResponseBase:
        """The newest revision as readers would see it; for the desk alone."""
        self._check(request, "view")
        article = self._story(pk)
        context = story_context(article, self._newest(article)) | {"preview": True}
        response = render(request, "articles/detail.html", context)
        response["Cache-Control"] = "private, no-store"
        response["X-Robots-Tag"] = "noindex"
        return response

    def related_view(self, request: HttpRequest, pk: int) -> HttpResponse:
        """The stories below the story: why they are there, and the editor's own."""
        self._check(request, "change")
        article = self._story(pk)
        context = self._context(request, article) | {"media": self.media}
        return related_page(request, article, context)
