"""Writing down what happened to a subscription."""

from newsroom.mail.models import Address
from subscriptions.models import Event, Subscriber

What = Event.What


def note(
    subscriber: Subscriber, what: Event.What, *, detail: str = "", before: Address | None = None
) -> None:
    """Inside the transaction of the fact. `before`: where mail went until now."""
    Event.objects.create(subscriber=subscriber, what=what, detail=detail[:200], address=before)
