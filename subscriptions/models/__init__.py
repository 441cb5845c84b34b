"""Who gets what and when."""

from subscriptions.models.dues import Bundle, Clock, Due, Heartbeat
from subscriptions.models.editions import Edition, Pace
from subscriptions.models.events import Event
from subscriptions.models.imports import Import, ImportLine
from subscriptions.models.subscriber import MOST_A_DAY, Subscriber
from subscriptions.models.wishes import Cadence, Subscription

__all__ = [
    "MOST_A_DAY",
    "Bundle",
    "Cadence",
    "Clock",
    "Due",
    "Edition",
    "Event",
    "Heartbeat",
    "Import",
    "ImportLine",
    "Pace",
    "Subscriber",
    "Subscription",
]
