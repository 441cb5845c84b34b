"""The links that are mailed to one person."""

from datetime import timedelta

from allauth.account.models import EmailAddress
from django.contrib.auth.models import AnonymousUser
from django.urls import reverse

from newsroom.accounts.models import User
from newsroom.kit.links import LinkError, absolute, make_token, read_token
from newsroom.mail.links import preferences_token, read_preferences
from newsroom.mail.models import Address
from newsroom.mail.services import compared_form
from subscriptions.models import Subscriber

CONFIRM = "subscription-confirm"
CONFIRM_FOR = timedelta(days=7)


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


def subscriber_of(token: str) -> Subscriber:
    """Whose choices a preferences link shows.

    Raises LinkError if altered, of someone erased, or of someone who never subscribed.
    """
    address = read_preferences(token)
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
