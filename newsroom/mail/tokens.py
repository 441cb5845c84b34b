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

from django.conf import settings

from newsroom.mail.models import Delivery

LENGTH = 29
MAC, ID = 10, 8  # Bytes.
LARGEST_ID = 2**63 - 1  # What the column holds.
TOKEN = re.compile(rf"(?<![a-z0-9])[a-z2-7]{{{LENGTH}}}(?![a-z0-9])")


def make_token(purpose: str, delivery: Delivery) -> str:
    """The same for the same delivery, always."""
    proof = _proof(purpose, delivery)
    hidden = _under_pad(proof, delivery.pk.to_bytes(ID, "big"))
    return base64.b32encode(proof + hidden).decode().rstrip("=").lower()


def delivery_of(purpose: str, token: str) -> Delivery | None:
    """The delivery that the token was made for; None if it was not made here for this."""
    try:
        raw = base64.b32decode(f"{token.upper()}===")
    except ValueError:
        return None
    proof, pk = raw[:MAC], int.from_bytes(_under_pad(raw[:MAC], raw[MAC:]), "big")
    if len(raw) != MAC + ID or pk > LARGEST_ID:
        return None
    rows = Delivery.objects.select_related("mailing", "address")
    delivery = rows.filter(pk=pk).first()
    if delivery is None or not hmac.compare_digest(proof, _proof(purpose, delivery)):
        return None
    return delivery


def _proof(purpose: str, delivery: Delivery) -> bytes:
    return _hmac(f"{purpose}:{delivery.mailing.key}:{delivery.pk}".encode())[:MAC]


def _under_pad(proof: bytes, number: bytes) -> bytes:
    pad = _hmac(b"pad:" + proof)
    return bytes(one ^ other for one, other in zip(number, pad, strict=False))


def _hmac(what: bytes) -> bytes:
    return hmac.new(settings.ADDRESS_KEY.encode(), what, hashlib.sha256).digest()
