"""Sending: claim some rows, hand over each message, write down what became of it.

No transaction is open while a message is handed over. List mail by SMTP goes in rounds (see
`rounds`); letters, and whatever leaves by another mailer, one by one, each step a commit.
"""

import logging
import time
from collections.abc import Callable, Collection
from datetime import timedelta

from django.conf import settings
from django.db.models import Q, QuerySet
from django.utils import timezone

from newsroom.kit.models import Site
from newsroom.mail.ages import wait_if_too_old
from newsroom.mail.bounces.policy import record_refusal, without_addresses
from newsroom.mail.claims import (
    claim,
    claimable,
    due,
    give_back,
    put_back,
    recalled,
    start,
    wait_until,
)
from newsroom.mail.connections import pace
from newsroom.mail.copies import Copies
from newsroom.mail.errors import (
    ConnectionLostError,
    InDoubtError,
    NotSentError,
    NoWayOutError,
    RefusedError,
)
from newsroom.mail.journal import UNBUILT, Fate, Result
from newsroom.mail.messages import Message, build
from newsroom.mail.models import Delivery, Mailing
from newsroom.mail.outcomes import come_back, defer, finish, mark
from newsroom.mail.pipelining import Post
from newsroom.mail.quiet import QUIET, quiet_until
from newsroom.mail.refusals import Refusals
from newsroom.mail.rounds import Round, enough, next_round, replay, tempo
from newsroom.mail.senders import Sender, make_post, make_sender
from newsroom.mail.suppressions import suppressed

logger = logging.getLogger(__name__)
State = Delivery.State
SECONDS = 2.0  # Of sending before what is left is given back.
BUSY = timedelta(seconds=3)  # So long the sweep sends nobody else to a mailing.
REST = timedelta(minutes=1)  # Before mail is tried again when there was no way out.


def send_letter(delivery_id: int) -> None:
    """Try one transactional letter, unless somebody else has it or its time is over."""
    _send_letters(waiting_letters().filter(pk=delivery_id))


def send_letters() -> bool:
    """Try the letters that wait, over one connection; True while more could be sent now."""
    return _send_letters(waiting_letters()) and waiting_letters().exists()


def waiting_letters() -> QuerySet[Delivery]:
    """Transactional letters that may be tried now and whose links still live."""
    now = timezone.now()
    return claimable(now).filter(
        Q(mailing__resting_until__isnull=True) | Q(mailing__resting_until__lte=now),
        mailing__priority=Mailing.Priority.TRANSACTIONAL,
        mailing__state=Mailing.State.SENDING,
        mailing__expires_at__gt=now,
    )


def _send_letters(wanted: QuerySet[Delivery]) -> bool:
    try:
        _send_chunk(wanted)
    except NoWayOutError as error:
        _rest(Mailing.objects.filter(pk__in=wanted.values("mailing")), error)
        return False
    return True


def send_some(mailing_id: int, *, another: Callable[[], object] | None = None) -> bool:
    """Send about two seconds' worth of a mailing; True while more could be sent now.

    `another`: called once if there is work for one more worker, who then sees to the rest.
    """
    replay()
    now = timezone.now()
    mailing = Mailing.objects.filter(pk=mailing_id, state=Mailing.State.SENDING)
    no_way_out = ~Q(halted_for="") & Q(resting_until__gt=now)
    if not mailing.filter(due(now), ~no_way_out).update(resting_until=now + BUSY):
        return False
    if wait_if_too_old(mailing):
        return False
    call, refusals = _Once(another), Refusals()
    wanted = claimable(now).filter(mailing=mailing_id, mailing__state=Mailing.State.SENDING)
    try:
        post = make_post()
        if post is None:
            _send_chunk(wanted, call, refusals)
        else:
            _send_rounds(post, Mailing.objects.get(pk=mailing_id), wanted, call, refusals)
    except NoWayOutError as error:
        _rest(mailing, error)
        return False
    if refusals.halt(mailing):
        return False
    mailing.exclude(halted_for="").update(halted_for="")
    if claimable(timezone.now()).filter(mailing=mailing_id).exists():
        return not call.was_made
    finish(mailing)
    return False


class _Once:
    """A call that is made at most once, when more is left than one worker has claimed."""

    def __init__(self, call: Callable[[], object] | None) -> None:
        self._call, self.was_made = call, False

    def if_more(self, wanted: QuerySet[Delivery]) -> None:
        if self._call is not None and not self.was_made and wanted.exists():
            self.was_made = True
            self._call()


def _rest(mailings: QuerySet[Mailing], error: NoWayOutError) -> None:
    """The sweep comes back to them in a minute; until then the desk sees why they wait."""
    words = without_addresses(str(error))
    logger.warning("no way out for mail: %s", words)
    mailings.update(resting_until=timezone.now() + REST, halted_for=words[:200])


def _send_rounds(
    post: Post, mailing: Mailing, wanted: QuerySet[Delivery], call: _Once, refusals: Refusals
) -> None:
    """By SMTP: rounds of some hundred rows, marked by the journal. Raises NoWayOutError."""
    copies, until = Copies(mailing, Site.current()), time.monotonic() + SECONDS
    allowed = settings.MAIL_PER_SECOND
    post.open()  # Before the claim: a slow greeting must not use up the lease.
    last: Round | None = None
    try:
        while (rest := until - time.monotonic()) > 0 and not refusals.are_too_many:
            most = tempo.most(rest, allowed)
            last = next_round(last, wanted, most, refusals)
            if last is None:
                break
            call.if_more(wanted)
            more = enough(rest, allowed) if len(last.ids) == most else len(last.rows)
            began = time.monotonic()
            post.deliver(last.messages(copies, until), more, last)
            tempo.note(last.answered, time.monotonic() - began)
    finally:
        post.close()
        if last is not None:
            last.end()


def _send_chunk(
    wanted: QuerySet[Delivery], call: _Once | None = None, refusals: Refusals | None = None
) -> None:
    """Claim some of these rows, and send them over one connection, for two seconds.

    Raises NoWayOutError if mail cannot leave at the moment; what was not sent is given back.
    """
    if not wanted.exists():
        return
    sender, site = make_sender(), Site.current()
    lease, deliveries = "", list[Delivery]()
    try:
        sender.open()  # Before the claim: a slow greeting must not use up the lease.
        lease, deliveries = claim(wanted)
        if call is not None:
            call.if_more(wanted)
        until = time.monotonic() + SECONDS
        awake = _awake(deliveries)
        stops = reasons_to_stop(awake)
        for delivery in awake:
            time.sleep(pace.wait(settings.MAIL_PER_SECOND))
            if time.monotonic() > until or (refusals and refusals.are_too_many):
                break
            result = _send_one(sender, site, delivery, stops.get(delivery.pk, ""))
            if result and refusals:
                refusals.note(result)
    except BaseException:
        sender.close()
        raise
    else:
        sender.release()
    finally:
        give_back(lease)
        come_back(
            [row.pk for row in deliveries],
            {row.mailing_id: row.mailing.changed_at for row in deliveries},
        )


def _awake(deliveries: list[Delivery]) -> list[Delivery]:
    """Of these claimed ones those that may go now; the others wait until their readers want them."""
    awake = []
    for mailing in {row.mailing for row in deliveries}:
        mine = [row for row in deliveries if row.mailing_id == mailing.pk]
        quiet = quiet_until(mailing, [row.address_id for row in mine])
        for row in mine:
            if row.address_id in quiet:
                wait_until(row, quiet[row.address_id], QUIET)
            else:
                awake.append(row)
    return awake


def _send_one(sender: Sender, site: Site, delivery: Delivery, stop: str) -> Result | None:
    """Send one message and write down the outcome, or why it must not leave. Raises NoWayOutError."""
    if stop:
        mark(delivery, State.CANCELLED, stop)
        return None
    try:
        message = build(delivery, site)
        message.message()  # Python finds most faults of a header here, before the start.
    except Exception:  # Whatever it is, the messages behind this one must not wait for it.
        logger.exception("message cannot be built", extra={"delivery_id": delivery.pk})
        mark(delivery, State.FAILED, UNBUILT)
        return Result(delivery.pk, Fate.UNBUILT, UNBUILT, time.time())
    if not start(delivery, sender.longest):
        return None
    return _hand_over(sender, message, delivery)


def _hand_over(sender: Sender, message: Message, delivery: Delivery) -> Result:
    fate, words = Fate.SENT, ""
    try:
        words = _send(sender, message)
    except RefusedError as error:
        fate, words = Fate.REFUSED, str(error)
        mark(delivery, State.FAILED, words)
        record_refusal(delivery, words)
    except NotSentError as error:
        fate, words = Fate.PUT_OFF, str(error)
        defer(delivery, words)
    except ConnectionLostError as error:
        defer(delivery, str(error))
        raise NoWayOutError(str(error)) from error
    except NoWayOutError:
        put_back(delivery)
        raise
    except InDoubtError as error:
        mark(delivery, State.IN_DOUBT, str(error))
        raise NoWayOutError(str(error)) from error
    else:
        mark(delivery, State.SENT, words)
    return Result(delivery.pk, fate, words, time.time())


def _send(sender: Sender, message: Message) -> str:
    """Servers end a connection after so many messages: once more over a fresh one."""
    try:
        return sender.send(message)
    except ConnectionLostError:
        sender.open()
        return sender.send(message)


def reasons_to_stop(deliveries: Collection[Delivery]) -> dict[int, str]:
    """Why some of these must not be sent, by their ids."""
    listed = [row for row in deliveries if row.mailing.priority == Mailing.Priority.LIST]
    stops = suppressed(row.address.compared for row in listed)
    found = {
        row.pk: stops[row.address.compared] for row in listed if row.address.compared in stops
    }
    if deliveries:
        found |= recalled(row.pk for row in deliveries)
    erased = {row.pk for row in deliveries if row.address.compared is None}
    return found | dict.fromkeys(erased, "The address was erased.")
