"""From dues to deliveries: everyone with the same stories for the same reasons is one bundle.

Words are made for each bundle, in Python; the rows of readers are made by the database.
"""

import hashlib
from collections.abc import Iterator
from functools import cached_property

from django.db import connection
from django.db.models import Exists, Max, OuterRef, QuerySet
from django.utils import timezone

from articles.models import Article, Revision
from newsroom.kit.bulk import joins_of_many
from newsroom.mail.letters import Letter
from newsroom.mail.models import Delivery, Rendering
from newsroom.mail.services import add_rendering, called_off_with, fill_from
from subscriptions.bundles import Bundled, parcels
from subscriptions.emails import article_letter, digest_letter
from subscriptions.models import Bundle, Cadence, Due, Subscriber
from subscriptions.services.renewing import Filler

RANGE = 20_000  # Subscribers a statement: about a tenth of a second on SQLite.
FIRST = 5_000  # Of the first one: as many as leave while the next is written.


class Packer(Filler):
    """Packs the dues of one mailing."""

    @cached_property
    def was_called_off(self) -> bool:
        """Whether some of it was called off with it, and waits again if it is owed."""
        return called_off_with(self.mailing).exists()

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
        """The frozen words of a bundle; the same row for whoever comes second.

        Its line is kept too: it says what they say, should that change.
        """
        variant = f"{bundled.cadence}:{hashlib.sha256(str(bundled).encode()).hexdigest()[:40]}"
        made = self.mailing.renderings.filter(variant=variant).first()
        if made is None:
            letter, carries = letter_of(bundled), bundled.carries
            made = add_rendering(self.mailing, letter, variant=variant, carries=carries)
        Bundle.objects.get_or_create(
            mailing=self.mailing, stories=str(bundled), defaults={"rendering": made}
        )
        return made

    def pack(self, dues: QuerySet[Due]) -> int:
        """Inside a transaction that holds their articles: a Delivery for each reader of these
        dues who has none of this mailing, and the dues tied to it; how many are new.

        What was called off with the mailing, and is owed again, counts as none."""
        with joins_of_many():
            return self._pack(dues)

    def _pack(self, dues: QuerySet[Due]) -> int:
        mine = Delivery.objects.filter(mailing=self.mailing)
        last = mine.aggregate(last=Max("pk"))["last"] or 0
        if self.was_called_off:  # Its rows count as if they were not there, until they wait again.
            mine, last = mine.exclude(pk__in=called_off_with(self.mailing)), 0
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

    def words_now(self, rendering: Rendering, waiting: QuerySet[Delivery]) -> Rendering | None:
        """The same stories in the words that readers see, without those that they do not."""
        bundle = Bundle.objects.filter(rendering=rendering).first()
        if bundle is None:
            return None
        before = Bundled.read(bundle.stories)
        now = before.as_now()
        if len(now.stories) < len(before.stories):
            _let_go(waiting)
        return self.words(now) if now.stories else None


def _let_go(waiting: QuerySet[Delivery]) -> None:
    """A story that a digest no longer carries is owed again, should it come back."""
    gone = Due.objects.filter(delivery__in=waiting).exclude(cadence=Cadence.AT_ONCE)
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
    """First and last id of each 20,000 of these readers, from `start` on.

    At the very beginning of 5,000, for until they are written no mail leaves.
    """
    ids = readers.order_by("pk").values_list("pk", flat=True)
    while (first := ids.filter(pk__gte=start).first()) is not None:
        size = RANGE if start else FIRST
        last = ids.filter(pk__gte=first)[size - 1 : size].first() or ids.last() or first
        yield first, last
        start = last + 1
