"""What the words of mail servers mean for an address."""

import time
from collections import Counter
from functools import cache
from pathlib import Path
from typing import Any

import pytest

from bench._real_mail import Label, labelled_mail
from newsroom.mail.bounces.judging import judge, judge_bounce
from newsroom.mail.bounces.parsing import Received, take_apart
from newsroom.mail.bounces.policy import without_addresses
from newsroom.mail.bounces.sorting import Sort, failed_recipients, sort
from newsroom.mail.models import BounceNotice

Kind, Why = BounceNotice.Kind, BounceNotice.Why


@pytest.mark.parametrize(
    ("words", "why"),
    [
        ("550 5.1.1 <a@b.example>: Recipient address rejected: User unknown", Why.NO_ADDRESS),
        ("550-5.1.1 The email account that you tried to reach does not exist.", Why.NO_ADDRESS),
        ("550 5.1.10 RESOLVER.ADR.RecipientNotFound; Recipient not found", Why.NO_ADDRESS),
        ("550 5.4.1 [a@b.example]: Recipient address rejected: Access denied.", Why.NO_ADDRESS),
        ("550 No such user here", Why.NO_ADDRESS),
        ("550 unknown user", Why.NO_ADDRESS),
        ("552 1 Requested mail action aborted, mailbox not found", Why.NO_ADDRESS),
        ("553 5.3.0 <a@b.example>... No such user here", Why.NO_ADDRESS),
        ("553 5.3.0 <a@b.example>... Addressee unknown, relay=[192.0.2.10]", Why.NO_ADDRESS),
        ("550 5.5.0 Requested action not taken: mailbox unavailable (S20). [BN8.outlook.com]", Why.NO_ADDRESS),
        ("550 Requested action not taken: mailbox unavailable", Why.NO_ADDRESS),
        ("554 delivery error: dd This user doesn't have a yahoo.com account (a@b.example) [0] - mta1", Why.NO_ADDRESS),
        ("550 5.1.351 Remote server returned unknown recipient -> 550 <a@b.example>: User unknown", Why.NO_ADDRESS),
        ("550 <a@b.example>: Recipient address rejected: User unknown in virtual alias table", Why.NO_ADDRESS),
        ("550 5.1.0 <a@b.example> Account not available", Why.NO_ADDRESS),
        ("550 L'adresse de messagerie ci-dessus n'existe pas", Why.NO_ADDRESS),
        ("550 Empfänger a@b.example existiert nicht", Why.NO_ADDRESS),
        ("5.4.4 Host or domain name not found. Name service error for name=b.example", Why.NO_DOMAIN),
        ("550 5.1.6 Destination mailbox has moved, No forwarding address", Why.MOVED),
    ],
)  # fmt: skip
def test_an_address_that_does_not_exist_is_gone_for_good(words: str, why: str) -> None:
    verdict = judge(words)

    assert (verdict.kind, verdict.why) == (Kind.HARD, why)


@pytest.mark.parametrize(
    ("words", "why"),
    [
        ("552 5.2.2 Mailbox full", Why.FULL),
        ("550 5.1.1 User's Disk Quota Exceeded", Why.FULL),
        ("452 4.2.2 The email account that you tried to reach is over quota", Why.FULL),
        ("552 5.3.4 Message size exceeds fixed limit", Why.TOO_LARGE),
        ("550 5.2.1 The email account that you tried to reach is disabled", Why.DISABLED),
        ("554 5.7.1 Service unavailable; Client host blocked using zen.example", Why.REFUSED),
        ("550 5.7.26 Unauthenticated email is not accepted due to domain's DMARC", Why.REFUSED),
        ("550 5.7.1 Message content rejected, UBE", Why.REFUSED),
        ("450 4.2.0 Recipient address rejected: Greylisted", Why.REFUSED),
        ("421 4.7.0 Try again later", Why.LATER),
        ("554 4.4.7 Message expired: unable to deliver in 840 minutes", Why.LATER),
        ("450 Requested action not taken: mailbox unavailable", Why.UNCLEAR),
        ("550 Requested action not taken: mailbox unavailable invalid DNS MX record", Why.UNCLEAR),
        ("550-Requested action not taken: mailbox unavailable\n550 Sender is not allowed", Why.UNCLEAR),
        ("552 5.2.2 Requested action not taken: mailbox unavailable, over quota", Why.FULL),
        ("This user doesn't have a b.example account (a@b.example) [-9]", Why.UNCLEAR),
        ("550 5.1.351 Remote server returned unknown recipient -> 550 : User unknown", Why.UNCLEAR),
        ("550 L'adresse de l'expéditeur n'existe pas", Why.UNCLEAR),
        ("550 5.0.0 Unknown user a@b.example (in reply to end of DATA command)", Why.UNCLEAR),
        ("550 Recipient address rejected: User unknown", Why.UNCLEAR),
        ("550 5.3.0 Unknown user", Why.UNCLEAR),
        ("550 rejected; see https://no-such-user.example/unknown-user", Why.UNCLEAR),
        ("", Why.UNCLEAR),
    ],
)  # fmt: skip
def test_all_else_is_soft_whatever_its_number(words: str, why: str) -> None:
    verdict = judge(words)

    assert (verdict.kind, verdict.why) == (Kind.SOFT, why)


def test_sendmail_that_sends_its_commands_at_once_is_told_at_the_recipient() -> None:
    """It reads what was said of the recipient after it has written DATA."""
    words, session = "550 5.5.0 Invalid recipient", ">>> DATA\n<<< 550 5.5.0 Invalid recipient\n"

    early = judge(words, beside=f"{session}<<< 554 5.5.1 Error: no valid recipients")

    assert early.kind == Kind.HARD
    assert judge(words, beside=session).kind == Kind.SOFT


def test_a_server_that_is_still_trying_has_not_failed() -> None:
    assert judge("4.4.1 connect: Connection timed out", action="delayed").kind == Kind.DELAYED


def test_of_two_recipients_behind_one_address_the_milder_word_counts() -> None:
    reports = (
        {"action": "failed", "status": "5.1.1", "diagnostic-code": "550 5.1.1 unknown user"},
        {"action": "failed", "status": "5.2.2", "diagnostic-code": "552 5.2.2 mailbox full"},
    )

    assert judge_bounce(Received(take_apart(b"").head, reports=reports)).kind == Kind.SOFT


def test_of_a_long_explanation_the_servers_reply_is_kept() -> None:
    text = "Hi. This is the mail program.\n\n<a@b.example>:\n550 5.1.1 unknown user\n\nSorry."

    assert judge(text).words == "550 5.1.1 unknown user"


# Real mail --------------------------------------------------------------------------------


@cache
def read_all(folder: Path) -> list[tuple[Label, Received, Sort, str]]:
    """Each labelled message: its label, the message, of what sort it is, and the verdict."""
    found = []
    for label, raw in labelled_mail(folder):
        received = take_apart(raw)
        kind = sort(received)
        verdict = judge_bounce(received).kind if kind is Sort.BOUNCE else ""
        found.append((label, received, kind, verdict))
    return found


@pytest.fixture
def mails(real_material: Path) -> list[tuple[Label, Received, Sort, str]]:
    folder = real_material / "mail"
    if not folder.is_dir():
        pytest.skip(f"TEST_DATA: no folder {folder}")
    return read_all(folder)


def test_every_real_message_is_read(mails: list[Any]) -> None:
    assert len(mails) == 485


def test_of_100_hard_bounces_that_name_a_recipient_99_are_found_with_it(mails: list[Any]) -> None:
    named = [
        set(map(str.lower, row["recipients_expected"])) <= failed_recipients(received)
        for row, received, kind, _verdict in mails
        if row["cls"] == "hard-bounce" and row["recipients_expected"] and kind is Sort.BOUNCE
    ]

    assert sum(named) >= 99


def test_of_81_hard_bounces_that_name_none_most_are_known_as_hard(mails: list[Any]) -> None:
    verdicts = Counter(
        verdict
        for row, _received, _kind, verdict in mails
        if row["cls"] == "hard-bounce" and not row["recipients_expected"]
    )

    assert verdicts.total() == 81
    assert verdicts[Kind.HARD] >= 71  # As many as there were when this was written.


def test_hard_bounces_that_say_so_plainly_are_judged_hard(mails: list[Any]) -> None:
    """Of the others 23 say that a mailbox is full or an account disabled, and 24 say nothing."""
    verdicts = Counter(
        verdict
        for row, _received, _kind, verdict in mails
        if row["cls"] == "hard-bounce" and row["recipients_expected"]
    )

    assert verdicts[Kind.HARD] >= 40


@pytest.mark.parametrize(
    ("label", "sorts"),
    [
        ("human-mail(not-a-bounce)", {Sort.PERSON}),
        ("auto-reply/vacation", {Sort.AUTOMATIC}),
        ("not-a-bounce", {Sort.PERSON}),
        ("delivered", {Sort.AUTOMATIC}),
    ],
)
def test_what_is_no_bounce_is_never_taken_for_one(
    mails: list[Any], label: str, sorts: set[Sort]
) -> None:
    found = {kind for row, _received, kind, _verdict in mails if row["cls"] == label}

    assert found == sorts


@pytest.mark.parametrize("label", ["soft-bounce", "soft-bounce(warning)"])
def test_no_soft_bounce_is_taken_for_hard(mails: list[Any], label: str) -> None:
    wrong = [
        row["file"]
        for row, _received, _kind, verdict in mails
        if row["cls"] == label and verdict == Kind.HARD
    ]

    assert wrong == []


def test_complaints_are_known(mails: list[Any]) -> None:
    """One of the six is no report but a mail that a mail program wrote to leave a list."""
    found = [kind for row, _r, kind, _v in mails if row["cls"] == "complaint(ARF)"]

    assert Counter(found) == {Sort.COMPLAINT: 5, Sort.AUTOMATIC: 1}


@pytest.mark.parametrize(
    "raw",
    [
        b"",
        b"\0" * 500,
        b"\xff\xfe" * 300,
        b"From: a@b.example\nContent-Type: multipart/report; report-type=delivery-status\n\n",
        b"From: \nSubject: =?utf-8?b?!!!?=\n\nUndeliverable",
        b"Content-Type: multipart/mixed; boundary=x\n\n" + b"--x\nContent-Type: multipart/mixed\n\n" * 400,
        b"".join(b"Content-Type: multipart/mixed; boundary=b%d\n\n--b%d\n" % (n, n) for n in range(3000)),
        b"Content-Type: message/rfc822\n\n" * 3000,
        b"Content-Type: text/plain; charset=no-such\nFrom: a\n\n\xe9",
        b"Content-Type: message/delivery-status\n\nAction\n\n: failed\n",
    ],
)  # fmt: skip
def test_no_message_is_too_broken_to_be_read(raw: bytes) -> None:
    received = take_apart(raw)

    assert sort(received) in Sort
    assert judge_bounce(received).kind in Kind


@pytest.mark.parametrize(
    "raw",
    [
        f"From: {'no-reply@' * 30_000}\nSubject: x\n\nundeliverable\n",
        f"From: {'smtp' * 30_000}\nSubject: x\n\nundeliverable\n",
        "From: MAILER-DAEMON@x\n\n" + ">>> data <<< 5" * 500
        + "\n<<< 550 no valid recipients\n" + "<<< 500 " * 1600,
    ],
    ids=["no-reply", "smtp", "refused at DATA"],
)  # fmt: skip
def test_marks_that_never_end_are_looked_for_in_no_time(raw: str) -> None:
    """Minutes, when each beginning of a mark was followed to the end."""
    began = time.process_time()

    received = take_apart(raw.encode())
    sort(received)
    judge_bounce(received)

    assert time.process_time() - began < 2  # Seconds.


@pytest.mark.parametrize(
    ("after", "kind"),
    [
        ("", Kind.SOFT),
        ("\n<<< 554 5.0.0 No valid recipients", Kind.HARD),
        ("\n<<< 250 no valid recipients", Kind.SOFT),
        ("\n<<< 554\nno valid recipients", Kind.SOFT),
        ("\n<<< 503 No valid recipients\n>>> DATA\n<<< 554 no", Kind.SOFT),
        ("\n>>> DATA\n<<< 554 no <<< 503 no valid recipients", Kind.HARD),
    ],
)
def test_a_refusal_of_the_words_is_too_late_unless_nobody_was_to_get_them(
    after: str, kind: str
) -> None:
    said = ">>> RCPT To:<a@b.example>\n<<< 550 user unknown\n>>> DATA\n<<< 554 no"

    assert judge(f"{said}{after}").kind == kind


@pytest.mark.parametrize("part", ["Diagnostic-Code: smtp; 550 ", "\n\n"], ids=["field", "text"])
def test_a_word_without_end_is_read_in_no_time(part: str) -> None:
    """Minutes, when each of its letters was tried as the beginning of an address."""
    head = "Content-Type: message/delivery-status" if part.strip() else "From: MAILER-DAEMON@x"
    blocks = "\n\nReporting-MTA: dns; x\n\nAction: failed\nStatus: 5.0.0\n" if part.strip() else ""
    began = time.process_time()

    verdict = judge_bounce(take_apart(f"{head}{blocks}{part}{'a' * 300_000}\n".encode()))
    without_addresses(verdict.words)

    assert time.process_time() - began < 2  # Seconds.
