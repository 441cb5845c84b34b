"""From dues to deliveries: everyone with the same stories for the same reasons is one bundle.

Words are made for each bundle, in Python; the rows of readers are made by the database.
"""

import hashlib
from collections.abc import Iterable, Iterator

from django.db import connection, transaction
from django.db.models import Exists, Max, OuterRef, QuerySet
from django.utils import timezone

from articles.models import Article, Revision
from newsroom.kit.bulk import joins_of_many
from newsroom.mail.letters import Letter
from newsroom.mail.models import Delivery, Mailing, Rendering
from newsroom.mail.services import (
    add_rendering,
    cancel_deliveries,
    fill_from,
    move_deliveries,
    refill_mailing,
)
from subscriptions.bundles import Bundled, parcels
from subscriptions.emails import article_letter, digest_letter
from subscriptions.models import Bundle, Cadence, Due, Subscriber

RANGE = 20_000  # Subscribers a statement: about a tenth of a second on SQLite.
UNSENT = (Delivery.State.QUEUED, Delivery.State.CLAIMED, Delivery.State.DEFERRED)


class Packer:
    """Packs the dues of one mailing."""

    def __init__(self, mailing: Mailing) -> None:
        self.mailing = mailing

    def prepare(self, dues: QuerySet[Due]) -> None:
        """Make the words that these dues need and that are not there yet."""
        wanted = set(parcels(dues).values_list("stories", flat=True).distinct())
        there = Bundle.objects.filter(mailing=self.mailing, stories__in=wanted)
        for line in sorted(wanted - set(there.values_list("stories", flat=True))):
            Bundle.objects.get_or_create(
                mailing=self.mailing,
                stories=line,
                defaults={"rendering": self.words(Bundled.read(line))},
            )

    def words(self, bundled: Bundled) -> Rendering:
        """The frozen words of a bundle; the same row for whoever comes second."""
        variant = f"{bundled.cadence}:{hashlib.sha256(str(bundled).encode()).hexdigest()[:40]}"
        made = self.mailing.renderings.filter(variant=variant).first()
        if made is not None:
            return made
        letter = letter_of(bundled)
        return add_rendering(self.mailing, letter, variant=variant, carries=bundled.carries)

    def pack(self, dues: QuerySet[Due]) -> int:
        """Inside a transaction that holds their articles: a Delivery for each reader of these
        dues who has none of this mailing, and the dues tied to it; how many are new."""
        with joins_of_many():
            return self._pack(dues)

    def _pack(self, dues: QuerySet[Due]) -> int:
        mine = Delivery.objects.filter(mailing=self.mailing)
        last = mine.aggregate(last=Max("pk"))["last"] or 0
        packed = mine.filter(address__subscriber=OuterRef("subscriber"))
        fresh = dues.filter(~Exists(packed))
        self.prepare(fresh)
        new = self._fill(fresh)
        self._tie(dues, last)
        return new

    def _tie(self, dues: QuerySet[Due], last: int) -> None:
        """The deliveries that are newer than `last`, each to its reader's dues."""
        select, params = dues.values("pk").query.get_compiler(connection=connection).as_sql()
        sql = f"""
            UPDATE subscriptions_due SET delivery_id = made.id, due_at = %s
            FROM (
                SELECT delivery.id, reader.id AS reader_id FROM mail_delivery delivery
                JOIN subscriptions_subscriber reader ON reader.address_id = delivery.address_id
                WHERE delivery.mailing_id = %s AND delivery.id > %s
            ) AS made
            WHERE made.reader_id = subscriptions_due.subscriber_id
                AND subscriptions_due.id IN ({select})
        """  # noqa: S608 - The query set's own SQL; its values are parameters.
        now = connection.ops.adapt_datetimefield_value(timezone.now())
        with connection.cursor() as cursor:
            cursor.execute(sql, [now, self.mailing.pk, last, *params])

    def _fill(self, dues: QuerySet[Due]) -> int:
        select, params = parcels(dues).query.get_compiler(connection=connection).as_sql()
        bundle = connection.ops.quote_name(Bundle._meta.db_table)
        sql = f"""
            SELECT parcel.subscriber__address, bundle.rendering_id FROM ({select}) parcel
            JOIN {bundle} bundle ON bundle.mailing_id = %s AND bundle.stories = parcel.stories
        """  # noqa: S608 - The query set's own SQL; its values are parameters.
        return fill_from(self.mailing, sql, [*params, self.mailing.pk])

    def renew(self) -> None:
        """Give what waits to be sent the words that readers see now, and call off the rest."""
        unsent = Delivery.objects.filter(rendering=OuterRef("rendering"), state__in=UNSENT)
        rows = Bundle.objects.filter(Exists(unsent), mailing=self.mailing)
        for bundle in rows.select_related("rendering").distinct():
            before = Bundled.read(bundle.stories)
            now = before.as_now()
            if now == before:
                continue
            self._let_go(bundle.rendering)
            if now.stories:
                move_deliveries(bundle.rendering, self.words(now))
            else:
                gone = Delivery.objects.filter(rendering=bundle.rendering)
                cancel_deliveries(gone, "Its stories were withdrawn.")

    def _let_go(self, rendering: Rendering) -> None:
        """A story that a digest no longer carries is owed again, should it come back."""
        unsent = Delivery.objects.filter(rendering=rendering, state__in=UNSENT)
        gone = Due.objects.filter(delivery__in=unsent).exclude(cadence="at_once")
        gone.exclude(article__in=Article.objects.published()).update(delivery=None)


def letter_of(bundled: Bundled) -> Letter:
    """A story of its own, or a digest."""
    if bundled.cadence != Cadence.AT_ONCE:
        return digest_letter(bundled)
    ((pk, why),) = bundled.stories
    revision = Revision.objects.select_related("article").get(pk=pk)
    revision.article.live = revision  # The words asked for, whatever has become live since.
    return article_letter(revision.article, why)


def ranges(readers: QuerySet[Subscriber], start: int = 0) -> Iterator[tuple[int, int]]:
    """First and last id of each 20,000 of these readers, from `start` on."""
    ids = readers.order_by("pk").values_list("pk", flat=True)
    while (first := ids.filter(pk__gte=start).first()) is not None:
        last = ids.filter(pk__gte=first)[RANGE - 1 : RANGE].first() or ids.last() or first
        yield first, last
        start = last + 1


@transaction.atomic
def words_changed(article: Article) -> list[str]:
    """The story was changed or withdrawn: nothing leaves with words of it that are not live.

    Returns the keys of the mailings that have to be filled anew.
    """
    live = f"revision:{article.live_id}" if article.is_public else ""
    keys = [f"revision:{pk}" for pk in article.revisions.values_list("pk", flat=True)]
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
