"""A correction by mail: to exactly those who were mailed the words that were wrong.

The ledger knows which revision each message carried; who has moved to another address since
is told there. The mailing `correction:ID` is promised
once the editor has seen the count, and filled like an announcement: in ranges, each a commit
and harmless to repeat. It is filled again when what was on its way turns out to have left.
"""

import time
from collections.abc import Iterator
from datetime import timedelta
from typing import Any
from zlib import crc32

from django.core.cache import cache
from django.db import transaction
from django.db.models import QuerySet
from django.utils import timezone
from django.utils.translation import gettext as _

from articles.models import Article, Correction, Revision
from newsroom.kit.bulk import joins_of_many
from newsroom.mail.models import Delivery, Mailing, Rendering, RenderingCarries
from newsroom.mail.services import (
    add_rendering,
    cancel_mailing,
    fill_deliveries,
    promise_mailing,
    unfinished,
)
from subscriptions.emails import correction_letter
from subscriptions.services.packing import RANGE
from subscriptions.services.renewing import Filler, hold_articles
from subscriptions.services.tracing import moved, stayed

KEY = "correction:"
SECONDS = 2.0  # Of work for one task.
# A mailing that carried the words, the last delivery seen to, and what was on its way when the
# first was: a number for just these messages, 0 for none.
Place = tuple[int, int, int]
BEGINNING: Place = (0, 0, 0)
ON_ITS_WAY = (Delivery.State.CLAIMED, Delivery.State.IN_DOUBT)
PATIENCE = timedelta(days=30)  # So long a correction waits for somebody to settle a doubt.
MAY_HAVE_LEFT = (Delivery.State.SENT, Delivery.State.CLAIMED, Delivery.State.IN_DOUBT)


class CorrectionNotMailableError(Exception):
    """Why this correction cannot be mailed, for the editor."""


def wrong_versions(correction: Correction) -> QuerySet[Revision]:
    """The public versions from the first wrong one up to the one that put it right."""
    public = Revision.objects.filter(article=correction.article_id, published_at__isnull=False)
    first = correction.first_wrong or public.order_by("number").first()
    number = first.number if first else correction.revision.number
    return public.filter(number__gte=number, number__lt=correction.revision.number)


def wrong_deliveries(correction: Correction) -> QuerySet[Delivery]:
    """The messages that left with one of those versions, alone or in a digest."""
    keys = [f"revision:{pk}" for pk in wrong_versions(correction).values_list("pk", flat=True)]
    carried = RenderingCarries.objects.filter(key__in=keys).values("rendering")
    return Delivery.objects.filter(rendering__in=carried, state=Delivery.State.SENT)


def _on_its_way(correction: Correction, mailing: Mailing) -> int:
    """A number for the messages with those versions that may yet turn out to have left.

    0 if there is none, or if a doubt was left open for too long.
    """
    keys = [f"revision:{pk}" for pk in wrong_versions(correction).values_list("pk", flat=True)]
    carried = Rendering.objects.filter(carries__key__in=keys)
    rows = Delivery.objects.filter(
        mailing__in=carried.values("mailing"), rendering__in=carried, state__in=ON_ITS_WAY
    )
    ids = list(rows.order_by("pk").values_list("pk", flat=True))
    if not ids or timezone.now() - mailing.created_at > PATIENCE:
        return 0
    return crc32(f"{mailing.created_at} {ids}".encode()) or 1


def count_readers(correction: Correction) -> int:
    """How many people the correction would go to now.

    Who left, pauses, is suppressed or erased is not among them.
    """
    wrong = wrong_deliveries(correction)
    there = stayed(wrong).order_by().values("address")
    with joins_of_many():
        return there.union(moved(wrong).values("address")).count()


def corrections_of(article: Article) -> list[tuple[Correction, Mailing | None]]:
    """The story's corrections, the newest first, each with its mailing if it has one."""
    rows = list(article.corrections.filter(kind=Correction.Kind.CORRECTION))
    mailings = Mailing.objects.filter(key__in=[_key(row.pk) for row in rows]).in_bulk(
        field_name="key"
    )
    return [(row, mailings.get(_key(row.pk))) for row in rows]


def mailing_of(correction: Correction) -> Mailing | None:
    """Its mailing, once somebody wanted one."""
    return Mailing.objects.filter(key=_key(correction.pk)).first()


@transaction.atomic
def promise_correction(correction_id: int) -> Mailing:
    """The one mailing of this correction. Raises CorrectionNotMailableError.

    Its readers are told in the words of the correction, whatever becomes of the story's.
    """
    correction = Correction.objects.select_related("article", "revision").get(pk=correction_id)
    if correction.kind != Correction.Kind.CORRECTION:
        raise CorrectionNotMailableError(_("A clarification is not mailed."))
    if not correction.article.is_public:
        raise CorrectionNotMailableError(_("Readers cannot see this story at the moment."))
    return promise_mailing(_key(correction_id), not_before=timezone.now())


def unfinished_corrections() -> list[int]:
    """The corrections whose readers do not all have their rows yet."""
    rows = Mailing.objects.filter(unfinished(), key__startswith=KEY)
    return [
        int(key.removeprefix(KEY)) for key in rows.order_by("pk").values_list("key", flat=True)
    ]


def correct(correction_id: int) -> None:
    """Give everyone who was mailed the wrong words their row, however long that takes."""
    place: Place | None = BEGINNING
    while place is not None:
        place = correct_some(correction_id, place)


def correct_some(correction_id: int, place: Place = BEGINNING) -> Place | None:
    """Go on behind this place for two seconds; where to go on then, None at the end.

    While messages with the wrong words are on their way, or in doubt, it is not at its end: once
    they have left, or somebody says that they have, all of it is gone through again.
    """
    if correction_id not in unfinished_corrections():
        return None
    mailing = Mailing.objects.get(key=_key(correction_id))
    until = time.monotonic() + SECONDS
    corrections = Correction.objects.select_related("article", "revision", "first_wrong")
    teller = Teller(mailing, corrections.get(pk=correction_id))
    if not teller.renew(until):
        return place
    if place == BEGINNING:
        place = (0, 0, _on_its_way(teller.correction, mailing))
        if teller.has_seen(place):
            return None
    return teller.go_on(place, until)


class Teller(Filler):
    """Tells readers of one correction."""

    def __init__(self, mailing: Mailing, correction: Correction) -> None:
        super().__init__(mailing)
        self.correction = correction
        self._seen = f"correction-saw:{correction.pk}"

    def has_seen(self, place: Place) -> bool:
        """Whether all was gone through while these very messages were on their way."""
        goes_out = self.mailing.state == Mailing.State.SENDING
        return goes_out and place != BEGINNING and cache.get(self._seen) == place[2]

    def go_on(self, place: Place, until: float) -> Place | None:
        """Behind this place, until that moment of the monotonic clock; as `correct_some`."""
        wrong = wrong_deliveries(self.correction)
        for some, reached in _ranges(stayed(wrong), place):
            if not self.fill(some.values("address").distinct()):
                return None
            place = reached
            if time.monotonic() > until:
                return place
        return self._close(place) if self.fill(_elsewhere(self.mailing, wrong)) else None

    def _close(self, place: Place) -> Place | None:
        if place[2]:  # Only a hint: without it all is gone through once more.
            cache.set(self._seen, place[2], timeout=None)
            return None
        return None if self.end() else place

    @transaction.atomic
    def fill(self, readers: QuerySet[Any, Any]) -> bool:
        """A Delivery for each of these addresses; False if the story was withdrawn meanwhile."""
        hold_articles([self.correction.article_id])
        words = self._words()
        if words is None:
            cancel_mailing(self.mailing.pk)
            return False
        fill_deliveries(self.mailing, words, readers)
        self.begin()
        return True

    def words_now(self, rendering: Rendering, waiting: QuerySet[Delivery]) -> Rendering | None:
        return self._words()

    def _words(self) -> Rendering | None:
        """The letter with the story as it stands now; None if it was withdrawn."""
        article = Article.objects.published().filter(pk=self.correction.article_id).first()
        if article is None:
            return None
        variant = f"revision:{article.live_id}"
        made = self.mailing.renderings.filter(variant=variant).first()
        if made is not None:
            return made
        self.correction.article = article
        letter, carries = correction_letter(self.correction), [variant, self.mailing.key]
        return add_rendering(self.mailing, letter, variant=variant, carries=carries)


def _ranges(wrong: QuerySet[Delivery], place: Place) -> Iterator[tuple[QuerySet[Delivery], Place]]:
    """The deliveries mailing by mailing, at most 20,000 at once, in the order of an index."""
    of, after, on_its_way = place
    rows = wrong.order_by("mailing_id").values_list("mailing_id", flat=True).distinct()
    with joins_of_many():
        mailings = list(rows.filter(mailing_id__gte=of))
    for mailing in mailings:
        mine = wrong.filter(mailing=mailing).order_by("pk")
        after = after if mailing == of else 0
        while (last := _last_of_range(mine.filter(pk__gt=after))) is not None:
            yield mine.filter(pk__gt=after, pk__lte=last), (mailing, last, on_its_way)
            after = last


def _last_of_range(rows: QuerySet[Delivery]) -> int | None:
    ids = rows.values_list("pk", flat=True)
    with joins_of_many():
        return ids[RANGE - 1 : RANGE].first() or ids.last()


def _elsewhere(mailing: Mailing, wrong: QuerySet[Delivery]) -> QuerySet[Any, Any]:
    """The new addresses of those who have moved; not of who got it before they did."""
    got = moved(Delivery.objects.filter(mailing=mailing, state__in=MAY_HAVE_LEFT))
    return moved(wrong).exclude(pk__in=got.values("pk")).values("address")


def _key(correction_id: int) -> str:
    return f"{KEY}{correction_id}"
