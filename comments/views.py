"""The doors of a conversation: reading all of it, answering, and the writer's own page."""

from http import HTTPStatus

from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.cache import patch_cache_control
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_safe

from articles.models import Article
from articles.models.article import ArticleQuerySet
from articles.moved import follows_moves
from comments import threads
from comments.digests import writer_digest
from comments.forms import CommentForm
from comments.models import Comment
from comments.respond import member_of, respond_context
from comments.services import CommentsClosedError, ParentGoneError, post_comment
from newsroom.accounts.models import User
from newsroom.kit.client import network_of
from newsroom.kit.limits import Limit
from newsroom.kit.links import LinkError, make_token, read_token
from newsroom.kit.origin import same_origin_post
from newsroom.press.stored import stored

RECEIPT = "comments.receipt"  # The purpose of the token in a receipt's address.
WINDOW = 600  # Seconds.
FROM_ONE_NETWORK = Limit("comments-network", 20, WINDOW)
FROM_ONE_WRITER = Limit("comments-writer", 8, WINDOW)


@stored
@require_http_methods(["GET", "HEAD", "POST"])
@follows_moves
@same_origin_post
def conversation(request: HttpRequest, path: str) -> HttpResponse:
    """GET: the conversation by pages, or with `parent` the form to answer it. POST: a comment.

    `?from=ID` reads on after that comment; `?page=2` is the second page as pages end now.
    """
    if request.method == "POST":
        return _post(request, path)
    article = get_object_or_404(_articles(), path=path)
    if "parent" in request.GET:
        return _reply_page(request, article)
    return _thread_page(request, article)


@require_safe
@follows_moves
def comment(request: HttpRequest, path: str, pk: int) -> HttpResponse:
    """To the public comment, wherever it stands; nothing else can be found by its number."""
    public = Comment.objects.published().select_related("article")
    found = get_object_or_404(public, pk=pk, article__path=path)
    address = threads.address_of(found.article, pk)
    if address is None:
        raise Http404  # Taken down a moment ago.
    return redirect(address)


@require_safe
@follows_moves
def receipt(request: HttpRequest, path: str, token: str) -> HttpResponse:
    """The writer's own view of a comment, its state and why; for whoever has the link."""
    try:
        pk = int(read_token(RECEIPT, token))
    except LinkError as error:
        raise Http404 from error
    rows = Comment.objects.select_related("article__live", "parent")
    own = get_object_or_404(rows, pk=pk, article__path=path)
    context = {"comment": own, "article": own.article}
    return _private(render(request, "comments/receipt.html", context))


def _articles() -> ArticleQuerySet:
    return Article.objects.published().select_related("live")


def _thread_page(request: HttpRequest, article: Article) -> HttpResponse:
    page = _number(request.GET.get("page", "1"))
    after = _number(request.GET["from"]) if "from" in request.GET else None
    shown = threads.conversation(article, page, after) if page else None
    if shown is None:
        raise Http404
    context = {"article": article, "conversation": shown} | respond_context(request, article)
    return render(request, "comments/conversation.html", context)


def _reply_page(request: HttpRequest, article: Article) -> HttpResponse:
    parent = _public_parent(article, request.GET["parent"])
    if parent is None:
        raise Http404
    context = {"article": article} | respond_context(request, article, parent=parent)
    return render(request, "comments/reply.html", context)


def _post(request: HttpRequest, path: str) -> HttpResponse:
    article = _articles().filter(path=path).first()
    if article is None:
        return _kept(request, _("There is no such story on this site."), HTTPStatus.NOT_FOUND)
    form = CommentForm(request.POST, user=member_of(request))
    answers = request.POST.get("parent", "")
    parent = _public_parent(article, answers)
    if not form.is_valid():
        return _again(request, article, form, parent)
    if answers and parent is None:
        form.add_error(None, str(ParentGoneError()))
        return _again(request, article, form, None)
    if not _within_limits(request, form):
        form.add_error(
            None,
            _("Several comments came from you just now. Please wait ten minutes, then send it."),
        )
        response = _again(request, article, form, parent, HTTPStatus.TOO_MANY_REQUESTS)
        response.headers["Retry-After"] = str(WINDOW)
        return response
    return _keep(request, article, form, parent)


def _keep(
    request: HttpRequest, article: Article, form: CommentForm, parent: Comment | None
) -> HttpResponse:
    try:
        kept = post_comment(
            article.pk, form.written(parent), user=form.user, network=network_of(request)
        )
    except CommentsClosedError as error:
        return _kept(request, str(error), HTTPStatus.FORBIDDEN, article)
    except ParentGoneError as error:
        form.add_error(None, str(error))
        return _again(request, article, form, None)
    token = make_token(RECEIPT, str(kept.pk))
    response = redirect("comments:receipt", path=article.path, token=token)
    response.status_code = HTTPStatus.SEE_OTHER
    return _private(response)


def _within_limits(request: HttpRequest, form: CommentForm) -> bool:
    """Whether this valid form may be kept now. The desk answers as often as it likes."""
    if isinstance(form.user, User) and form.user.is_staff:
        return True
    writer = writer_digest(form.user, form.cleaned_data.get("email", ""))
    return FROM_ONE_WRITER.allows(writer) and FROM_ONE_NETWORK.allows(network_of(request))


def _again(
    request: HttpRequest,
    article: Article,
    form: CommentForm,
    parent: Comment | None,
    status: HTTPStatus = HTTPStatus.UNPROCESSABLE_ENTITY,
) -> HttpResponse:
    """The form as it was typed, with a message at each field."""
    context = {"article": article} | respond_context(request, article, form=form, parent=parent)
    return _private(render(request, "comments/reply.html", context, status=status))


def _kept(
    request: HttpRequest, sentence: str, status: HTTPStatus, article: Article | None = None
) -> HttpResponse:
    """Nothing was posted; here is why, and the text to copy."""
    context = {"sentence": sentence, "article": article, "typed": request.POST.get("body", "")}
    return _private(render(request, "comments/not_posted.html", context, status=status))


def _private(response: HttpResponse) -> HttpResponse:
    patch_cache_control(response, private=True, no_store=True)
    response.headers["X-Robots-Tag"] = "noindex"
    return response


def _number(typed: str) -> int:
    """A plain decimal number from an address; 0 for anything else."""
    plain = typed.isascii() and typed.isdecimal() and len(typed) < 19
    return int(typed) if plain else 0


def _public_parent(article: Article, typed: str) -> Comment | None:
    return Comment.objects.under(article).filter(pk=_number(typed)).first()
