"""The links that are mailed to one person."""

from datetime import timedelta

from allauth.account.models import EmailAddress
from django.contrib.auth.models import AnonymousUser
from django.urls import reverse

from newsroom.accounts.models import User
from newsroom.kit.links import LinkError, absolute, make_token, read_token
from newsroom.mail.links import (
    address_token,
    preferences_token,
    read_address_token,
    read_preferences,
)
from newsroom.mail.models import Address
from newsroom.mail.services import compared_form
from subscriptions.models import Subscriber

CONFIRM = "subscription-confirm"
CONFIRM_FOR = timedelta(days=7)
DATA, MOVE = "subscription-data", "subscription-move"
DATA_FOR = timedelta(minutes=30)


def confirmation_link(subscriber: Subscriber) -> str:
    """Where the person confirms this wish, and no later or earlier one."""
    token = make_token(CONFIRM, f"{subscriber.pk}:{subscriber.wish}")
    return absolute(reverse("subscriptions:confirm", args=[token]))


def read_confirmation(token: str) -> tuple[int, str]:
    """The subscriber's id and the wish. Raises LinkError if altered or older than 7 days."""
    pk, _, wish = read_token(CONFIRM, token, max_age=CONFIRM_FOR).partition(":")
    if not pk.isdecimal() or not wish:
        raise LinkError
    return int(pk), wish


def preferences_link(address: Address) -> str:
    """Where the person sees and changes their choices, until the address is erased."""
    return absolute(preferences_path(address))


def preferences_path(address: Address) -> str:
    return reverse("subscriptions:preferences", args=[preferences_token(address)])


def data_link(address: Address) -> str:
    """Where the person downloads or erases what is held of them, for 30 minutes."""
    token = address_token(DATA, address)
    return absolute(reverse("subscriptions:data", args=[token]))


def read_data(token: str) -> Subscriber:
    """Whose data the link shows. Raises LinkError if altered, too old, or of someone erased."""
    address, _nothing = read_address_token(DATA, token, max_age=DATA_FOR)
    return _of_address(address)


def moving_link(subscriber: Subscriber, address: Address) -> str:
    """Mailed to a new address: where its owner confirms that mail shall come there."""
    token = address_token(MOVE, address, str(subscriber.pk), str(subscriber.address_id))
    return absolute(reverse("subscriptions:move", args=[token]))


def read_moving(token: str) -> tuple[Subscriber, Address]:
    """Whose mail shall come to which address.

    Raises LinkError if altered, older than 30 minutes, of someone erased, or if the person's
    address has changed since the link was made.
    """
    address, who = read_address_token(MOVE, token, max_age=DATA_FOR)
    pk, _colon, before = who.partition(":")
    rows = Subscriber.objects.select_related("address").filter(address__erased_at=None)
    subscriber = rows.filter(pk=pk, address__in=[before, address.pk]).first()
    if subscriber is None:
        raise LinkError
    return subscriber, address


def subscriber_of(token: str) -> Subscriber:
    """Whose choices a preferences link shows.

    Raises LinkError if altered, of someone erased, or of someone who never subscribed.
    """
    return _of_address(read_preferences(token))


def _of_address(address: Address) -> Subscriber:
    subscriber = Subscriber.objects.select_related("address").filter(address=address).first()
    if subscriber is None:
        raise LinkError
    return subscriber


def own_path(user: User | AnonymousUser) -> str | None:
    """The choices of whoever is signed in with a verified address that subscribed, if so."""
    if not user.is_authenticated:
        return None
    verified = EmailAddress.objects.filter(user=user, verified=True).order_by("-primary")
    compared = [compared_form(email) for email in verified.values_list("email", flat=True)]
    rows = Subscriber.objects.select_related("address").filter(address__compared__in=compared)
    subscriber = rows.first()
    return preferences_path(subscriber.address) if subscriber else None
