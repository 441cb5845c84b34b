"""The verbs of this room."""

from subscriptions.services.announcing import (
    announce,
    announce_some,
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
from subscriptions.services.digesting import pack_digest, pack_some, promise_digests
from subscriptions.services.editions import a_week, count_pace, editions, make_editions
from subscriptions.services.packing import words_changed

__all__ = [
    "a_week",
    "announce",
    "announce_some",
    "call_off",
    "come_back",
    "confirm",
    "count_pace",
    "editions",
    "leave",
    "make_editions",
    "note_leaving",
    "note_return",
    "pack_digest",
    "pack_some",
    "pause",
    "promise_announcement",
    "promise_digests",
    "request_preferences",
    "request_subscription",
    "resume",
    "resume_ended_pauses",
    "take_up_again",
    "unfinished_announcements",
    "wish_of",
    "words_changed",
]
