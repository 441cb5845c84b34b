"""What a bounce or a complaint does to an address. The whole policy stands in this module.

| notice | effect |
|---|---|
| hard | no more list mail at once |
| soft | counted by day; no more list mail after SOFT_DAYS days within SOFT_WINDOW with no message in between that stayed away |
| soft, for a reason in OUR_FAULT | written down, never counted: the reader cannot help it |
| delayed | written down |
| complaint | no list mail until the desk lifts it |

Each only for a message that was handed over at most HEEDED ago, once for each message and
kind, and not again for what had been sent before a suppression that was lifted since.
"""

import logging
import re
from datetime import datetime, timedelta

from django.db import transaction
from django.db.models import Max, QuerySet
from django.utils import timezone
from django.utils.text import capfirst

from newsroom.mail.addresses import digest
from newsroom.mail.bounces.judging import Verdict, judge
from newsroom.mail.bounces.parsing import ANY_ADDRESS
from newsroom.mail.claims import OPEN
from newsroom.mail.ledger import hold_list_mail
from newsroom.mail.models import Address, BounceNotice, Delivery, Mailing, Suppression
from newsroom.mail.outcomes import FREE, end_letters, fit
from newsroom.mail.suppressions import suppress

logger = logging.getLogger(__name__)
Kind, Why, Effect = BounceNotice.Kind, BounceNotice.Why, BounceNotice.Effect
State = Delivery.State

BY_MAIL, BY_SMTP = "mail", "smtp"
SOFT_DAYS = 5
SOFT_WINDOW = timedelta(days=30)
OUR_FAULT = (Why.REFUSED, Why.TOO_LARGE)
HEEDED = timedelta(days=30)  # Servers give up after five days; what comes later is a replay.
KEPT = timedelta(days=90)  # Longer than HEEDED, so that a notice is known while it could count.
UNPROVED = (Effect.UNKNOWN, Effect.UNPROVED)
STRANGERS_AN_HOUR = 200  # Rows that anybody can cause.
LOOKED_BACK = 200  # Deliveries of one address, for the count of soft bounces.

REASONS = {
    Kind.HARD: Suppression.Reason.HARD_BOUNCE,
    Kind.SOFT: Suppression.Reason.HARD_BOUNCE,
    Kind.COMPLAINT: Suppression.Reason.COMPLAINT,
}
_any_address = re.compile(ANY_ADDRESS)


@transaction.atomic
def record(delivery: Delivery, verdict: Verdict, *, came_by: str) -> BounceNotice | None:
    """Write down what was said of this message, and do what the policy asks.

    None, and nothing done, if the same has been said of it before.
    """
    address = Address.objects.select_for_update().get(pk=delivery.address_id)
    delivery.refresh_from_db(fields=["state", "started_at"])
    notice, made = BounceNotice.objects.get_or_create(
        fingerprint=digest(f"notice:{delivery.pk}:{verdict.kind}"),
        defaults=_fields(verdict, came_by) | {"delivery": delivery},
    )
    if not made:
        return None
    if _is_heeded(delivery):
        _mark_bounced(delivery, notice)
        _decide(address, delivery, notice)
    logger.info("mail notice recorded", extra={"notice_id": notice.pk, "kind": notice.kind})
    return notice


def record_refusal(delivery: Delivery, words: str) -> None:
    """The next server refused the message for this address: only what is for good counts, for
    a relay refuses for reasons of its own as well."""
    verdict = judge(words)
    if verdict.kind == Kind.HARD:
        record(delivery, verdict, came_by=BY_SMTP)


def record_unproved(
    verdict: Verdict, content: str, *, came_by: str, suspected: Delivery | None = None
) -> BounceNotice | None:
    """Write down a notice that proves to be of no message of ours, for the desk, of so many an hour.

    `content` tells it from others; `suspected` is the message that it claims to speak of. None
    if it came before, or there were too many. It has no consequence.
    """
    lately = timezone.now() - timedelta(hours=1)
    rows = BounceNotice.objects.filter(effect__in=UNPROVED, received_at__gt=lately)
    if rows.count() >= STRANGERS_AN_HOUR:
        return None
    effect = Effect.UNPROVED if suspected else Effect.UNKNOWN
    notice, made = BounceNotice.objects.get_or_create(
        fingerprint=digest(f"unknown:{content}"),
        defaults=_fields(verdict, came_by) | {"effect": effect, "delivery": suspected},
    )
    return notice if made else None


def forget_old_notices() -> int:
    """Delete what was kept long enough; how many."""
    old = BounceNotice.objects.filter(received_at__lt=timezone.now() - KEPT)
    return old.delete()[0]


def without_addresses(words: str) -> str:
    """The words on one line without anybody's address: servers repeat whom they speak of."""
    return " ".join(_any_address.sub("…", fit(words)).split())


def _fields(verdict: Verdict, came_by: str) -> dict[str, str]:
    return {
        "kind": verdict.kind,
        "why": verdict.why,
        "status": verdict.status,
        "words": without_addresses(verdict.words)[:300],
        "came_by": came_by,
    }


def _is_heeded(delivery: Delivery) -> bool:
    """Nobody can truly speak of a message that has not left, or left long ago."""
    began = delivery.started_at
    return began is not None and began > timezone.now() - HEEDED


def _mark_bounced(delivery: Delivery, notice: BounceNotice) -> None:
    """It came back, so it had left, whatever the worker could know of it."""
    if notice.kind not in {Kind.HARD, Kind.SOFT}:
        return
    left = Delivery.objects.filter(
        pk=delivery.pk, state__in=[State.SENT, State.IN_DOUBT, State.CLAIMED]
    )
    if left.update(state=State.BOUNCED, outcome=notice.words, **FREE):
        end_letters(Mailing.objects.filter(pk=delivery.mailing_id))


def _decide(address: Address, delivery: Delivery, notice: BounceNotice) -> None:
    if not _calls_for_suppression(delivery, notice) or _was_decided(delivery, notice):
        return
    suppress(address, REASONS[Kind(notice.kind)], _evidence(notice))
    hold_list_mail(address, why=f"Suppressed: {notice}.")
    BounceNotice.objects.filter(pk=notice.pk).update(effect=Effect.SUPPRESSED)
    notice.effect = Effect.SUPPRESSED


def _evidence(notice: BounceNotice) -> str:
    """Why, for whoever asks the desk: the reason, the status code, the server's words."""
    status = "" if notice.status in notice.words else f" {notice.status}"
    return f"{capfirst(notice.get_why_display())}:{status} {notice.words}".rstrip(": ")


def _calls_for_suppression(delivery: Delivery, notice: BounceNotice) -> bool:
    if notice.kind == Kind.SOFT:
        return notice.why not in OUR_FAULT and soft_days(delivery.address_id) >= SOFT_DAYS
    return notice.kind in {Kind.HARD, Kind.COMPLAINT}


def _was_decided(delivery: Delivery, notice: BounceNotice) -> bool:
    """Whether the address was suppressed for this after the message had been sent: if that was
    lifted since, an older message that comes back late must not undo the lifting."""
    return BounceNotice.objects.filter(
        delivery__address=delivery.address_id,
        effect=Effect.SUPPRESSED,
        kind__in=[Kind.COMPLAINT] if notice.kind == Kind.COMPLAINT else [Kind.HARD, Kind.SOFT],
        received_at__gt=delivery.started_at,
    ).exists()


def soft_days(address_id: int) -> int:
    """On how many days running messages to the address came back, and none stayed away.

    Counted from the last that came back, by the days on which they were sent (UTC), and no
    further than the last suppression, if one was lifted since.
    """
    rows = Delivery.objects.filter(address=address_id, started_at__gt=_count_begins(address_id))
    came_back = set(_counted(address_id).values_list("delivery", flat=True))
    days, begun = set(), False
    for row in rows.exclude(state__in=OPEN).order_by("-started_at", "-pk")[:LOOKED_BACK]:
        if row.pk in came_back and row.started_at:
            days.add(row.started_at.date())
            begun = True
        elif begun and row.state == State.SENT:
            break
    return len(days)


def _counted(address_id: int) -> QuerySet[BounceNotice]:
    soft = BounceNotice.objects.filter(delivery__address=address_id, kind=Kind.SOFT)
    return soft.exclude(why__in=OUR_FAULT).exclude(effect__in=UNPROVED)


def _count_begins(address_id: int) -> datetime:
    suppressing = BounceNotice.objects.filter(
        delivery__address=address_id, effect=Effect.SUPPRESSED
    )
    last: datetime | None = suppressing.aggregate(last=Max("received_at"))["last"]
    window = timezone.now() - SOFT_WINDOW
    return max(last, window) if last else window
