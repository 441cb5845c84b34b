"""The links in the foot of each list mail."""

from datetime import timedelta

from django.urls import reverse

from newsroom.kit.links import LinkError, absolute, make_token, read_token
from newsroom.mail.models import Address
from newsroom.mail.tokens import PREFERENCES, UNSUBSCRIBE, delivery_of


def address_token(purpose: str, address: Address, *more: str) -> str:
    """A signed token of this address; erasing the address, or a new key, makes it void."""
    return make_token(purpose, ":".join([str(address.pk), address.key, *more]))


def read_address_token(
    purpose: str, token: str, *, max_age: timedelta | None = None
) -> tuple[Address, str]:
    """The address, and whatever else the token was made with. Raises LinkError."""
    pk, _colon, rest = read_token(purpose, token, max_age=max_age).partition(":")
    key, _colon, more = rest.partition(":")
    address = Address.objects.filter(pk=pk, key=key, erased_at__isnull=True).first()
    if address is None or not key:
        raise LinkError
    return address, more


def unsubscribe_url(token: str) -> str:
    """Leaves the wish that a message was sent for; `token`: of its delivery."""
    return absolute(reverse("mail:unsubscribe", args=[token]))


def read_unsubscribe(token: str) -> tuple[Address, str]:
    """Who leaves, and the key of the mailing that brought the link. Raises LinkError.

    Links in mail of earlier years were signed with everything in them; they still work.
    """
    delivery = delivery_of(UNSUBSCRIBE, token)
    if delivery is None:
        return read_address_token(UNSUBSCRIBE, token)
    if delivery.address.erased_at:
        raise LinkError
    return delivery.address, delivery.mailing.key


def preferences_token(address: Address) -> str:
    """Opens the reader's own page, until the address is erased."""
    return address_token(PREFERENCES, address)


def read_preferences(token: str) -> Address:
    """Whose own page the token opens: one of the address, or of a message that went to it.

    Raises LinkError.
    """
    delivery = delivery_of(PREFERENCES, token)
    if delivery is None:
        return read_address_token(PREFERENCES, token)[0]
    if delivery.address.erased_at:
        raise LinkError
    return delivery.address


def preferences_path(address: Address) -> str:
    """The reader's own page: what they get, pausing, leaving."""
    return reverse("subscriptions:preferences", args=[preferences_token(address)])


def preferences_url(token: str) -> str:
    """The same, from a mail."""
    return absolute(reverse("subscriptions:preferences", args=[token]))
