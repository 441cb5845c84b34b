"""From claimed rows to messages on their way, each rendering prepared once in a turn."""

import time
from dataclasses import dataclass
from datetime import UTC, datetime
from email.utils import format_datetime

from newsroom.kit.models import Site
from newsroom.mail.addresses import mailbox_of
from newsroom.mail.messages import build, way_back_of
from newsroom.mail.models import Delivery, Mailing, Rendering
from newsroom.mail.prepared import Prepared, for_smtp, prepare, to_line
from newsroom.mail.tokens import PREFERENCES, UNSUBSCRIBE, sign
from newsroom.mail.turns import Outgoing

MOST = 40  # Renderings kept at once, some hundred kilobytes each at most.


@dataclass(frozen=True, slots=True)
class Claimed:
    """What a message needs of its row and of its address."""

    pk: int
    rendering_id: int
    address_id: int
    typed: str
    compared: str | None
    key: str


@dataclass(frozen=True)
class Words:
    """A rendering's bytes, if they can be cut, and where its bounces go."""

    prepared: Prepared | None
    way_back: str


class Copies:
    """The messages of one mailing."""

    def __init__(self, mailing: Mailing, site: Site) -> None:
        self.mailing, self.site = mailing, site
        self._known: dict[int, Words] = {}
        self._second, self._date = 0, b""

    def outgoing(self, row: Claimed) -> Outgoing:
        """The message of this row, joined if that can be done surely. Raises what building raises."""
        words = self._words(row.rendering_id)
        if words.prepared is None or row.compared is None:
            return self._built(row.pk)
        to = mailbox_of(row.typed, row.compared)
        return Outgoing(
            row.pk,
            self._return_path(words, row),
            to,
            words.prepared.join(self._values(words.prepared, row, to)),
        )

    def _built(self, pk: int) -> Outgoing:
        delivery = Delivery.objects.select_related("mailing", "rendering", "address").get(pk=pk)
        message = build(delivery, self.site)
        return Outgoing(pk, message.return_path, message.to[0], for_smtp(message))

    def _words(self, rendering_id: int) -> Words:
        known = self._known.get(rendering_id)
        if known is None:
            if len(self._known) >= MOST:
                self._known.clear()
            parts = Rendering.objects.get(pk=rendering_id).parts
            known = Words(prepare(parts, self.mailing, self.site), way_back_of(parts))
            self._known[rendering_id] = known
        return known

    def _return_path(self, words: Words, row: Claimed) -> str:
        if "*" not in words.way_back:
            return words.way_back
        return words.way_back.replace("*", sign("return-path", self.mailing.key, row.pk))

    def _values(self, prepared: Prepared, row: Claimed, to: str) -> dict[str, bytes]:
        key = self.mailing.key
        values = {
            "to": to_line(to),
            "date": self._now(),
            "message_id": sign("message-id", key, row.pk).encode(),
            "unsubscribe": sign(UNSUBSCRIBE, key, row.pk, row.key).encode(),
        }
        if "preferences" in prepared.names:
            values["preferences"] = sign(PREFERENCES, key, row.pk, row.key).encode()
        return values

    def _now(self) -> bytes:
        """The moment as in heads, written once a second."""
        second = int(time.time())
        if second != self._second:
            moment = datetime.fromtimestamp(second, UTC)
            self._second, self._date = second, format_datetime(moment).encode()
        return self._date
