"""What stands under a conversation: the form, for whoever asks."""

from functools import partial

from django.conf import settings
from django.http import HttpRequest
from django.urls import reverse

from articles.models import Article
from comments.forms import CommentForm
from comments.models import Comment
from comments.screening import comments_open
from newsroom.accounts.models import User


def member_of(request: HttpRequest) -> User | None:
    """Who is signed in. Without a session cookie nobody is, and the session is not even asked:

    an anonymous page must not vary by cookie, for it is stored.
    """
    if settings.SESSION_COOKIE_NAME not in request.COOKIES:
        return None
    return request.user if isinstance(request.user, User) else None


def respond_context(
    request: HttpRequest,
    article: Article,
    *,
    form: CommentForm | None = None,
    parent: Comment | None = None,
) -> dict[str, object]:
    """All that `_respond.html` shows; an empty form unless one is given.

    `blank`: the form is a guest's and empty, as it stands under every story.
    """
    member = member_of(request)
    return {
        "form": form or partial(CommentForm, user=member),  # Made where it is shown.
        "blank": form is None and member is None and parent is None,
        "member": member,
        "parent": parent,
        "open": comments_open(article),
        "action": reverse("comments:post", args=[article.path]),
    }
