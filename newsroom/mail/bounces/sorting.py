"""Of what kind a message is that came to the bounce address."""

import copy
import email
import logging
import re
from email.utils import getaddresses
from enum import Enum, auto

from flufl.bounce import all_failures

from newsroom.mail.bounces.judging import tells_of_success
from newsroom.mail.bounces.parsing import Received, addresses_in

logger = logging.getLogger(__name__)

# RFC 5965 and RFC 6591: `not-spam` takes a complaint back, the others are no person's word.
NO_COMPLAINT = {"not-spam", "auth-failure", "dkim", "dmarc"}
# RFC 5965, section 3.2; and what came before it.
REPORTED = ("original-rcpt-to", "removal-recipient")
NOBODY = {"<>", "<#@[]>"}  # The null sender of RFC 5321, and qmail's beside it.
MACHINES = re.compile(
    r"mailer-?daemon|post[-_]?master|mail ?delivery|delivery ?(?:sub)?system|system administrator"
    r"|^mailer\b|mail system|no-?reply@.*\bmail|smtp[\w.-]*@|mdaemon@",
    re.IGNORECASE,
)
FAILURE = re.compile(
    r"undeliver|not be delivered|not delivered|delivery (?:has |status |report|fail|error|problem)"
    r"|fail(?:ed|ure) (?:notice|to deliver|recipient)|returned (?:mail|to sender)|could ?n[o']t (?:be )?deliver"
    r"|unable to deliver|mail (?:delivery )?(?:failed|error|failure)|did not reach|non-delivery"
    r"|was ?n[o']t able to deliver|unknown user|user unknown|invalid user|mailbox is full|error sending your|trouble delivering",
    re.IGNORECASE,
)
ABSENCE = re.compile(
    r"^(?:(?:re|aw): )*(?:auto(?:matic)?[ -:]?(?:re(?:ply|sponse)|matic)|out of (?:the )?office"
    r"|away from|vacation|on (?:leave|holiday)|abwesen)",
    re.IGNORECASE,
)


class Sort(Enum):
    """What to do with it follows from this."""

    BOUNCE = auto()
    COMPLAINT = auto()
    AUTOMATIC = auto()  # Vacation notices, receipts, mail of lists: nobody waits for an answer.
    PERSON = auto()


def sort(received: Received) -> Sort:
    """A bounce is looked for before an auto-reply: many bounces say that they are one.

    It takes words of failure and a mark that a program wrote them. Words alone prove nothing:
    people quote a bounce, pass it on whole, or only ask for an "action".
    """
    if received.feedback or _is(received, "feedback-report"):
        kind = received.feedback.get("feedback-type", "abuse").lower()
        return Sort.AUTOMATIC if kind in NO_COMPLAINT else Sort.COMPLAINT
    if received.header("x-amz-sns-message-id"):
        return _sort_of_notification(received.explanation)
    if _is_made_by_program(received):
        return _sort_of_program(received)
    return Sort.AUTOMATIC if _is_automatic(received) else Sort.PERSON


def failed_recipients(received: Received) -> set[str]:
    """The addresses that a notice names as not reached, in lower case."""
    named = {
        address
        for report in received.reports
        for name in ("original-recipient", "final-recipient")
        for address in addresses_in(report.get(name, ""))
    }
    return named | _by_flufl(received)


def complained_of(received: Received) -> set[str]:
    """The addresses of which a complaint may speak, in lower case: made up in many (RFC 6590)."""
    original = email.message_from_string(received.returned.lstrip())
    fields = [received.feedback.get(name, "") for name in REPORTED]
    return addresses_in(*fields, *map(str, original.get_all("To", [])))


def _by_flufl(received: Received) -> set[str]:
    """What the bounce reader finds, which knows many servers' own forms."""
    message = received.head
    if not getaddresses([received.header("From")]):  # It takes for granted that there is one.
        message = copy.copy(message)
        del message["From"]
        message["From"] = "nobody@localhost"
    try:
        temporary, permanent = all_failures(message)
    except Exception:  # It reads what anybody may send, by many hands' rules.
        logger.exception("bounce reader failed")
        return set()
    return {found.decode("ascii", "replace").lower() for found in (*temporary, *permanent)}


def _sort_of_notification(text: str) -> Sort:
    """Amazon's notifications by mail: JSON, of a bounce, a complaint or a delivery."""
    kind = re.search(r'notificationType[\\\\": ]+(\w+)', text)
    return {"Bounce": Sort.BOUNCE, "Complaint": Sort.COMPLAINT}.get(
        kind[1] if kind else "", Sort.AUTOMATIC
    )


def _is(received: Received, report: str) -> bool:
    says = received.header("Content-Type").lower()
    return says.startswith("multipart/report") and report in says


def _is_made_by_program(received: Received) -> bool:
    """By marks that mail servers and programs set and people's mail does not have."""
    path = received.header("Return-Path")
    submitted = received.header("Auto-Submitted").lower() or "no"
    return (
        received.head.get_content_type() == "multipart/report"
        or path in NOBODY
        or bool(MACHINES.search(path.partition("@")[0]))
        or bool(MACHINES.search(received.header("From")))
        or not submitted.startswith("no")
        or received.header("Precedence").lower() in {"bulk", "junk", "auto_reply"}
    )


def _sort_of_program(received: Received) -> Sort:
    if received.reports and all(map(tells_of_success, received.reports)):
        return Sort.AUTOMATIC
    if received.is_report or failed_recipients(received) or _tells_of_failure(received):
        return Sort.BOUNCE
    return Sort.AUTOMATIC


def _tells_of_failure(received: Received) -> bool:
    """A server's name and words of failure: no person writes under such a name."""
    machine = received.header("Return-Path") in NOBODY or MACHINES.search(received.header("From"))
    return bool(machine) and bool(
        FAILURE.search(received.header("Subject")) or FAILURE.search(received.explanation)
    )


def _is_automatic(received: Received) -> bool:
    """RFC 3834, and what programs used before it or beside it, where no bounce is looked for."""
    marked = any(
        received.header(name)
        for name in (
            "X-Autoreply",
            "X-Autorespond",
            "X-Auto-Response-Suppress",
            "List-Id",
            "X-MLServer",
        )
    )
    is_list = received.header("Precedence").lower() == "list"
    return marked or is_list or bool(ABSENCE.search(received.header("Subject")))
