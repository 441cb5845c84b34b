"""A story's mail at the desk: its preview, a test of it, and the mail of a correction."""

from collections.abc import Callable
from functools import partial
from typing import Any

from django.contrib import admin, messages
from django.core.exceptions import PermissionDenied
from django.db import transaction
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import URLPattern, path
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from articles.models import Article, Correction
from newsroom.mail.errors import AddressError
from newsroom.mail.frames import in_frame
from newsroom.mail.letters import Letter
from subscriptions import tasks
from subscriptions.emails import correction_letter
from subscriptions.services import promise_correction
from subscriptions.services.correcting import (
    CorrectionNotMailableError,
    count_readers,
    mailing_of,
    wrong_versions,
)
from subscriptions.services.previewing import (
    TooManyTestsError,
    harmless,
    letter_before,
    preview,
    send_test,
)


def urls(guarded: Callable[[Any], Any]) -> list[URLPattern]:
    """The routes of these pages, each behind the desk's door."""
    story, correction = "articles/article/<int:pk>/mail", "articles/correction/<int:pk>/mail"
    return [
        path(f"{story}/html/", guarded(story_html), name="story_mail_html"),
        path(f"{story}/test/", guarded(story_test), name="story_mail_test"),
        path(f"{correction}/", guarded(correction_mail), name="correction_mail"),
        path(f"{correction}/html/", guarded(correction_html), name="correction_mail_html"),
        path(f"{correction}/test/", guarded(correction_test), name="correction_mail_test"),
    ]


@require_safe
def story_html(request: HttpRequest, pk: int) -> HttpResponse:
    """The HTML part of a story's mail as it would be sent, for a frame."""
    return in_frame(preview(_story(request, pk)).html)


@require_POST
def story_test(request: HttpRequest, pk: int) -> HttpResponse:
    """One copy to the person who asks for it, and to nobody else."""
    article = _story(request, pk)
    _send_test(request, letter_before(article), f"article:{article.pk}")
    return redirect("admin:articles_article_publish", article.pk)


@require_http_methods(["GET", "HEAD", "POST"])
def correction_mail(request: HttpRequest, pk: int) -> HttpResponse:
    """To how many a correction would go, its mail, and the button that sends it."""
    correction = _correction(request, pk)
    if request.method == "POST":
        return _promise(request, correction)
    letter = harmless(correction_letter(correction))
    context = admin.site.each_context(request) | {
        "title": _("Mail this correction"),
        "correction": correction,
        "article": correction.article,
        "versions": wrong_versions(correction).order_by("number"),
        "count": count_readers(correction),
        "mailing": mailing_of(correction),
        "letter": letter,
    }
    return render(request, "admin/articles/correction_mail.html", context)


@require_safe
def correction_html(request: HttpRequest, pk: int) -> HttpResponse:
    """The HTML part of a correction's mail, for a frame."""
    return in_frame(harmless(correction_letter(_correction(request, pk))).html)


@require_POST
def correction_test(request: HttpRequest, pk: int) -> HttpResponse:
    """One copy to the person who asks for it, and to nobody else."""
    correction = _correction(request, pk)
    _send_test(request, correction_letter(correction), f"correction:{correction.pk}")
    return redirect("admin:correction_mail", correction.pk)


def _promise(request: HttpRequest, correction: Correction) -> HttpResponse:
    """A second press finds the mailing there and changes nothing."""
    try:
        with transaction.atomic():
            mailing = promise_correction(correction.pk)
            transaction.on_commit(partial(tasks.correct.delay, correction.pk), robust=True)
    except CorrectionNotMailableError as error:
        messages.error(request, str(error))
        return redirect("admin:correction_mail", correction.pk)
    messages.success(request, _("The correction is on its way."))
    if request.user.has_perm("mail.view_mailing"):
        return redirect("admin:mail_mailing_change", mailing.pk)
    return redirect("admin:articles_article_change", correction.article_id)


def _send_test(request: HttpRequest, letter: Letter, about: str) -> None:
    email = getattr(request.user, "email", "")
    try:
        send_test(letter, email, about)
    except TooManyTestsError:
        messages.error(request, _("You asked for many tests within the hour; wait a while."))
    except AddressError as error:
        messages.error(request, str(error))
    else:
        text = _("A test is on its way to %(email)s, and to nobody else.")
        messages.success(request, text % {"email": email})


def _story(request: HttpRequest, pk: int) -> Article:
    _check(request)
    rows = Article.objects.select_related("newest__lead_photo", "newest__section")
    return get_object_or_404(rows, pk=pk, newest__isnull=False)


def _correction(request: HttpRequest, pk: int) -> Correction:
    _check(request)
    rows = Correction.objects.select_related("article__live", "revision", "first_wrong")
    return get_object_or_404(rows, pk=pk, kind=Correction.Kind.CORRECTION)


def _check(request: HttpRequest) -> None:
    if not request.user.has_perm("articles.publish_article"):
        raise PermissionDenied
