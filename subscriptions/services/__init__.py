"""The verbs of this room."""

from subscriptions.services.announcing import (
    announce,
    announce_some,
    call_off,
    end_of_hold,
    moment_before,
    promise_announcement,
    take_up_again,
    to_take_up,
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
from subscriptions.services.correcting import (
    correct,
    correct_some,
    promise_correction,
    unfinished_corrections,
)
from subscriptions.services.digesting import (
    hold_digests,
    pack_digest,
    pack_some,
    promise_digests,
)
from subscriptions.services.editions import (
    count_pace,
    editions,
    last_general_mail,
    make_editions,
)
from subscriptions.services.forgetting import forget_strangers, forget_unconfirmed
from subscriptions.services.holding import (
    erase,
    everything_held,
    move,
    request_move,
    send_key,
)
from subscriptions.services.importing import (
    Terms,
    bring_in,
    call_off_import,
    forget_files,
    forget_waiting,
    go_on,
    keep_list,
    unfinished_imports,
)
from subscriptions.services.renewing import words_changed
from subscriptions.services.tracing import moved_to
from subscriptions.services.waking import quiet_until
from subscriptions.services.wishing import (
    Hours,
    Wishes,
    choose,
    leave_wishes,
    next_digest,
    set_wish,
    take_back,
)

__all__ = [
    "Hours",
    "Terms",
    "Wishes",
    "announce",
    "announce_some",
    "bring_in",
    "call_off",
    "call_off_import",
    "choose",
    "come_back",
    "confirm",
    "correct",
    "correct_some",
    "count_pace",
    "editions",
    "end_of_hold",
    "erase",
    "everything_held",
    "forget_files",
    "forget_strangers",
    "forget_unconfirmed",
    "forget_waiting",
    "go_on",
    "hold_digests",
    "keep_list",
    "last_general_mail",
    "leave",
    "leave_wishes",
    "make_editions",
    "moment_before",
    "move",
    "moved_to",
    "next_digest",
    "note_leaving",
    "note_return",
    "pack_digest",
    "pack_some",
    "pause",
    "promise_announcement",
    "promise_correction",
    "promise_digests",
    "quiet_until",
    "request_move",
    "request_preferences",
    "request_subscription",
    "resume",
    "resume_ended_pauses",
    "send_key",
    "set_wish",
    "take_back",
    "take_up_again",
    "to_take_up",
    "unfinished_announcements",
    "unfinished_corrections",
    "unfinished_imports",
    "wish_of",
    "words_changed",
]
