"""Tokens that name a delivery to whoever holds the message, and to nobody else what it is.

A token is 29 letters and digits of lower-case base32, for mail servers may fold the case of
what they carry. In it are ten bytes of an HMAC under ADDRESS_KEY over purpose, mailing and id,
and the id under a pad made from those ten: so a token is found without a table, cannot be
made by anyone else, and tells nobody how many messages were sent before.
"""

import base64
import hashlib
import hmac
import re
from itertools import product

from django.conf import settings

from newsroom.mail.models import Delivery

LENGTH = 29
MAC, ID = 10, 8  # Bytes.
LARGEST_ID = 2**63 - 1  # What the column holds.
TOKEN = re.compile(rf"(?<![a-z0-9])[a-z2-7]{{{LENGTH}}}(?![a-z0-9])")
SIGNS = "abcdefghijklmnopqrstuvwxyz234567"  # RFC 4648, section 6, in lower case.
PAIRS = ["".join(pair) for pair in product(SIGNS, repeat=2)]
SHIFTS = range(140, -1, -10)  # Thirty signs hold 150 bits: 18 bytes and six that are left out.
UNSUBSCRIBE, PREFERENCES = "unsubscribe", "preferences"
LINKS = {UNSUBSCRIBE, PREFERENCES}  # Void with the key of the address, so also once it is erased.


def make_token(purpose: str, delivery: Delivery) -> str:
    """The same for the same delivery, always."""
    key = delivery.address.key if purpose in LINKS else ""
    return sign(purpose, delivery.mailing.key, delivery.pk, key)


def sign(purpose: str, mailing_key: str, delivery_id: int, address_key: str = "") -> str:
    """The token of the delivery of this id; `address_key` for those that are links."""
    bound = f":{address_key}" if purpose in LINKS else ""
    key = settings.ADDRESS_KEY.encode()
    proof = _hmac(key, f"{purpose}:{mailing_key}:{delivery_id}{bound}".encode())[:MAC]
    whole = (int.from_bytes(proof) << 8 * ID | delivery_id ^ _pad(key, proof)) << 6
    return "".join([PAIRS[whole >> shift & 1023] for shift in SHIFTS])[:LENGTH]


def delivery_of(purpose: str, token: str) -> Delivery | None:
    """The delivery that the token was made for; None if it was not made here for this."""
    try:
        raw = base64.b32decode(f"{token.upper()}===")
    except ValueError:
        return None
    if len(raw) != MAC + ID:
        return None
    pk = int.from_bytes(raw[MAC:]) ^ _pad(settings.ADDRESS_KEY.encode(), raw[:MAC])
    if pk > LARGEST_ID:
        return None
    rows = Delivery.objects.select_related("mailing", "address")
    delivery = rows.filter(pk=pk).first()
    if delivery is None or not hmac.compare_digest(token.lower(), make_token(purpose, delivery)):
        return None
    return delivery


def _pad(key: bytes, proof: bytes) -> int:
    return int.from_bytes(_hmac(key, b"pad:" + proof)[:ID])


def _hmac(key: bytes, what: bytes) -> bytes:
    return hmac.new(key, what, hashlib.sha256).digest()
