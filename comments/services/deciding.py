"""A moderator's word on a comment."""

import logging
from dataclasses import dataclass
from datetime import datetime

from django.db import transaction
from django.db.models import QuerySet
from django.utils import timezone
from django.utils.translation import gettext as _

from articles import shown
from articles.models import Article
from comments.models import Comment, ModerationDecision
from comments.signals import comment_published, comment_removed
from newsroom.accounts.models import User
from newsroom.press.services import purge

logger = logging.getLogger(__name__)
State = Comment.State
What = ModerationDecision.What


class AlreadyDecidedError(Exception):
    """Somebody else decided meanwhile; nothing was changed."""


@dataclass(frozen=True)
class Outcome:
    """Where a decision leads, and from which states."""

    state: State
    of: tuple[State, ...]


OUTCOMES = {
    What.PUBLISH: Outcome(State.PUBLISHED, (State.PENDING, State.REJECTED, State.SPAM)),
    What.REJECT: Outcome(State.REJECTED, (State.PENDING, State.PUBLISHED, State.SPAM)),
    What.SPAM: Outcome(State.SPAM, (State.PENDING, State.PUBLISHED, State.REJECTED)),
    What.REOPEN: Outcome(State.PENDING, (State.PUBLISHED, State.REJECTED, State.SPAM)),
}


@transaction.atomic
def decide(
    comment_id: int,
    what: str,
    *,
    by: User | None,
    why: str = "",
    seen: str | None = None,
    moment: datetime | None = None,
) -> Comment:
    """Publish, reject, mark as spam or reopen; the same decision twice changes nothing.

    `seen` is the state the moderator was looking at: with it, a comment that another
    decided meanwhile is left alone. Raises AlreadyDecidedError then, whose sentence is for
    the moderator, and Comment.DoesNotExist.
    """
    outcome = OUTCOMES[What(what)]
    now = moment or timezone.now()
    hold_stories(Comment.objects.filter(pk=comment_id))
    comment = (
        Comment.objects.select_related("article")
        .select_for_update(of=("self",))
        .get(pk=comment_id)
    )
    if comment.state == outcome.state:
        return comment
    if comment.state not in outcome.of or (seen and comment.state != seen):
        raise AlreadyDecidedError(_already(comment))
    if not _move(comment, comment.state, outcome.state, now):
        raise AlreadyDecidedError(_already(comment))
    comment.decisions.create(what=what, by=by, why=why[:300], at=now)
    logger.info("comment decided", extra={"comment_id": comment.pk, "what": what})
    return comment


def hold_stories(comments: QuerySet[Comment]) -> None:
    """Hold the rows of the stories below which these stand, before those of the comments: none
    gets another address while the pages at its old one are purged."""
    stories = Article.objects.filter(pk__in=comments.order_by().values("article")).order_by("pk")
    list(stories.select_for_update(no_key=True).values_list("pk"))


def _move(comment: Comment, was: str, state: State, now: datetime) -> bool:
    """Compare and set: True if the row was still in the state it was read in."""
    published_at = now if state == State.PUBLISHED else None
    rows = Comment.objects.filter(pk=comment.pk, state=was)
    if rows.update(state=state, published_at=published_at) != 1:
        return False
    comment.state, comment.published_at = state, published_at
    if state == State.PUBLISHED:
        comment_published.send(sender=Comment, comment=comment)
    elif was == State.PUBLISHED:
        comment_removed.send(sender=Comment, comment=comment)
    if State.PUBLISHED in {was, state}:
        purge(shown.conversation_changed(comment.article))
    return True


def _already(comment: Comment) -> str:
    last = comment.decisions.select_related("by").last()
    if last is None or last.by is None:
        return _("Nothing was changed: meanwhile this comment became “%(state)s”.") % {
            "state": comment.get_state_display()
        }
    return _("Nothing was changed: %(who)s already decided on this comment (%(what)s).") % {
        "who": last.by.get_short_name(),
        "what": last.get_what_display(),
    }
