"""The verbs of the comments room."""

from comments.services.deciding import AlreadyDecidedError, decide
from comments.services.posting import (
    PRIVACY_WORDS,
    CommentsClosedError,
    ParentGoneError,
    Written,
    post_comment,
)
from comments.services.privacy import KEPT_FOR, forget_addresses, forget_person
from comments.services.reminding import remind_moderators

__all__ = [
    "KEPT_FOR",
    "PRIVACY_WORDS",
    "AlreadyDecidedError",
    "CommentsClosedError",
    "ParentGoneError",
    "Written",
    "decide",
    "forget_addresses",
    "forget_person",
    "post_comment",
    "remind_moderators",
]
