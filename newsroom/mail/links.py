"""The links in the foot of each list mail."""

from datetime import timedelta

from django.urls import reverse

from newsroom.kit.links import LinkError, absolute, make_token, read_token
from newsroom.mail.models import Address, Delivery


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


def unsubscribe_url(delivery: Delivery) -> str:
    """Leaves the wish that this message was sent for."""
    token = address_token("unsubscribe", delivery.address, delivery.mailing.key)
    return absolute(reverse("mail:unsubscribe", args=[token]))


def preferences_token(address: Address) -> str:
    """Opens the reader's own page, until the address is erased."""
    return address_token("preferences", address)


def read_preferences(token: str) -> Address:
    """Whose own page the token opens. Raises LinkError."""
    return read_address_token("preferences", token)[0]


def preferences_path(address: Address) -> str:
    """The reader's own page: what they get, pausing, leaving."""
    return reverse("subscriptions:preferences", args=[preferences_token(address)])


def preferences_url(address: Address) -> str:
    """The same, from a mail."""
    return absolute(preferences_path(address))
