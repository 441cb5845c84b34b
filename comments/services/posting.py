"""A reader's comment comes in."""

import logging
from dataclasses import dataclass
from datetime import datetime, timedelta

from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from articles import shown
from articles.models import Article
from comments.digests import form_digest, network_digest, text_digest, writer_digest
from comments.models import Comment, ModerationDecision
from comments.reasons import Reason
from comments.screening import Case, screen
from comments.signals import comment_published
from newsroom.accounts.models import User
from newsroom.press.services import purge

logger = logging.getLogger(__name__)

PRIVACY_WORDS = "2026-11"  # The version of templates/comments/_privacy.html; raise it with them.


class CommentsClosedError(Exception):
    """Nobody may comment on this story now."""


class ParentGoneError(Exception):
    """What the comment answers is not, or no longer, a public comment of this story."""

    def __str__(self) -> str:
        return _(
            "The comment you answer is no longer public. You can still send yours, as a "
            "comment of its own."
        )


@dataclass(frozen=True)
class Written:
    """What one filled-in form says, tidied: all that a reader may set, and nothing else."""

    body: str
    name: str = ""
    email: str = ""
    website: str = ""
    parent: int | None = None
    trap: str = ""
    privacy_words: str = PRIVACY_WORDS


def post_comment(
    article_id: int,
    written: Written,
    *,
    user: User | None = None,
    network: str = "",
    moment: datetime | None = None,
) -> Comment:
    """Keep the comment, published at once or waiting with its reasons; one form makes one comment.

    `network` is the client's (`kit.client.network_of`), of which only an HMAC is kept.
    Raises CommentsClosedError and ParentGoneError, whose sentences are for the writer.
    """
    now = moment or timezone.now()
    keys = _keys(article_id, written, user, network, now)
    with transaction.atomic():
        # The row is locked so that closing the comments and a double click wait their turn.
        article = Article.objects.select_for_update().get(pk=article_id)
        if same := Comment.objects.filter(key__in=keys).first():
            return same
        comment = _filled_in(article, written, user, now)
        comment.fingerprint, comment.key = network_digest(network), keys[0]
        return _screened(comment, Case(comment, article, user, written.trap))


def _keys(
    article_id: int, written: Written, user: User | None, network: str, now: datetime
) -> list[str]:
    """The key of this hour, and of the hour before: a double click may straddle it."""
    writer = writer_digest(user, written.email)
    parts = (str(article_id), str(written.parent), writer, written.name, written.body, network)
    return [form_digest(now - timedelta(hours=ago), *parts) for ago in (0, 1)]


def _filled_in(article: Article, written: Written, user: User | None, now: datetime) -> Comment:
    """The comment as typed. Who wrote it comes from the session, never from the form."""
    return Comment(
        article=article,
        parent=_parent(article, written.parent),
        user=user,
        name=(user.name if user is not None else "") or written.name,
        email="" if user is not None else written.email,
        website=written.website,
        body=written.body,
        by_staff=user is not None and user.is_staff,
        privacy_words=written.privacy_words,
        writer=writer_digest(user, written.email),
        text_digest=text_digest(written.body),
        created_at=now,
    )


def _parent(article: Article, pk: int | None) -> Comment | None:
    if pk is None:
        return None
    parent = Comment.objects.under(article).filter(pk=pk).first()
    if parent is None:
        raise ParentGoneError
    return parent


def _screened(comment: Comment, case: Case) -> Comment:
    found = screen(case)
    if refusal := next((reason for reason in found if reason.refuses), None):
        raise CommentsClosedError(str(refusal.for_writer))
    comment.screening = [reason.code for reason in found]
    comment.confirmed_at = comment.created_at if case.verified else None
    if not found:
        comment.state = Comment.State.PUBLISHED
        comment.published_at = comment.created_at
    comment.save(force_insert=True)
    _log(comment, found, by_staff=case.by_staff)
    if not found:
        comment_published.send(sender=Comment, comment=comment)
        purge(shown.conversation_changed(comment.article))
    return comment


def _log(comment: Comment, found: list[Reason], *, by_staff: bool) -> None:
    passed = "staff" if by_staff else "known_reader"
    ModerationDecision.objects.create(
        comment=comment,
        what=ModerationDecision.What.HOLD if found else ModerationDecision.What.PUBLISH,
        rule=", ".join(reason.code for reason in found) or passed,
        at=comment.created_at,
    )
    logger.info("comment screened", extra={"comment_id": comment.pk, "held": bool(found)})
