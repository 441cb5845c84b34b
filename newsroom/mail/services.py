"""The verbs of the post room, for the other rooms."""

from newsroom.mail.addresses import compared_form, digest, find_address, find_or_make_address
from newsroom.mail.errors import AddressError
from newsroom.mail.leaving import leave, undo_leaving
from newsroom.mail.ledger import (
    add_rendering,
    cancel_list_mail,
    cancel_mailing,
    erase_address,
    fill_deliveries,
    halt_all_mail,
    promise_letter,
    promise_mailing,
    reopen_mailing,
    resume_mailing,
    start_mailing,
    use_rendering,
)
from newsroom.mail.links import preferences_token, read_preferences
from newsroom.mail.suppressions import lift, suppress, suppression_of

__all__ = [
    "AddressError",
    "add_rendering",
    "cancel_list_mail",
    "cancel_mailing",
    "compared_form",
    "digest",
    "erase_address",
    "fill_deliveries",
    "find_address",
    "find_or_make_address",
    "halt_all_mail",
    "leave",
    "lift",
    "preferences_token",
    "promise_letter",
    "promise_mailing",
    "read_preferences",
    "reopen_mailing",
    "resume_mailing",
    "start_mailing",
    "suppress",
    "suppression_of",
    "undo_leaving",
    "use_rendering",
]
