"""What the desk sees of subscribers, of lists brought in, and of the numbers."""

from subscriptions.admin.imports import ImportAdmin
from subscriptions.admin.subscribers import SubscriberAdmin

__all__ = ["ImportAdmin", "SubscriberAdmin"]
