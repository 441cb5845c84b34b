"""Of which message of ours a notice speaks. Only a token that was made here is believed."""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from itertools import islice

from newsroom.mail.addresses import compared_form
from newsroom.mail.bounces.parsing import Received
from newsroom.mail.errors import AddressError
from newsroom.mail.messages import from_address
from newsroom.mail.models import Delivery
from newsroom.mail.tokens import TOKEN, UNSUBSCRIBE, delivery_of

RETURN_PATH, MESSAGE_ID = "return-path", "message-id"
LOOP = "X-Loop"  # What mail that is passed on has been marked with since procmail.
MOST_TOKENS = 50  # Looked up for one notice: a forged one may hold thousands.


@dataclass(frozen=True)
class Match:
    """The delivery that a notice speaks of, and whether it proves that it truly does."""

    delivery: Delivery
    is_proved: bool


def find_delivery(
    received: Received, raw: bytes, envelope: str, recipients: Iterable[str]
) -> Match | None:
    """The delivery whose return path, link to leave or Message-ID stands in the notice.

    The return path was known to the servers on the way alone, and whoever has the link to leave
    could end the mail with it. A Message-ID is seen by more people, in answers and forwarded
    mail: it proves nothing unless the address that the message went to is among `recipients`.
    """
    texts = (envelope, raw.decode("latin-1"), received.explanation, received.returned)
    tokens = list(islice(_tokens(*texts), MOST_TOKENS))
    for purpose in (RETURN_PATH, UNSUBSCRIBE):
        for delivery in _made_here(purpose, tokens):
            return Match(delivery, is_proved=True)
    named = set(_compared(recipients))
    matches = [
        Match(delivery, is_proved=delivery.address.compared in named)
        for delivery in _made_here(MESSAGE_ID, tokens)
    ]
    return max(matches, key=lambda match: match.is_proved, default=None)


def is_our_own(received: Received) -> bool:
    """Whether the message itself was sent by this house: it came round in a circle.

    Mail systems that pass mail on may give it another id, and leave other headers alone.
    """
    if received.header(LOOP).lower() == from_address().lower():
        return True
    own = TOKEN.search(received.header("Message-ID").lower())
    return own is not None and delivery_of(MESSAGE_ID, own[0]) is not None


def _made_here(purpose: str, tokens: Iterable[str]) -> Iterator[Delivery]:
    return filter(None, (delivery_of(purpose, token) for token in tokens))


def _tokens(*texts: str) -> Iterator[str]:
    seen: set[str] = set()
    for text in texts:
        for match in TOKEN.finditer(text.lower()):
            if match[0] not in seen:
                seen.add(match[0])
                yield match[0]


def _compared(recipients: Iterable[str]) -> Iterator[str]:
    for recipient in recipients:
        try:
            yield compared_form(recipient)
        except AddressError:
            continue
