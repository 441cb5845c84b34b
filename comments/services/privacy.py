"""What is forgotten about commenters: by the clock, and when one asks."""

import logging
from datetime import timedelta

from django.db import transaction
from django.db.models import Case, CharField, F, Q, QuerySet, Value, When
from django.db.models.functions import Cast, Concat
from django.utils import timezone

from articles import shown
from comments.digests import writer_digest
from comments.models import Comment, ModerationDecision
from comments.services.deciding import hold_stories
from comments.signals import comment_removed
from newsroom.press.services import purge

logger = logging.getLogger(__name__)

KEPT_FOR = timedelta(days=90)  # The privacy sentence under the form says so.
AT_ONCE = 1000  # Rows in one statement, so that nobody waits for the lock.
NO_KEY = Concat(Value("forgotten-"), Cast("pk", CharField()))  # Unique, and says nothing.


def forget_addresses() -> int:
    """Blank guests' addresses and all networks of comments older than KEPT_FOR; how many rows."""
    before = timezone.now() - KEPT_FOR
    forgotten = 0
    while pks := list(Comment.objects.forgettable(before).values_list("pk", flat=True)[:AT_ONCE]):
        guest_has_none = Case(When(user__isnull=True, then=Value("")), default=F("writer"))
        Comment.objects.filter(pk__in=pks).update(
            email="", fingerprint="", writer=guest_has_none, key=NO_KEY
        )
        forgotten += len(pks)
    return forgotten


@transaction.atomic
def forget_person(address: str) -> int:
    """Erase the comments written with this address, as guest or from its account.

    Words, name, website and every trace of the writer go; the row, its place in the
    conversation and the decisions stay, so that answers and the log remain whole. Returns
    how many comments were erased.
    """
    theirs = Comment.objects.filter(
        Q(writer=writer_digest(None, address)) | Q(user__email__iexact=address)
    )
    there = theirs.exclude(state=Comment.State.WITHDRAWN)
    hold_stories(there)
    comments = list(there.select_for_update(of=("self",)).order_by("pk"))
    pages = [_erase(comment) for comment in comments]
    purge(set().union(*pages))
    logger.info("comments erased", extra={"comments": len(comments)})
    return len(comments)


def _erase(comment: Comment) -> set[str]:
    """The pages on which it stood."""
    was_public = comment.state == Comment.State.PUBLISHED
    row: QuerySet[Comment] = Comment.objects.filter(pk=comment.pk)
    row.update(
        state=Comment.State.WITHDRAWN,
        published_at=None,
        user=None,
        name="",
        email="",
        website="",
        body="",
        writer="",
        fingerprint="",
        text_digest="",
        key=NO_KEY,
    )
    comment.refresh_from_db()
    ModerationDecision.objects.create(comment=comment, what=ModerationDecision.What.ERASE)
    if not was_public:
        return set()
    comment_removed.send(sender=Comment, comment=comment)
    return shown.conversation_changed(comment.article)
