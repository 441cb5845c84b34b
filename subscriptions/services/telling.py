"""When and to how many a story was mailed, as the ledger knows it."""

from dataclasses import dataclass, field
from datetime import datetime

from django.db.models import Count, QuerySet
from django.utils import timezone

from articles.models import Article, Correction
from newsroom.mail.models import Delivery, Mailing, RenderingCarries
from subscriptions.models import Due
from subscriptions.services import announcing, correcting, digesting
from subscriptions.services.counting import Audience, Going, audience_of

State = Delivery.State
NOT_SETTLED = (State.QUEUED, State.CLAIMED, State.DEFERRED)


@dataclass(frozen=True)
class Told:
    """What of a story's own mailing, the digests with it, and its corrections has left."""

    mailing: Mailing | None
    counts: dict[str, int] = field(default_factory=dict)
    first_at: datetime | None = None
    last_at: datetime | None = None
    in_digests: int = 0
    digest_at: datetime | None = None
    waiting_for_digest: int = 0
    corrections: list[tuple[Correction, Mailing | None]] = field(default_factory=list)
    audience: Audience | None = None  # Counted anew for the moment at which its mail begins.
    going: Going = field(default_factory=Going)

    @property
    def sent(self) -> int:
        """Messages that left and, as far as is known, arrived."""
        return self.counts.get(State.SENT, 0)

    @property
    def came_back(self) -> int:
        return self.counts.get(State.BOUNCED, 0) + self.counts.get(State.FAILED, 0)

    @property
    def in_doubt(self) -> int:
        return self.counts.get(State.IN_DOUBT, 0)

    @property
    def waiting(self) -> int:
        """Messages that may still leave."""
        return sum(self.counts.get(state, 0) for state in NOT_SETTLED)

    @property
    def held_until(self) -> datetime | None:
        """When its mail begins; None if that moment has come, or there is none."""
        return _held_until(self.mailing)


def told_of(article: Article) -> Told:
    """The whole truth at this moment, for the story's page at the desk."""
    mailing = Mailing.objects.filter(key=f"{announcing.KEY}{article.pk}").first()
    sent = Delivery.objects.filter(mailing=mailing, state=State.SENT).order_by("pk")
    digests = _digests_with(article)
    audience = _audience(article, mailing)
    return Told(
        mailing=mailing,
        counts=_counts(mailing) if mailing else {},
        first_at=sent.values_list("sent_at", flat=True).first() if mailing else None,
        last_at=sent.values_list("sent_at", flat=True).last() if mailing else None,
        in_digests=digests.count(),
        digest_at=digests.order_by("-pk").values_list("sent_at", flat=True).first(),
        waiting_for_digest=_waiting(article),
        corrections=correcting.corrections_of(article),
        audience=audience,
        going=audience.going(article.mail_choice) if audience else Going(),
    )


def _held_until(mailing: Mailing | None) -> datetime | None:
    if mailing is None or mailing.state != Mailing.State.FILLING:
        return None
    begins = mailing.not_before
    return begins if begins is not None and begins > timezone.now() else None


def _audience(article: Article, mailing: Mailing | None) -> Audience | None:
    begins = _held_until(mailing)
    if mailing is None or begins is None:
        return None
    return audience_of(article, begins, since=mailing.created_at)


def _counts(mailing: Mailing) -> dict[str, int]:
    rows = Delivery.objects.filter(mailing=mailing).order_by().values_list("state")
    return dict(rows.annotate(Count("pk")))


def _digests_with(article: Article) -> QuerySet[Delivery]:
    keys = [f"revision:{pk}" for pk in article.revisions.values_list("pk", flat=True)]
    carrying = RenderingCarries.objects.filter(
        key__in=keys, rendering__mailing__key__startswith=digesting.KEY
    )
    return Delivery.objects.filter(rendering__in=carrying.values("rendering"), state=State.SENT)


def _waiting(article: Article) -> int:
    if not article.is_public:
        return 0
    return Due.objects.filter(article=article, delivery=None).exclude(cadence="at_once").count()
