"""The desk's page about the stories below a story: why they are there, and the editor's own."""

from collections.abc import Callable
from typing import Any

from django import forms
from django.contrib import admin, messages
from django.contrib.admin.widgets import AutocompleteSelect
from django.db.models import QuerySet
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from articles.errors import ArticleError
from articles.models import Article, RelatedPick, RelatedStory, SearchText
from articles.related import refresh, related_to
from articles.related.picks import allow, drop_pick, move_pick, pick, refuse


class PickForm(forms.Form):
    """Which public story to put below this one."""

    other = forms.ModelChoiceField(
        label=gettext_lazy("Put a story here"),
        queryset=Article.objects.none(),
        help_text=gettext_lazy("Type some letters of its headline. It comes after those above."),
    )

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        field = self.fields["other"]
        field.queryset = Article.objects.published()  # type: ignore[attr-defined]  # A choice field.
        field.widget = AutocompleteSelect(
            RelatedPick._meta.get_field("other"),
            admin.site,
            choices=field.choices,  # type: ignore[attr-defined]  # As above.
        )


def _up(article_id: int, other_id: int) -> None:
    move_pick(article_id, other_id, -1)


def _down(article_id: int, other_id: int) -> None:
    move_pick(article_id, other_id, 1)


BUTTONS: dict[str, Callable[[int, int], None]] = {
    "up": _up,
    "down": _down,
    "drop": drop_pick,
    "refuse": refuse,
    "allow": allow,
}


def related_page(request: HttpRequest, article: Article, context: dict[str, Any]) -> HttpResponse:
    """Show the list, and do what a button says. `context` is the desk's own."""
    form = PickForm(request.POST if "pick" in request.POST else None)
    if request.method == "POST" and _done(request, article, form):
        refresh(SearchText.objects.filter(article=article))  # So that a gap is filled at once.
        return redirect(request.path)
    here = {
        "form": form,
        "media": context["media"] + form.media,
        "shown": {story.pk for story in related_to(article)},
        "picks": _with_headlines(article.pick_rows.all()),
        "chosen": _with_headlines(article.related_rows.all()),
        "refusals": _with_headlines(article.refusal_rows.order_by("pk")),
    }
    status = 422 if form.is_bound else 200
    return render(request, "admin/articles/related.html", context | here, status=status)


def rows_below(article: Article) -> list[RelatedPick | RelatedStory]:
    """What stands below the story now, in its order: the desk's picks and the site's finds."""
    shown = [story.pk for story in related_to(article)]
    rows = [
        *_with_headlines(article.pick_rows.all()),
        *_with_headlines(article.related_rows.all()),
    ]
    return [row for row in rows if row.other_id in shown][: len(shown)]


def _with_headlines(rows: QuerySet[Any]) -> QuerySet[Any]:
    return rows.select_related("other__live", "other__newest")


def _done(request: HttpRequest, article: Article, form: PickForm) -> bool:
    """Whether what was asked is settled; if not, the form says why at its field."""
    if form.is_bound:
        return _picked(article, form)
    for name, do in BUTTONS.items():
        other = request.POST.get(name, "")
        if other.isascii() and other.isdecimal() and len(other) < 19:
            try:
                do(article.pk, int(other))
            except ArticleError as error:
                messages.error(request, str(error))
            return True
    messages.error(request, _("Nothing was changed: the page did not say what to do."))
    return True


def _picked(article: Article, form: PickForm) -> bool:
    if not form.is_valid():
        return False
    try:
        pick(article.pk, form.cleaned_data["other"].pk)
    except ArticleError as error:
        form.add_error("other", str(error))
        return False
    return True
