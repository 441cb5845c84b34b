"""What a person wishes, and when they can do with mail."""

from collections.abc import Iterable, Mapping
from dataclasses import asdict, dataclass
from datetime import datetime, timedelta

from django.db import transaction
from django.db.models import QuerySet
from django.utils import timezone

from articles.models import Article
from newsroom.mail.claims import SENT_BY_HAND
from newsroom.mail.models import Address, Delivery
from newsroom.mail.services import cancel_deliveries
from subscriptions.clocks import add_clock
from subscriptions.models import Cadence, Due, Subscriber, Subscription
from subscriptions.models.wishes import fits
from subscriptions.reasons import thing_of
from subscriptions.schedule import next_daily, next_weekly, zone_of
from subscriptions.services.noting import What, note

Wishes = Mapping[str, str]  # The word of each wish, as in `Subscription.word`, and its rhythm.
UNDO_FOR = timedelta(hours=1)
UNSENT = (Delivery.State.QUEUED, Delivery.State.CLAIMED, Delivery.State.DEFERRED)


@dataclass(frozen=True)
class Hours:
    """When mail may come; hours are those of the wall clock in the zone, 0 to 23."""

    zone: str = ""
    hour: int = 7
    weekday: int = 0
    quiet_from: int | None = None
    quiet_to: int | None = None
    daily_cap: int | None = None
    breaking_at_once: bool = False


@transaction.atomic
def choose(subscriber_id: int, wishes: Wishes, hours: Hours | None = None) -> Subscriber:
    """These are the wishes from now on, and the hours; what already waits follows them.

    Nothing changes for someone who is not subscribed: a pending wish is not a confirmed one.
    """
    if hours is not None:  # Before any lock: somebody may be making the same clock.
        add_clock(hours.zone, hours.hour, hours.weekday)
    subscriber = Subscriber.objects.select_for_update().get(pk=subscriber_id)
    if not subscriber.is_subscribed:
        return subscriber
    if hours is not None:
        for name, value in asdict(hours).items():
            setattr(subscriber, name, value)
        subscriber.save()
    set_wishes(subscriber, wishes)
    note(subscriber, What.CHANGED)
    follow(subscriber)
    return subscriber


def set_wishes(subscriber: Subscriber, wishes: Wishes) -> None:
    """Inside a transaction: exactly these stand; those of things that are gone are left out.

    Whoever had every story has wished for each of them since then: none is lost by narrowing.
    """
    since = None
    standing = list(subscriber.subscriptions.standing())
    for wish in standing:
        if wish.what == Subscription.What.ALL:
            since = wish.wished_at or subscriber.wants_since
    _leave(subscriber, [wish for wish in standing if wish.word not in wishes])
    for word, cadence in wishes.items():
        set_wish(subscriber, word, cadence, since=since)


def set_wish(
    subscriber: Subscriber, word: str, cadence: str, *, since: datetime | None = None
) -> None:
    """One wish in this rhythm: a new one, an old one that stands again, or one in another.

    `since`: when its stories were first wished for; now, unless another wish had them until now.
    """
    what, thing = word.partition(":")[0], thing_of(word)
    if what != Subscription.What.ALL and thing is None:
        return
    named = {} if thing is None else {what: thing}
    wish, made = Subscription.objects.get_or_create(
        subscriber=subscriber,
        what=what,
        **named,
        defaults={"cadence": cadence, "wished_at": since or timezone.now()},
    )
    if made:
        return
    if wish.left_at is not None:
        wish.left_at, wish.wished_at = None, since or timezone.now()
    wish.cadence = cadence
    wish.save()


@transaction.atomic
def leave_wishes(subscriber: Subscriber, words: set[str]) -> bool:
    """These wishes no longer stand; whether others do."""
    standing = list(subscriber.subscriptions.standing())
    gone = [wish for wish in standing if wish.word in words]
    _leave(subscriber, gone)
    note(subscriber, What.CHANGED)
    follow(subscriber)
    return len(standing) > len(gone)


def _leave(subscriber: Subscriber, wishes: list[Subscription]) -> None:
    keep_what_waits(subscriber, wishes)
    gone = [wish.pk for wish in wishes]
    Subscription.objects.filter(pk__in=gone).update(left_at=timezone.now())


def keep_what_waits(subscriber: Subscriber, wishes: Iterable[Subscription]) -> None:
    """Inside a transaction, before it is dropped: whoever undoes their leaving has it again."""
    waiting = [(due.article_id, due.why.split(",")) for due in _waiting(subscriber)]
    for wish in wishes:
        wish.waited = [article for article, why in waiting if wish.word in why]
        wish.save(update_fields=["waited"])


@transaction.atomic
def take_back(subscriber: Subscriber, words: set[str]) -> bool:
    """The wishes left within the last hour stand again, each in its rhythm; whether any does."""
    since = timezone.now() - UNDO_FOR
    left = subscriber.subscriptions.filter(left_at__gt=since)
    ours = [wish for wish in left if wish.word in words]
    if not ours:
        return False
    Subscription.objects.filter(pk__in=[wish.pk for wish in ours]).update(left_at=None)
    note(subscriber, What.CHANGED)
    if subscriber.state == Subscriber.State.CONFIRMED:
        owe_again(subscriber, ours)
    return True


def owe_again(subscriber: Subscriber, wishes: Iterable[Subscription]) -> None:
    """Inside a transaction: what waited for the sake of these waits again, if it has not gone."""
    for wish in wishes:
        for article in Article.objects.filter(pk__in=wish.waited or []):
            _owe_again(subscriber, article, wish.word)
    follow(subscriber)


def _owe_again(subscriber: Subscriber, article: Article, word: str) -> None:
    usual = {"why": word, "cadence": Cadence.DAILY, "due_at": timezone.now()}
    due, made = subscriber.dues.get_or_create(article=article, defaults=usual)
    if not made and due.delivery_id is None and word not in due.why.split(","):
        due.why = f"{due.why},{word}"
        due.save()


def words_of_mailing(address: Address, key: str) -> set[str]:
    """The words of the wishes for which a mailing went to the reader who gets mail here now.

    A correction went for the sake of those for which its story had gone.
    """
    dues = Due.objects.filter(subscriber__address=address)
    kind, _colon, pk = key.partition(":")
    if kind == "correction":
        dues = dues.filter(article__corrections=int(pk) if pk.isdecimal() else 0)
    else:
        dues = dues.filter(delivery__mailing__key=key)
    return {word for why in dues.values_list("why", flat=True) for word in why.split(",")}


def follow(subscriber: Subscriber) -> None:
    """What waits for the next digest, or to be sent, follows the wishes as they now stand."""
    standing = {wish.word: wish.cadence for wish in subscriber.subscriptions.standing()}
    for due in _waiting(subscriber):
        _follow_one(due, subscriber, standing)
    states = (*UNSENT, *SENT_BY_HAND)
    mailed = subscriber.dues.filter(cadence=Cadence.AT_ONCE, delivery__state__in=states)
    for due in mailed.select_related("delivery"):
        if not set(due.why.split(",")) & set(standing):
            _follow_mailed(due, subscriber)


def _waiting(subscriber: Subscriber) -> QuerySet[Due]:
    """What waits for a digest."""
    return subscriber.dues.filter(delivery=None).exclude(cadence=Cadence.AT_ONCE)


def _follow_mailed(due: Due, subscriber: Subscriber) -> None:
    """None of its wishes stands: it goes for the sake of others that it answers, or not at all.

    Of what may have reached them the link at its foot leaves the wishes it was sent for.
    """
    waits = due.delivery is not None and due.delivery.state in UNSENT
    if words := _answered(due, subscriber) if waits else []:
        due.why = ",".join(words)
        due.save()
    else:
        cancel_deliveries(Delivery.objects.filter(dues=due), "The reader left what it was for.")


def _answered(due: Due, subscriber: Subscriber) -> list[str]:
    """The words of all standing wishes that the story answers, also of those made since."""
    wishes = subscriber.subscriptions.filter(fits(due.article)).order_by("pk")
    return [wish.word for wish in wishes]


def _follow_one(due: Due, subscriber: Subscriber, standing: Wishes) -> None:
    words = [word for word in due.why.split(",") if word in standing]
    words = words or _answered(due, subscriber)
    if not words:
        due.delete()
        return
    weekly = {standing[word] for word in words} == {Cadence.WEEKLY}
    due.why = ",".join(words)
    due.cadence = Cadence.WEEKLY if weekly else Cadence.DAILY
    due.due_at = next_digest(subscriber, due.cadence, timezone.now())
    due.save()


def next_digest(subscriber: Subscriber, cadence: str, now: datetime) -> datetime:
    """When the reader's next digest in this rhythm goes out."""
    zone = zone_of(subscriber.zone)
    if cadence == Cadence.WEEKLY:
        return next_weekly(now, subscriber.hour, subscriber.weekday, zone)
    return next_daily(now, subscriber.hour, zone)
