"""The verbs of this room."""

from subscriptions.services.announcing import (
    announce,
    call_off,
    promise_announcement,
    take_up_again,
    unfinished_announcements,
)
from subscriptions.services.asking import request_preferences, request_subscription
from subscriptions.services.choosing import (
    come_back,
    confirm,
    leave,
    note_leaving,
    note_return,
    pause,
    resume,
    resume_ended_pauses,
    wish_of,
)

__all__ = [
    "announce",
    "call_off",
    "come_back",
    "confirm",
    "leave",
    "note_leaving",
    "note_return",
    "pause",
    "promise_announcement",
    "request_preferences",
    "request_subscription",
    "resume",
    "resume_ended_pauses",
    "take_up_again",
    "unfinished_announcements",
    "wish_of",
]
