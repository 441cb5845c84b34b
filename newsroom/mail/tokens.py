"""Tokens that name a delivery to whoever holds the message, and to nobody else what it is.

A token is 29 letters and digits of lower-case base32, for mail servers may fold the case of
what they carry. In it are ten bytes of an HMAC under ADDRESS_KEY over purpose, mailing and id,
and the id under a pad made from those ten: so a token is found without a table, cannot be
made by anyone else, and tells nobody how many messages were sent before.
"""

import base64
import hmac
import re
from itertools import product

from newsroom.mail.macs import mac
from newsroom.mail.models import Delivery

LENGTH = 29
MAC, ID = 10, 8  # Bytes.
LARGEST_ID = 2**63 - 1  # What the column holds.
TOKEN = re.compile(rf"(?<![a-z0-9])[a-z2-7]{{{LENGTH}}}(?![a-z0-9])")
SIGNS = "abcdefghijklmnopqrstuvwxyz234567"  # RFC 4648, section 6, in lower case.
TRIPLES = ["".join(three) for three in product(SIGNS, repeat=3)]
SHIFTS = range(135, -1, -15)  # Thirty signs hold 150 bits: 18 bytes and six that are left out.
UNSUBSCRIBE, PREFERENCES = "unsubscribe", "preferences"
LINKS = {UNSUBSCRIBE, PREFERENCES}  # Void with the key of the address, so also once it is erased.


def make_token(purpose: str, delivery: Delivery) -> str:
    """The same for the same delivery, always."""
    key = delivery.address.key if purpose in LINKS else ""
    return sign(purpose, delivery.mailing.key, delivery.pk, key)


def sign(purpose: str, mailing_key: str, delivery_id: int, address_key: str = "") -> str:
    """The token of the delivery of this id; `address_key` for those that are links."""
    bound = f":{address_key}" if purpose in LINKS else ""
    proof = mac(f"{purpose}:{mailing_key}:{delivery_id}{bound}".encode())[:MAC]
    whole = (int.from_bytes(proof) << 8 * ID | delivery_id ^ _pad(proof)) << 6
    return "".join([TRIPLES[whole >> shift & 0x7FFF] for shift in SHIFTS])[:LENGTH]


def delivery_of(purpose: str, token: str) -> Delivery | None:
    """The delivery that the token was made for; None if it was not made here for this."""
    folded = token.lower()  # Beyond ASCII there are letters that fold to these signs.
    if not token.isascii() or TOKEN.fullmatch(folded) is None:
        return None
    raw = base64.b32decode(f"{folded.upper()}===")
    pk = int.from_bytes(raw[MAC:]) ^ _pad(raw[:MAC])
    if pk > LARGEST_ID:
        return None
    rows = Delivery.objects.select_related("mailing", "address")
    delivery = rows.filter(pk=pk).first()
    if delivery is None or not hmac.compare_digest(folded, make_token(purpose, delivery)):
        return None
    return delivery


def _pad(proof: bytes) -> int:
    return int.from_bytes(mac(b"pad:" + proof)[:ID])
