"""When one message after the other is refused the fault is ours: a person must look.

A relay that no longer knows us, or an account that is closed, answers to every message what it
would answer for one bad address; and words that cannot be made into a message cannot for anybody.
Without a halt a whole mailing would have failed in seconds.
"""

from django.db.models import QuerySet

from newsroom.mail.bounces.policy import without_addresses
from newsroom.mail.journal import Fate, Result
from newsroom.mail.models import Delivery, Mailing

MOST = 20  # In a row, without one that was taken between them.
REFUSED_ALL = "The last {number} messages have all failed, it may be for a reason of ours: {words}"
FAILED = {Fate.REFUSED, Fate.UNBUILT}
State = Delivery.State


class Refusals:
    """How many messages in a row were refused in this turn, or could not be built."""

    def __init__(self) -> None:
        self.in_a_row = 0
        self.words = ""
        self._one_was_taken = False

    def note(self, result: Result) -> None:
        """What is put off or in doubt says nothing of either kind."""
        if result.fate == Fate.SENT:
            self.in_a_row, self._one_was_taken = 0, True
        elif result.fate in FAILED:
            self.in_a_row, self.words = self.in_a_row + 1, result.words

    @property
    def are_too_many(self) -> bool:
        return self.in_a_row >= MOST

    def halt(self, mailing: QuerySet[Mailing]) -> bool:
        """Let the one mailing of the query wait for a person, if that is called for.

        A turn may be short; so one in which all were refused looks at those before it, since
        somebody last sent the mailing on.
        """
        if not self.in_a_row:
            return False
        if not self.are_too_many and (self._one_was_taken or not _were_all_refused(mailing)):
            return False
        why = REFUSED_ALL.format(number=MOST, words=without_addresses(self.words))
        return bool(mailing.update(state=Mailing.State.WAITING, halted_for=why[:200]))


def _were_all_refused(mailings: QuerySet[Mailing]) -> bool:
    """Whether the newest that were tried since it was sent on are enough, and all refused."""
    mailing = mailings.first()
    if mailing is None:
        return False
    tried = Delivery.objects.filter(mailing=mailing, started_at__isnull=False)
    if mailing.resumed_at is not None:
        tried = tried.filter(started_at__gt=mailing.resumed_at)
    refused = tried.filter(state=State.FAILED).order_by("-started_at")
    moments = list(refused.values_list("started_at", flat=True)[:MOST])
    if len(moments) < MOST:
        return False
    return not tried.filter(
        state__in=[State.SENT, State.BOUNCED], started_at__gte=moments[-1]
    ).exists()
