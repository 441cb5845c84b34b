"""Who works at the demo title, and who reads it."""

import secrets
from datetime import timedelta

from allauth.account.models import EmailAddress
from django.conf import settings
from django.contrib.auth.models import Group
from django.utils import timezone

from newsroom.accounts.models import Role, User
from newsroom.mail.models import Address
from newsroom.mail.services import digest, find_or_make_address
from subscriptions.models import Event, Subscriber, Subscription

SUBSCRIBERS = 50
CAST = (
    (Role.EDITOR, "editor@example.org", "Edda Lindqvane"),
    (Role.MODERATOR, "moderator@example.org", "Mattis Orrell"),
    (None, "reader@example.org", "Rena Halloway"),
)
FIRST_NAMES = ("ada", "bo", "cleo", "dag", "eir", "finn", "gro", "hal", "ida", "jon")


def make_cast() -> list[User]:
    """An editor, a moderator and a reader, with passwords made now and written down.

    `DATA_DIR/demo-accounts.txt` gets one line each: role, e-mail, password, parted by tabs;
    only its owner may read it.
    """
    lines, people = [], []
    for role, email, name in CAST:
        password = f"{secrets.choice(FIRST_NAMES)}-{secrets.token_hex(4)}-{secrets.token_hex(3)}"
        people.append(_make_person(role, email, name, password))
        lines.append(f"{role or 'reader'}\t{email}\t{password}\n")
    path = settings.DATA_DIR / "demo-accounts.txt"
    path.touch(mode=0o600)
    path.write_text("".join(lines))
    return people


def _make_person(role: Role | None, email: str, name: str, password: str) -> User:
    user = User.objects.create_user(email, password, name=name, is_staff=role is not None)
    if role:
        user.groups.add(Group.objects.get(name=role))
    EmailAddress.objects.create(user=user, email=email, verified=True, primary=True)
    return user


def make_subscribers() -> tuple[list[Address], list[Subscriber]]:
    """Fifty readers who confirmed over the last weeks and want every story."""
    now = timezone.now()
    addresses, subscribers = [], []
    for number in range(1, SUBSCRIBERS + 1):
        name = FIRST_NAMES[number % len(FIRST_NAMES)]
        address = find_or_make_address(f"{name}.{number}@example.org")
        asked_at = now - timedelta(days=60, hours=-number * 28)
        confirmed_at = asked_at + timedelta(minutes=7)
        subscriber = Subscriber.objects.create(
            address=address,
            state=Subscriber.State.CONFIRMED,
            consent_at=asked_at,
            confirmed_at=confirmed_at,
            wants_since=confirmed_at,
            consent_from="/",
            consent_words="demo",
            fingerprint=digest(address.compared or ""),
        )
        Event.objects.bulk_create(
            [
                Event(subscriber=subscriber, what=Event.What.ASKED, at=asked_at, detail="/"),
                Event(subscriber=subscriber, what=Event.What.CONFIRMED, at=confirmed_at),
            ]
        )
        Subscription.objects.create(subscriber=subscriber)
        addresses.append(address)
        subscribers.append(subscriber)
    return addresses, subscribers
