"""Signed links: a token names one thing, for one purpose, for as long as it may."""

from datetime import timedelta

from django.conf import settings
from django.core import signing


class LinkError(Exception):
    """The token was altered, made for something else, or is too old. Says no more than that."""


def make_token(purpose: str, value: str) -> str:
    """A URL-safe token that only `read_token` with the same purpose reads."""
    return signing.dumps(value, salt=f"newsroom.{purpose}")


def read_token(purpose: str, token: str, *, max_age: timedelta | None = None) -> str:
    """The value the token was made for.

    Raises LinkError if the token is not whole, not for this purpose, or older than `max_age`.
    """
    try:
        value = signing.loads(token, salt=f"newsroom.{purpose}", max_age=max_age)
    except signing.BadSignature as error:
        raise LinkError from error
    return str(value)


def absolute(path: str) -> str:
    """The path as an address that works from a mail or a feed."""
    return f"{settings.SITE_URL}{path}"
