"""Of which message of ours a notice speaks. Only a token that was made here is believed."""

from collections.abc import Iterable, Iterator
from itertools import islice

from newsroom.mail.addresses import compared_form
from newsroom.mail.bounces.parsing import Received
from newsroom.mail.errors import AddressError
from newsroom.mail.messages import from_address
from newsroom.mail.models import Delivery
from newsroom.mail.tokens import TOKEN, delivery_of

LOOP = "X-Loop"  # What mail that is passed on has been marked with since procmail.
MOST_TOKENS = 50  # Looked up for one notice: a forged one may hold thousands.


def find_delivery(
    received: Received, raw: bytes, envelope: str, recipients: Iterable[str]
) -> Delivery | None:
    """The delivery whose return path or Message-ID stands in the notice.

    The return path was known to the servers on the way alone. A Message-ID is seen by more
    people, in answers and forwarded mail, so there the notice must name the address that the
    message went to, or nobody.
    """
    texts = (envelope, raw.decode("latin-1"), received.explanation, received.returned)
    tokens = list(islice(_tokens(*texts), MOST_TOKENS))
    for token in tokens:
        if delivery := delivery_of("return-path", token):
            return delivery
    named = set(_compared(recipients))
    for token in tokens:
        delivery = delivery_of("message-id", token)
        if delivery and (not named or delivery.address.compared in named):
            return delivery
    return None


def is_our_own(received: Received) -> bool:
    """Whether the message itself was sent by this house: it came round in a circle.

    Mail systems that pass mail on may give it another id, and leave other headers alone.
    """
    if received.header(LOOP).lower() == from_address().lower():
        return True
    own = TOKEN.search(received.header("Message-ID").lower())
    return own is not None and delivery_of("message-id", own[0]) is not None


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
