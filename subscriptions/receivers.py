"""What this room does at other rooms' news."""

from collections.abc import Collection, Iterable, Iterator
from datetime import datetime
from functools import partial
from typing import Any

from django.db import transaction
from django.dispatch import receiver

from articles.models import Article
from articles.services import MailPlan
from articles.signals import (
    article_changed,
    article_published,
    article_withdrawn,
    every_page_asked,
    mail_moment_asked,
    stories_shown,
)
from newsroom.mail.models import Address, Mailing
from newsroom.mail.signals import address_left, address_returned, quiet_asked, reader_sought
from subscriptions import services, shown, tasks


@receiver(article_published)
def promise_announcement(
    article: Article,
    announce: bool,  # noqa: FBT001 - The signal's own names.
    not_before: datetime | None = None,
    **_: Any,
) -> None:
    """Promise the story to subscribers, in the transaction that publishes it."""
    mailing = services.promise_announcement(article, not_before) if announce else None
    if mailing is not None and mailing.not_before is not None:
        _announce_at(article, mailing.not_before)


def _announce_at(article: Article, moment: datetime) -> None:
    enqueue = partial(tasks.announce_at, article.pk, moment)
    transaction.on_commit(enqueue, robust=True)  # The sweep finds it if the broker is away.


@receiver(article_withdrawn)
def call_off_announcement(article: Article, **_: Any) -> None:
    services.call_off(article)
    _tell_anew(article)


@receiver(article_changed)
def take_up_announcement(article: Article, plan: MailPlan | None = None, **_: Any) -> None:
    """A story withdrawn before its mail began has come back, or the words of one have changed."""
    begins = services.take_up_again(article, plan)
    if begins is not None:
        _announce_at(article, begins)
    _tell_anew(article)


def _tell_anew(article: Article) -> None:
    """What waits to be sent with old words of the story is packed anew; the sweep begins it too."""
    if services.words_changed(article):
        transaction.on_commit(tasks.sweep.delay, robust=True)


@receiver(mail_moment_asked)
def moment_before(article: Article, **_: Any) -> datetime | None:
    """What the editor had decided before the story was withdrawn."""
    return services.moment_before(article)


@receiver(stories_shown)
def pages_with_stories(article_ids: Iterable[int], **_: Any) -> set[str]:
    """The editions that hold these stories."""
    return shown.stories_changed(article_ids)


@receiver(every_page_asked)
def every_page(**_: Any) -> Iterator[str]:
    return shown.every_page()


@receiver(address_left)
def note_leaving(
    address: Address,
    wish: str = "",
    everything: bool = True,  # noqa: FBT001, FBT002 - As above.
    before: Address | None = None,
    **_: Any,
) -> bool:
    """Someone pressed Leave here, or at the foot of a mail, or their mail program did."""
    everything = everything or not wish
    return services.note_leaving(address, wish=wish, everything=everything, before=before)


@receiver(reader_sought)
def find_reader(address: Address, wish: str, **_: Any) -> Address | None:
    """Where whoever got a mailing gets mail now, if they have moved since."""
    return services.moved_to(address, wish)


@receiver(quiet_asked)
def name_sleepers(mailing: Mailing, addresses: Collection[int], **_: Any) -> dict[int, datetime]:
    return services.quiet_until(mailing, addresses)


@receiver(address_returned)
def note_return(address: Address, wish: str = "", **_: Any) -> bool:
    return services.note_return(address, wish=wish)
