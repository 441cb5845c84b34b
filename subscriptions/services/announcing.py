"""A published story on its way to everyone who wants it.

The promise is a Mailing in the state `filling`, written in the transaction that publishes.
`announce` turns it into rows, 20,000 readers at a time, each step a commit and harmless to
repeat: a Due per reader, a Delivery for each Due that goes at once, and the sending begins
with the first. A process may be killed between any two steps, or two may do the same work at
once; whoever comes next finishes it. What goes into digests is left to `digesting`.
"""

import time
from datetime import datetime, timedelta

from django.conf import settings
from django.db import transaction
from django.db.models import Q, QuerySet
from django.utils import timezone

from articles.models import Article
from articles.services import MailPlan
from newsroom.mail.models import Mailing
from newsroom.mail.services import (
    called_off,
    called_off_with,
    cancel_mailing,
    promise_mailing,
    reopen_mailing,
    take_up_mailing,
    unfinished,
)
from subscriptions.clocks import hold_clocks
from subscriptions.models import Cadence, Due, Subscriber
from subscriptions.services.choosing import MOST_AT_ONCE, resume_ended_pauses
from subscriptions.services.owing import owe
from subscriptions.services.packing import Packer, ranges
from subscriptions.services.renewing import hold_articles

KEY = "article:"
SECONDS = 2.0  # Of work for one task; sending and other stories get their turn in between.
Choice = Article.MailChoice


def promise_announcement(article: Article, not_before: datetime | None = None) -> Mailing | None:
    """The promise to mail this story, one for ever; None if it is not to be mailed.

    Nothing of it leaves before the hold is over, nor before `not_before`.
    """
    embargoed = article.embargo_until is not None and article.embargo_until > timezone.now()
    if embargoed or article.mail_choice == Choice.NONE:
        return None
    end = end_of_hold(article.mail_choice)
    return promise_mailing(f"{KEY}{article.pk}", not_before=max(end, not_before or end))


def call_off(article: Article) -> None:
    """The story was withdrawn: whoever was not sent it yet is not sent it."""
    mailing = Mailing.objects.filter(key=f"{KEY}{article.pk}").first()
    if mailing is not None:
        cancel_mailing(mailing.pk)


def take_up_again(article: Article, plan: MailPlan | None = None) -> datetime | None:
    """The story is public again: if its mail was called off, those who had none get it.

    Not before the moment of the plan; without one, not before the moment that counted before.
    Returns when it begins, None if it is not mailed.
    """
    mailing = to_take_up(article)
    if mailing is None or not article.is_public:
        return None
    if article.mail_choice == Choice.NONE:
        _not_had(mailing, article.pk).delete()  # In no digest either.
        return None
    end = end_of_hold(article.mail_choice)
    planned = plan.not_before if plan else mailing.not_before
    begins = max(end, planned or end)
    return begins if reopen_mailing(mailing.key, not_before=begins) else None


def to_take_up(article: Article) -> Mailing | None:
    """The mailing that goes on if the story is published again, unless it is not to be mailed."""
    return called_off(f"{KEY}{article.pk}").first()


def moment_before(article: Article) -> datetime | None:
    """Before which the mail that was called off was not to leave; None if that is past."""
    mailing = to_take_up(article)
    begins = mailing.not_before if mailing else None
    return begins if begins is not None and begins > timezone.now() else None


def unfinished_announcements(until: datetime | None = None) -> dict[int, datetime]:
    """The stories whose readers do not all have their rows yet, each with the end of its hold.

    Those whose hold is over now, or by that moment.
    """
    waiting = Mailing.objects.filter(
        unfinished(), key__startswith=KEY, not_before__lte=until or timezone.now()
    )
    rows = waiting.order_by("pk").values_list("key", "not_before")
    return {int(key.removeprefix(KEY)): end for key, end in rows if end is not None}


def end_of_hold(mail_choice: str) -> datetime:
    """Of a story published now: until then a mistake seen by the desk costs nobody a wrong
    mail. Breaking news is not held."""
    minutes = 0 if mail_choice == Choice.BREAKING else settings.MAIL_HOLD_MINUTES
    return timezone.now() + timedelta(minutes=minutes)


def announce(article_id: int) -> None:
    """Give everyone the story is owed to their rows, however long that takes."""
    start: int | None = 0
    while start is not None:
        start = announce_some(article_id, start)


def announce_some(article_id: int, start: int = 0) -> int | None:
    """Go on with the readers from the id `start` on, for two seconds; where to go on then.

    The first time only with the first 5,000, so that sending begins. None: nothing is left.
    Does nothing before the hold is over, for a story withdrawn, or after the end.
    """
    if article_id not in unfinished_announcements():
        return None
    mailing = Mailing.objects.get(key=f"{KEY}{article_id}")
    if mailing.state == Mailing.State.FILLING and not take_up_mailing(mailing.pk):
        return None  # Whoever comes next knows what of it has left.
    packer, until, place = Packer(mailing), time.monotonic() + SECONDS, start
    # Whose pause is over wants it too. There may be more of them than these.
    if resume_ended_pauses() == MOST_AT_ONCE or not packer.renew(until):
        return start
    readers = Subscriber.objects.wanting(mailing.created_at)
    for number, (first, last) in enumerate(ranges(readers, start)):
        if number and (start == 0 or time.monotonic() > until):
            return first
        _owe(packer, article_id, first, last)
        if not _pack(packer, article_id, first, last):
            return None
        place = last + 1
    return None if packer.end() else place


def _owe(packer: Packer, article_id: int, first: int, last: int) -> None:
    """A Due for each; after the mail was called off anew, for who still wants it, as fits now."""
    readers = Subscriber.objects.filter(pk__range=(first, last))
    if packer.was_called_off:
        _forget_not_had(packer.mailing, article_id, readers)
    owe(Article.objects.get(pk=article_id), packer.mailing.created_at, readers)


@transaction.atomic
def _forget_not_had(mailing: Mailing, article_id: int, readers: QuerySet[Subscriber]) -> None:
    """The locks are taken in the order of a digest, which may not take it up meanwhile."""
    hold_clocks(readers)
    hold_articles([article_id])
    _not_had(mailing, article_id).filter(subscriber__in=readers).delete()


def _not_had(mailing: Mailing, article_id: int) -> QuerySet[Due]:
    """What is owed of the story and is in no mail that left or may leave."""
    open_ones = Q(delivery=None) | Q(delivery__in=called_off_with(mailing))
    return Due.objects.filter(open_ones, article=article_id)


@transaction.atomic
def _pack(packer: Packer, article_id: int, first: int, last: int) -> bool:
    """A Delivery for each whose Due goes at once, in the words that readers see now.

    Nobody changes the story meanwhile, nor calls its mail off. False if it was withdrawn or
    called off: nothing more of it is sent.
    """
    hold_articles([article_id])
    mailing = Mailing.objects.select_for_update(no_key=True).get(pk=packer.mailing.pk)
    if mailing.state == Mailing.State.CANCELLED:
        return False
    if not Article.objects.published().filter(pk=article_id).exists():
        cancel_mailing(mailing.pk)
        return False
    readers = Subscriber.objects.wanting(mailing.created_at).filter(pk__range=(first, last))
    mine = Due.objects.filter(article=article_id, cadence=Cadence.AT_ONCE, delivery=None)
    packer.pack(mine.filter(subscriber__in=readers))
    packer.begin()
    return True
