"""Why a comment waits: a sentence for the moderator, and one for its writer.

The writer's sentence never tells which listed word it was, what the site knows of an
address, or how a check could be slipped by.
"""

from collections.abc import Iterable
from dataclasses import dataclass

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

Words = str | Promise


@dataclass(frozen=True)
class Reason:
    """One check's finding; its code is the check's name. `refuses`: it is not even kept."""

    code: str
    for_moderator: Words
    for_writer: Words
    refuses: bool = False


CLOSED = Reason(
    "closed_article",
    _("Comments on this story are closed."),
    _("Comments on this story are closed."),
    refuses=True,
)
LONG = Reason(
    "too_long",
    _("It is long: more than 3,000 characters."),
    _("It is longer than most comments, and somebody reads those first."),
)
TRAP = Reason(
    "trap_filled",
    _("A field that people do not see was filled in, as programs do."),
    _("Somebody looks at it first, to be sure that a person wrote it."),
)
LISTED_WORD = Reason(
    "listed_word",
    _("It holds a word from the list of words."),
    _("It holds a word that somebody has to read in its context first."),
)
LINKS = Reason(
    "many_links",
    _("It holds three links or more."),
    _("It holds several links, and somebody follows those first."),
)
REPEATED = Reason(
    "repeated_text",
    _("The same words were sent within the last day."),
    _("The same words were sent before, a short time ago."),
)
IMPERSONATION = Reason(
    "impersonation",
    _("The name is, or looks like, that of someone at the desk or of the title itself."),
    _("The name is much like that of someone who works here."),
)
BORROWED_ADDRESS = Reason(
    "borrowed_address",
    _("The address belongs to an account, and the writer was not signed in to it."),
    _("Comments by guests are read before they appear."),
)
LATELY_REFUSED = Reason(
    "lately_refused",
    _("This writer had a comment refused within the last 30 days."),
    _("Somebody reads it before it appears."),
)
FIRST = Reason(
    "first_comment",
    _("Nothing by this writer has been published yet."),
    _("The first comment of each person is read before it appears."),
)
GUEST = Reason(
    "unconfirmed_guest",
    _(
        "A guest whose address nobody verified. Comments with this address were published "
        "before, but anyone can type it."
    ),
    _("Comments by guests are read before they appear."),
)
UNVERIFIED = Reason(
    "unverified_account",
    _("The account's address is not verified."),
    _("It is read before it appears, because the address of your account is not verified yet."),
)

ALL = (
    CLOSED, LONG, TRAP, LISTED_WORD, LINKS, REPEATED, IMPERSONATION, BORROWED_ADDRESS,
    LATELY_REFUSED, FIRST, GUEST, UNVERIFIED,
)  # fmt: skip
BY_CODE = {reason.code: reason for reason in ALL}


def reasons_for(codes: Iterable[str]) -> list[Reason]:
    """The reasons of these codes, in their order; one that is no longer known shows its code."""
    return [BY_CODE.get(code) or Reason(code, code, GUEST.for_writer) for code in codes]
