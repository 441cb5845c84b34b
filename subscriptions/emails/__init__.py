"""Every message of this room, one function each, returned unsent."""

from subscriptions.emails.article import article_letter
from subscriptions.emails.correction import correction_letter
from subscriptions.emails.digest import digest_letter
from subscriptions.emails.making import MOST_BYTES
from subscriptions.emails.personal import (
    already_subscribed,
    confirmation,
    imported_welcome,
    key_to_data,
    left_from_elsewhere,
    link_to_choices,
    new_address,
    welcome,
)

__all__ = [
    "MOST_BYTES",
    "already_subscribed",
    "article_letter",
    "confirmation",
    "correction_letter",
    "digest_letter",
    "imported_welcome",
    "key_to_data",
    "left_from_elsewhere",
    "link_to_choices",
    "new_address",
    "welcome",
]
