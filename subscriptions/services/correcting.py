"""A correction by mail: to exactly those who were mailed the words that were wrong.

The ledger knows which revision each message carried; who has moved to another address since
is told there. The mailing `correction:ID` is promised
once the editor has seen the count, and filled like an announcement: in ranges, each a commit
and harmless to repeat.
"""

import time
from collections.abc import Iterator
from typing import Any

from django.db import transaction
from django.db.models import QuerySet
from django.utils import timezone
from django.utils.translation import gettext as _

from articles.models import Article, Correction, Revision
from newsroom.kit.bulk import joins_of_many
from newsroom.mail.models import Delivery, Mailing, Rendering, RenderingCarries
from newsroom.mail.services import (
    add_rendering,
    begin_mailing,
    cancel_mailing,
    end_filling,
    fill_deliveries,
    move_deliveries,
    promise_mailing,
)
from subscriptions.emails import correction_letter
from subscriptions.services.packing import RANGE, hold_articles
from subscriptions.services.tracing import moved, stayed

KEY = "correction:"
SECONDS = 2.0  # Of work for one task.
Place = tuple[int, int]  # A mailing that carried the words, and the last delivery seen to.
BEGINNING: Place = (0, 0)
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
    rows = Mailing.objects.filter(
        key__startswith=KEY,
        state__in=[Mailing.State.FILLING, Mailing.State.SENDING],
        filled_at=None,
    )
    return [
        int(key.removeprefix(KEY)) for key in rows.order_by("pk").values_list("key", flat=True)
    ]


def correct(correction_id: int) -> None:
    """Give everyone who was mailed the wrong words their row, however long that takes."""
    place: Place | None = BEGINNING
    while place is not None:
        place = correct_some(correction_id, place)


def correct_some(correction_id: int, place: Place = BEGINNING) -> Place | None:
    """Go on behind this place for two seconds; where to go on then, None at the end."""
    if correction_id not in unfinished_corrections():
        return None
    mailing = Mailing.objects.get(key=_key(correction_id))
    until = time.monotonic() + SECONDS
    corrections = Correction.objects.select_related("article", "revision", "first_wrong")
    correction = corrections.get(pk=correction_id)
    wrong = wrong_deliveries(correction)
    for some, reached in _ranges(stayed(wrong), place):
        if not _fill(mailing, correction, some.values("address").distinct()):
            return None
        if time.monotonic() > until:
            return reached
    if _fill(mailing, correction, _elsewhere(mailing, wrong)):
        end_filling(mailing.pk)
    return None


def _ranges(wrong: QuerySet[Delivery], place: Place) -> Iterator[tuple[QuerySet[Delivery], Place]]:
    """The deliveries mailing by mailing, at most 20,000 at once, in the order of an index."""
    of, after = place
    rows = wrong.order_by("mailing_id").values_list("mailing_id", flat=True).distinct()
    with joins_of_many():
        mailings = list(rows.filter(mailing_id__gte=of))
    for mailing in mailings:
        mine = wrong.filter(mailing=mailing).order_by("pk")
        after = after if mailing == of else 0
        while (last := _last_of_range(mine.filter(pk__gt=after))) is not None:
            yield mine.filter(pk__gt=after, pk__lte=last), (mailing, last)
            after = last


def _last_of_range(rows: QuerySet[Delivery]) -> int | None:
    ids = rows.values_list("pk", flat=True)
    with joins_of_many():
        return ids[RANGE - 1 : RANGE].first() or ids.last()


def _elsewhere(mailing: Mailing, wrong: QuerySet[Delivery]) -> QuerySet[Any, Any]:
    """The new addresses of those who have moved; not of who got it before they did."""
    got = moved(Delivery.objects.filter(mailing=mailing, state__in=MAY_HAVE_LEFT))
    return moved(wrong).exclude(pk__in=got.values("pk")).values("address")


@transaction.atomic
def _fill(mailing: Mailing, correction: Correction, readers: QuerySet[Any, Any]) -> bool:
    """A Delivery for each of these addresses; False if the story was withdrawn meanwhile."""
    hold_articles([correction.article_id])
    article = Article.objects.published().filter(pk=correction.article_id).first()
    if article is None:
        cancel_mailing(mailing.pk)
        return False
    words = _words(mailing, correction, article)
    fill_deliveries(mailing, words, readers)
    begin_mailing(mailing.pk)
    return True


def _words(mailing: Mailing, correction: Correction, article: Article) -> Rendering:
    """The letter with the story as it stands now; what waits with older words gets it too."""
    variant = f"revision:{article.live_id}"
    made = mailing.renderings.filter(variant=variant).first()
    if made is None:
        correction.article = article
        letter = correction_letter(correction)
        carries = [variant, _key(correction.pk)]
        made = add_rendering(mailing, letter, variant=variant, carries=carries)
        for old in mailing.renderings.exclude(pk=made.pk):
            move_deliveries(old, made)
    return made


def _key(correction_id: int) -> str:
    return f"{KEY}{correction_id}"
