"""A published story on its way to everyone who wants it.

The promise is a Mailing in the state `filling`, written in the transaction that publishes.
`announce` turns it into rows in short steps, each harmless to repeat: the words, a Due per
subscriber, a Delivery per Due, the start. A process may be killed between any two, or two
may do the same work at once; whoever comes next finishes it.
"""

from collections.abc import Iterator
from datetime import datetime, timedelta

from django.conf import settings
from django.db import transaction
from django.db.models import Max, Min, OuterRef, Subquery, Value
from django.utils import timezone

from articles.models import Article
from newsroom.mail.models import Delivery, Mailing, Rendering
from newsroom.mail.services import (
    add_rendering,
    cancel_mailing,
    fill_deliveries,
    promise_mailing,
    reopen_mailing,
    start_mailing,
    use_rendering,
)
from subscriptions import emails
from subscriptions.models import Due, Subscriber, Subscription
from subscriptions.rows import insert_from

RANGE = 20_000  # Subscribers a statement: about a tenth of a second on SQLite.
KEY = "article:"


def promise_announcement(article: Article) -> Mailing | None:
    """The promise to mail this story, one for ever; None if it is not to be mailed."""
    embargoed = article.embargo_until is not None and article.embargo_until > timezone.now()
    if embargoed or article.mail_choice != Article.MailChoice.AT_ONCE:
        return None
    return promise_mailing(f"{KEY}{article.pk}", not_before=_end_of_hold())


def call_off(article: Article) -> None:
    """The story was withdrawn: whoever was not sent it yet is not sent it."""
    mailing = Mailing.objects.filter(key=f"{KEY}{article.pk}").first()
    if mailing is not None:
        cancel_mailing(mailing.pk)


def take_up_again(article: Article) -> None:
    """The story is public again: if it was called off before a single message, it is mailed."""
    if article.is_public and article.mail_choice == Article.MailChoice.AT_ONCE:
        reopen_mailing(f"{KEY}{article.pk}", not_before=_end_of_hold())


def unfinished_announcements() -> list[int]:
    """The stories whose hold is over and whose mail has not been started, oldest first."""
    waiting = Mailing.objects.filter(
        key__startswith=KEY, state=Mailing.State.FILLING, not_before__lte=timezone.now()
    )
    keys = waiting.order_by("pk").values_list("key", flat=True)
    return [int(key.removeprefix(KEY)) for key in keys]


def _end_of_hold() -> datetime:
    """Until then a mistake seen by the desk costs nobody a wrong mail."""
    return timezone.now() + timedelta(minutes=settings.MAIL_HOLD_MINUTES)


def announce(article_id: int) -> None:
    """Give everyone the story is owed to their row in the ledger, and start the sending.

    Does nothing before the hold is over, after the start, or for a story withdrawn.
    """
    if article_id not in unfinished_announcements():
        return
    mailing = Mailing.objects.get(key=f"{KEY}{article_id}")
    rendering = _words_of(mailing, article_id)
    for first in _ranges():
        _owe(mailing, article_id, first)
        _deliver(mailing, rendering, article_id, first)
        _link(mailing, article_id, first)
    _start(mailing, rendering, article_id)


def _words_of(mailing: Mailing, article_id: int) -> Rendering:
    """The story as it stands now, frozen; the same row for whoever comes second."""
    article = Article.objects.select_related("live").get(pk=article_id)
    variant = f"revision:{article.live_id}"
    made = mailing.renderings.filter(variant=variant).first()
    if made is not None:
        return made
    letter = emails.article_letter(article)
    return add_rendering(mailing, letter, variant=variant, carries=[variant])


def _ranges() -> Iterator[int]:
    ends = Subscriber.objects.aggregate(first=Min("pk"), last=Max("pk"))
    if ends["last"] is not None:
        yield from range(ends["first"], ends["last"] + 1, RANGE)


def _owe(mailing: Mailing, article_id: int, first: int) -> None:
    """A Due for each who wants every story and wanted it when this one was published."""
    rows = (
        Subscriber.objects.wanting(mailing.created_at)
        .filter(pk__range=(first, first + RANGE - 1), subscriptions__what=Subscription.What.ALL)
        .order_by("pk")
        .values_list(
            "pk",
            Value(article_id),
            Value(str(Subscription.What.ALL)),
            "subscriptions__cadence",
            Value(mailing.created_at),
        )
    )
    insert_from(rows, Due, ["subscriber_id", "article_id", "why", "cadence", "due_at"])


def _deliver(mailing: Mailing, rendering: Rendering, article_id: int, first: int) -> None:
    """A Delivery for each Due, except for who left or paused in between."""
    wanted = Subscriber.objects.wanting(mailing.created_at).filter(
        pk__range=(first, first + RANGE - 1), dues__article=article_id
    )
    fill_deliveries(mailing, rendering, wanted.order_by("pk").values("address"))


def _link(mailing: Mailing, article_id: int, first: int) -> None:
    mine = Delivery.objects.filter(mailing=mailing, address__subscriber=OuterRef("subscriber"))
    open_dues = Due.objects.filter(
        article=article_id, delivery=None, subscriber__pk__range=(first, first + RANGE - 1)
    )
    open_dues.update(delivery=Subquery(mine.values("pk")[:1]))


@transaction.atomic
def _start(mailing: Mailing, rendering: Rendering, article_id: int) -> None:
    """Sending may begin, if the words are still those that readers see.

    A change published while the rows were written is found by the sweep's next round,
    which renders anew; no mail has gone out before the start.
    """
    article = Article.objects.select_for_update(of=("self",)).get(pk=article_id)
    if not article.is_public:
        cancel_mailing(mailing.pk)
    elif rendering.variant == f"revision:{article.live_id}":
        use_rendering(mailing, rendering)
        start_mailing(mailing.pk)
