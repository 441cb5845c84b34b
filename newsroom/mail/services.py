"""The verbs of the post room, for the other rooms."""

from newsroom.mail.addresses import compared_form, digest, find_address, find_or_make_address
from newsroom.mail.ages import TOO_OLD
from newsroom.mail.errors import AddressError
from newsroom.mail.leaving import leave
from newsroom.mail.ledger import (
    CALLED_OFF,
    add_rendering,
    begin_mailing,
    called_off,
    called_off_with,
    cancel_deliveries,
    cancel_list_mail,
    cancel_mailing,
    end_filling,
    erase_address,
    fill_deliveries,
    fill_from,
    halt_all_mail,
    halt_mailing,
    move_deliveries,
    promise_letter,
    promise_mailing,
    refill_mailing,
    reopen_mailing,
    start_mailing,
    take_up_mailing,
    unfinished,
)
from newsroom.mail.links import preferences_token, read_preferences
from newsroom.mail.redirecting import redirect_list_mail
from newsroom.mail.suppressions import lift, suppress, suppression_of

__all__ = [
    "CALLED_OFF",
    "TOO_OLD",
    "AddressError",
    "add_rendering",
    "begin_mailing",
    "called_off",
    "called_off_with",
    "cancel_deliveries",
    "cancel_list_mail",
    "cancel_mailing",
    "compared_form",
    "digest",
    "end_filling",
    "erase_address",
    "fill_deliveries",
    "fill_from",
    "find_address",
    "find_or_make_address",
    "halt_all_mail",
    "halt_mailing",
    "leave",
    "lift",
    "move_deliveries",
    "preferences_token",
    "promise_letter",
    "promise_mailing",
    "read_preferences",
    "redirect_list_mail",
    "refill_mailing",
    "reopen_mailing",
    "start_mailing",
    "suppress",
    "suppression_of",
    "take_up_mailing",
    "unfinished",
]
