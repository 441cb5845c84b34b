"""What waits to be sent leaves in words that readers see at that moment, or not at all.

A change or a withdrawal halts, in its own transaction, each mailing that has something unsent
in words which are not live any more. Whoever fills the mailing gives it other words, and sets
it going only while it holds the mailing and nothing waits in old ones. A change that comes
just then waits for that, and halts it again.
"""

import time
from abc import ABC, abstractmethod
from collections.abc import Iterable

from django.db import transaction
from django.db.models import Exists, OuterRef, QuerySet

from articles.models import Article, Revision
from newsroom.mail.models import Delivery, Mailing, Rendering, RenderingCarries
from newsroom.mail.services import (
    begin_mailing,
    cancel_deliveries,
    end_filling,
    move_deliveries,
    refill_mailing,
)

AT_ONCE = 20_000  # Messages that get other words in one commit.
SOME = 50  # Renderings likewise.
KEY = "revision:"
WAITS = (Delivery.State.QUEUED, Delivery.State.DEFERRED)
UNSENT = (*WAITS, Delivery.State.CLAIMED)
GONE = "Its stories were withdrawn."


class Filler(ABC):
    """Writes the messages of one mailing, and keeps true what they say until they leave."""

    def __init__(self, mailing: Mailing) -> None:
        self.mailing = mailing

    @abstractmethod
    def words_now(self, rendering: Rendering, waiting: QuerySet[Delivery]) -> Rendering | None:
        """Inside a transaction that holds its stories: the words to put in the place of these.

        None if nothing is left to say. `waiting`: the messages that get them.
        """

    def renew(self, until: float) -> bool:
        """Give other words to what waits in old ones, each step a commit and harmless to repeat.

        False if some is left at that moment of the monotonic clock.
        """
        while self._stale().exists():
            self._renew_some()
            if time.monotonic() > until:
                return False
        return True

    def begin(self) -> bool:
        """Inside a transaction: send what is written; False if some of it waits in old words."""
        mailing = Mailing.objects.select_for_update(no_key=True).get(pk=self.mailing.pk)
        if mailing.state != Mailing.State.SENDING and self._stale().exists():
            return False  # It has been halted meanwhile. What is being sent has no such words.
        begin_mailing(mailing.pk)
        return True

    @transaction.atomic
    def end(self) -> bool:
        """All its messages are written; False if some wait in old words."""
        return self.begin() and end_filling(self.mailing.pk)

    @transaction.atomic
    def _renew_some(self) -> None:
        self._hold()
        moved = 0
        for rendering in self._stale()[:SOME]:
            moved += self._renew(rendering)
            if moved >= AT_ONCE:
                break

    def _renew(self, rendering: Rendering) -> int:
        waiting = Delivery.objects.filter(rendering=rendering, state__in=WAITS)
        last = waiting.order_by("pk").values_list("pk", flat=True)[AT_ONCE - 1 : AT_ONCE].first()
        some = waiting if last is None else waiting.filter(pk__lte=last)
        words = self.words_now(rendering, some)
        return cancel_deliveries(some, GONE) if words is None else move_deliveries(some, words)

    def _hold(self) -> None:
        """Nobody changes a story that it carries until the transaction ends, nor begins it."""
        pks = [_pk(key) for key in self._carried()]
        hold_articles(Revision.objects.filter(pk__in=pks).values_list("article", flat=True))
        Mailing.objects.select_for_update(no_key=True).get(pk=self.mailing.pk)

    def _stale(self) -> QuerySet[Rendering]:
        """Its renderings in which something waits, and which carry words that are not live."""
        keys = self._carried()
        live = Article.objects.published().filter(live__in=[_pk(key) for key in keys])
        old = set(keys) - {f"{KEY}{pk}" for pk in live.values_list("live", flat=True)}
        waiting = Delivery.objects.filter(rendering=OuterRef("pk"), state__in=WAITS)
        carrying = RenderingCarries.objects.filter(rendering=OuterRef("pk"), key__in=old)
        rows = self.mailing.renderings.filter(Exists(carrying), Exists(waiting))
        return rows.order_by("pk") if old else rows.none()

    def _carried(self) -> list[str]:
        """The keys of the versions that its renderings carry."""
        keys = RenderingCarries.objects.filter(rendering__mailing=self.mailing)
        named = keys.filter(key__startswith=KEY)
        return list(named.values_list("key", flat=True).distinct())


def _pk(key: str) -> int:
    return int(key.removeprefix(KEY))


@transaction.atomic
def words_changed(article: Article) -> list[str]:
    """The story was changed or withdrawn: nothing leaves with words of it that are not live.

    Returns the keys of the mailings that have to be filled anew.
    """
    live = f"{KEY}{article.live_id}" if article.is_public else ""
    keys = [f"{KEY}{pk}" for pk in article.revisions.values_list("pk", flat=True)]
    stale = Rendering.objects.filter(carries__key__in=keys).exclude(carries__key=live)
    unsent = Delivery.objects.filter(rendering__in=stale, state__in=UNSENT)
    rows = Mailing.objects.filter(
        Exists(unsent.filter(mailing=OuterRef("pk"))), priority=Mailing.Priority.LIST
    )
    for mailing in rows:
        refill_mailing(mailing.pk)
    return [mailing.key for mailing in rows]


def hold_articles(article_ids: Iterable[int]) -> None:
    """Inside a transaction: nobody publishes or withdraws these stories until its end."""
    rows = Article.objects.select_for_update(of=("self",)).filter(pk__in=article_ids)
    list(rows.order_by("pk").values_list("pk"))
