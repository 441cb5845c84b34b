"""How writers, networks and texts are told apart without being kept: HMACs under SECRET_KEY."""

from datetime import datetime

from django.utils.crypto import salted_hmac

from comments.typed import letters
from newsroom.accounts.models import User
from newsroom.mail.services import compared_form


def _digest(purpose: str, *parts: str) -> str:
    """64 hexadecimal digits; parts are joined by NUL, which no typed text still holds."""
    mac = salted_hmac(f"comments.{purpose}", "\0".join(parts), algorithm="sha256")
    return mac.hexdigest()


def writer_digest(user: User | None, email: str) -> str:
    """Of an account, or of a guest's address as two are compared; empty for neither."""
    if user is not None:
        return _digest("writer", "account", str(user.pk))
    return _digest("writer", "address", compared_form(email)) if email else ""


def network_digest(network: str) -> str:
    return _digest("network", network) if network else ""


def text_digest(body: str) -> str:
    """Of the letters alone: another case, other blanks or signs make no difference."""
    return _digest("text", letters(body))


def form_digest(hour: datetime, *parts: str) -> str:
    """Of one filled-in form within one hour of the clock (UTC)."""
    return _digest("form", hour.strftime("%Y-%m-%dT%H"), *parts)
