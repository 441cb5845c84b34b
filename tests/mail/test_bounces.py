"""What a bounce, a complaint or an answer does: to the right address, once, and to no other."""

import email
import re
from datetime import datetime, timedelta
from email import policy as email_policy
from pathlib import Path
from typing import Any

import pytest
import time_machine
from django.utils import timezone

from newsroom.kit.models import Site
from newsroom.mail.addresses import find_or_make_address
from newsroom.mail.bounces.forwarding import AN_HOUR, ForwardingError, TooManyForwardedError
from newsroom.mail.bounces.policy import (
    HEEDED,
    KEPT,
    SOFT_DAYS,
    STRANGERS_AN_HOUR,
    forget_old_notices,
    without_addresses,
)
from newsroom.mail.bounces.receiving import Done, receive
from newsroom.mail.ledger import add_rendering, erase_address, fill_deliveries, promise_mailing
from newsroom.mail.messages import message_id, return_path
from newsroom.mail.models import Address, BounceNotice, Delivery, Mailing, Rendering, Suppression
from newsroom.mail.suppressions import lift, suppression_of
from tests.conftest import Committing
from tests.mail.notices import FULL, GONE, WORDS, bounce, complaint, make_sent, reply

pytestmark = pytest.mark.django_db
HARD, COMPLAINT = Suppression.Reason.HARD_BOUNCE, Suppression.Reason.COMPLAINT
DAY = timedelta(days=1)


@pytest.fixture(params=["bounces+*@example.org", ""], ids=["VERP", "plain"])
def by_either_way(request: pytest.FixtureRequest, settings: Any) -> None:
    """Once by the return path, once by the Message-ID of the original alone."""
    settings.BOUNCE_ADDRESS = request.param


def days_of_soft_bounces(address: str, days: int, **said: Any) -> None:
    """One message a day for so many days up to today, each of which comes back."""
    for day in range(days, 0, -1):
        delivery = make_sent(address, at=timezone.now() - day * DAY)
        receive(bounce(delivery, **({"says": FULL, "status": "5.2.2"} | said)))


# Hard -------------------------------------------------------------------------------------


@pytest.mark.usefixtures("by_either_way")
def test_a_hard_bounce_of_our_message_suppresses_its_address_at_once() -> None:
    delivery, other = make_sent("gone@example.net"), make_sent("there@example.net")

    assert receive(bounce(delivery)) is Done.RECORDED

    assert suppression_of(delivery.address) == HARD
    assert suppression_of(other.address) is None


def test_the_desk_sees_why_and_when_and_nobodys_address() -> None:
    delivery = make_sent("gone@example.net")

    receive(bounce(delivery, says="550 5.1.1 <{to}>: User unknown; see postmaster@example.com"))

    delivery.refresh_from_db()
    evidence = Suppression.objects.get().evidence
    assert delivery.state == Delivery.State.BOUNCED
    assert evidence == "No such address: 550 5.1.1 <…>: User unknown; see …"
    assert "@" not in evidence + delivery.outcome + BounceNotice.objects.get().words


def test_what_waits_for_a_bounced_address_is_called_off() -> None:
    delivery = make_sent("gone@example.net")
    waiting = promise_mailing("article:waiting")
    ids = Address.objects.filter(pk=delivery.address_id).values("pk")
    fill_deliveries(waiting, add_rendering(waiting, WORDS), ids)

    receive(bounce(delivery))

    assert waiting.deliveries.get().state == Delivery.State.CANCELLED


@pytest.mark.parametrize("state", ["in_doubt", "claimed"])
def test_what_came_back_had_left_whatever_the_worker_knew(state: str) -> None:
    delivery = make_sent(state=state)

    receive(bounce(delivery))

    delivery.refresh_from_db()
    assert delivery.state == Delivery.State.BOUNCED


def test_the_words_of_a_letter_in_doubt_are_forgotten_when_it_comes_back() -> None:
    delivery = make_sent(state="in_doubt")
    Mailing.objects.update(priority=Mailing.Priority.TRANSACTIONAL)

    receive(bounce(delivery))

    assert Rendering.objects.get().parts == {}


def test_a_forwarders_bounce_is_ours_by_the_return_path(settings: Any) -> None:
    """The address that failed is the one the reader forwards to, which we never knew."""
    settings.BOUNCE_ADDRESS = "bounces+*@example.org"
    delivery = make_sent("old@example.net")

    receive(bounce(delivery, recipient="new@example.com"))

    assert suppression_of(delivery.address) == HARD


def test_the_return_path_is_found_on_the_envelope_alone(settings: Any) -> None:
    settings.BOUNCE_ADDRESS = "bounces+*@example.org"
    delivery = make_sent("gone@example.net")
    text = "From: MAILER-DAEMON@x.example\nSubject: failure notice\n\n550 5.1.1 unknown user\n"

    receive(text.encode(), envelope=return_path(delivery).upper())

    assert suppression_of(delivery.address) == HARD


# Forged, repeated, too late ---------------------------------------------------------------


def test_a_message_id_convinces_only_for_the_address_it_went_to() -> None:
    delivery, victim = make_sent("a@example.net"), make_sent("victim@example.net")

    done = receive(bounce(delivery, recipient="victim@example.net"))

    assert done is Done.UNKNOWN
    assert not Suppression.objects.exists()
    assert suppression_of(victim.address) is None
    assert BounceNotice.objects.get().delivery == delivery
    assert BounceNotice.objects.get().effect == BounceNotice.Effect.UNPROVED


def names_nobody(delivery: Delivery, says: str = "550 5.1.1 no such user") -> bytes:
    """A bounce in words, with the head of the original below."""
    return f"""\
From: MAILER-DAEMON@mx.example.net
Subject: failure notice {delivery.pk}

{says}
--- Below this line is a copy of the message.

Message-ID: {message_id(delivery)}
""".encode()


def test_a_message_id_convinces_nobody_of_a_bounce_that_names_nobody() -> None:
    delivery = make_sent("anna@example.net")

    assert receive(names_nobody(delivery)) is Done.UNKNOWN

    delivery.refresh_from_db()
    assert not Suppression.objects.exists()
    assert delivery.state == Delivery.State.SENT


def test_a_message_id_convinces_nobody_of_a_complaint_that_names_nobody() -> None:
    delivery = make_sent("anna@example.net")

    assert receive(complaint(delivery, link=False)) is Done.UNKNOWN

    assert not Suppression.objects.exists()
    assert BounceNotice.objects.get().delivery == delivery


def test_what_is_not_proved_counts_for_nothing() -> None:
    for day in range(SOFT_DAYS, 0, -1):
        delivery = make_sent("anna@example.net", at=timezone.now() - day * DAY)
        receive(names_nobody(delivery, says=FULL))
    receive(bounce(make_sent("anna@example.net"), says=FULL, status="5.2.2"))

    assert not Suppression.objects.exists()


def test_what_was_forged_before_keeps_nothing_from_what_is_proved() -> None:
    delivery = make_sent("anna@example.net")
    receive(names_nobody(delivery))
    receive(complaint(delivery, link=False))

    assert receive(complaint(delivery)) is Done.RECORDED

    assert suppression_of(delivery.address) == COMPLAINT


def test_an_invented_token_convinces_nobody(settings: Any) -> None:
    settings.BOUNCE_ADDRESS = "bounces+*@example.org"
    delivery = make_sent("a@example.net")
    real = bounce(delivery).decode()
    for token in {return_path(delivery)[8:37], message_id(delivery)[1:30]}:
        real = real.replace(token, "a" * 29)

    assert receive(real.encode()) is Done.UNKNOWN

    assert not Suppression.objects.exists()
    assert BounceNotice.objects.get().effect == BounceNotice.Effect.UNKNOWN


def test_a_token_of_one_purpose_does_not_serve_another(settings: Any) -> None:
    """Whoever saw a Message-ID cannot make a return path of it."""
    settings.BOUNCE_ADDRESS = "bounces+*@example.org"
    delivery = make_sent("a@example.net")
    token = message_id(delivery)[1:30]
    real = bounce(delivery, recipient="victim@example.net").decode()

    forged = real.replace(return_path(delivery)[8:37], token)

    assert receive(forged.encode()) is Done.UNKNOWN


def test_forged_notices_fill_no_table() -> None:
    for n in range(STRANGERS_AN_HOUR + 5):
        receive(f"From: MAILER-DAEMON@x\nSubject: failure notice {n}\n\nunknown user\n".encode())

    assert BounceNotice.objects.count() == STRANGERS_AN_HOUR


@pytest.mark.usefixtures("by_either_way")
def test_the_same_notice_again_changes_nothing() -> None:
    delivery = make_sent("gone@example.net")
    receive(bounce(delivery))
    lift(delivery.address, HARD)

    assert receive(bounce(delivery)) is Done.KNOWN
    assert receive(bounce(delivery, says="550 5.1.1 other words")) is Done.KNOWN

    assert suppression_of(delivery.address) is None
    assert BounceNotice.objects.count() == 1


def test_an_older_message_that_comes_back_late_undoes_no_lifting() -> None:
    older = make_sent("back@example.net", at=timezone.now() - 2 * DAY)
    newer = make_sent("back@example.net", at=timezone.now() - 1 * DAY)
    receive(bounce(newer))
    lift(newer.address, HARD)

    receive(bounce(older))

    assert suppression_of(newer.address) is None


def test_a_message_sent_after_the_lifting_counts_anew() -> None:
    first = make_sent("gone@example.net", at=timezone.now() - DAY)
    receive(bounce(first))
    lift(first.address, HARD)

    receive(bounce(make_sent("gone@example.net", at=timezone.now() + timedelta(seconds=5))))

    assert suppression_of(first.address) == HARD


@pytest.mark.parametrize("began", [None, timezone.now() - HEEDED - DAY], ids=["never", "long ago"])
def test_nobody_can_speak_of_a_message_not_sent_or_sent_long_ago(began: datetime | None) -> None:
    delivery = make_sent("a@example.net")
    Delivery.objects.update(started_at=began)

    receive(bounce(delivery))

    assert not Suppression.objects.exists()
    assert Delivery.objects.get().state == Delivery.State.SENT


def test_notices_are_kept_for_longer_than_they_could_be_replayed() -> None:
    delivery = make_sent("gone@example.net")
    receive(bounce(delivery))

    with time_machine.travel(timezone.now() + HEEDED + DAY):
        assert forget_old_notices() == 0
    with time_machine.travel(timezone.now() + KEPT + DAY):
        assert forget_old_notices() == 1


# Soft -------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("says", "status"),
    [(FULL, "5.2.2"), ("554 5.7.1 blocked using dnsbl.example", "5.7.1"), ("450 4.2.0 later", "4.2.0")],
)  # fmt: skip
@pytest.mark.usefixtures("by_either_way")
def test_one_soft_bounce_suppresses_nobody(says: str, status: str) -> None:
    delivery = make_sent("full@example.net")

    assert receive(bounce(delivery, says=says, status=status)) is Done.RECORDED

    delivery.refresh_from_db()
    assert not Suppression.objects.exists()
    assert delivery.state == Delivery.State.BOUNCED


def test_soft_bounces_on_enough_days_suppress() -> None:
    days_of_soft_bounces("full@example.net", SOFT_DAYS - 1)
    assert not Suppression.objects.exists()

    receive(bounce(make_sent("full@example.net"), says=FULL, status="5.2.2"))

    assert Suppression.objects.get().reason == HARD
    assert "Mailbox full: 552 5.2.2" in Suppression.objects.get().evidence


def test_after_a_lifting_soft_bounces_are_counted_anew() -> None:
    days_of_soft_bounces("full@example.net", SOFT_DAYS)
    lift(find_or_make_address("full@example.net"), HARD)

    later = make_sent("full@example.net", at=timezone.now() + timedelta(seconds=5))
    receive(bounce(later, says=FULL, status="5.2.2"))

    assert not Suppression.objects.exists()


def test_many_soft_bounces_of_one_day_are_one_day() -> None:
    morning = timezone.now().replace(hour=1)
    for minute in range(2 * SOFT_DAYS):
        delivery = make_sent("full@example.net", at=morning + timedelta(minutes=minute))
        receive(bounce(delivery, says=FULL, status="5.2.2"))

    assert not Suppression.objects.exists()


def test_one_message_that_stayed_away_begins_the_count_anew() -> None:
    days_of_soft_bounces("full@example.net", 2)
    make_sent("full@example.net", at=timezone.now() - 3 * DAY + timedelta(hours=1))
    for day in range(3, SOFT_DAYS + 3):
        delivery = make_sent("full@example.net", at=timezone.now() - day * DAY)
        if day < SOFT_DAYS:
            receive(bounce(delivery, says=FULL, status="5.2.2"))

    assert not Suppression.objects.exists()


def test_soft_bounces_of_long_ago_do_not_count() -> None:
    for day in (40, 38, 36, 34, 1):
        sent = timezone.now() - day * DAY
        with time_machine.travel(sent):
            delivery = make_sent("full@example.net", at=sent)
            receive(bounce(delivery, says=FULL, status="5.2.2"))

    assert not Suppression.objects.exists()


@pytest.mark.parametrize("says", ["554 5.7.1 rejected by DMARC policy", "552 5.3.4 too large"])
def test_what_is_our_own_fault_never_counts(says: str) -> None:
    days_of_soft_bounces("reader@example.net", 2 * SOFT_DAYS, says=says, status="5.7.1")

    assert not Suppression.objects.exists()


def test_a_notice_of_delay_changes_nothing_about_the_message() -> None:
    delivery = make_sent()

    receive(bounce(delivery, says="451 4.4.1 timed out", status="4.4.1", action="delayed"))

    delivery.refresh_from_db()
    assert delivery.state == Delivery.State.SENT
    assert BounceNotice.objects.get().kind == BounceNotice.Kind.DELAYED


# Complaints -------------------------------------------------------------------------------


def test_a_complaint_suppresses_though_it_names_nobody() -> None:
    """The head of the original holds the link to leave, which nobody else has."""
    delivery = make_sent("angry@example.com")

    assert receive(complaint(delivery)) is Done.RECORDED

    delivery.refresh_from_db()
    assert suppression_of(delivery.address) == COMPLAINT
    assert delivery.state == Delivery.State.SENT  # It did arrive.


def test_a_complaint_under_a_made_up_name_is_ours_by_its_message() -> None:
    """Receivers put a hash in the place of the reader's name (RFC 6590)."""
    delivery = make_sent("angry@example.com")

    receive(complaint(delivery, more="Original-Rcpt-To: 8d7f6a@redacted.example.com"))

    assert suppression_of(delivery.address) == COMPLAINT


@pytest.mark.parametrize(
    "more",
    ["Original-Rcpt-To: <Angry@example.com>", "Removal-Recipient: angry@example.com"],
)
def test_a_complaint_without_the_link_to_leave_is_ours_if_it_names_the_reader(more: str) -> None:
    delivery = make_sent("angry@example.com")

    assert receive(complaint(delivery, more=more, link=False)) is Done.RECORDED


def test_a_complaint_is_ours_by_the_return_path_alone(settings: Any) -> None:
    settings.BOUNCE_ADDRESS = "bounces+*@example.org"
    delivery = make_sent("angry@example.com")
    more = f"Original-Mail-From: <{return_path(delivery)}>"

    assert receive(complaint(delivery, more=more, link=False)) is Done.RECORDED


def test_only_the_desk_lifts_a_complaint() -> None:
    delivery = make_sent("angry@example.com")
    receive(complaint(delivery))

    lift(delivery.address, Suppression.Reason.LEFT, HARD)

    assert suppression_of(delivery.address) == COMPLAINT


@pytest.mark.parametrize("kind", ["not-spam", "auth-failure"])
def test_reports_of_another_kind_are_no_complaints(kind: str) -> None:
    assert receive(complaint(make_sent(), kind=kind)) is Done.IGNORED
    assert not Suppression.objects.exists()


# Erasing ----------------------------------------------------------------------------------


def test_erasing_takes_the_servers_words_along() -> None:
    delivery = make_sent("gone@example.net")
    receive(bounce(delivery))

    erase_address(delivery.address_id)

    assert BounceNotice.objects.get().words == ""
    assert Suppression.objects.get().evidence == ""


def test_a_bounce_after_the_erasing_is_harmless() -> None:
    delivery = make_sent("gone@example.net")
    notice = bounce(delivery)
    erase_address(delivery.address_id)

    receive(notice)

    assert not Suppression.objects.exists()


def test_words_lose_every_address() -> None:
    assert (
        without_addresses("550 <a@b.example>:\n no a+x@b.example, sorry") == "550 <…>: no …, sorry"
    )


def test_a_notice_with_signs_that_no_database_can_keep_is_recorded() -> None:
    assert receive(bounce(make_sent(), says="550 5.1.1 un\0known")) is Done.RECORDED


# A person's answer, and what only looks like one ------------------------------------------


@pytest.fixture
def contact(tmp_path: Path, settings: Any) -> Path:
    """A title with a contact address, and the folder its mail goes to."""
    Site.objects.create(pk=1, name="The Title", contact_email="desk@example.org")
    mailer = {"BACKEND": "newsroom.mail.outbox.OutboxMailer", "OPTIONS": {"folder": tmp_path}}
    settings.MAILERS = settings.MAILERS | {"outgoing": mailer}
    return tmp_path


def only_message(folder: Path) -> Any:
    (path,) = folder.glob("*.eml")
    return email.message_from_bytes(path.read_bytes(), policy=email_policy.default)


def test_a_persons_answer_reaches_the_contact_address_whole(
    contact: Path, committing: Committing
) -> None:
    raw = reply(body="Your map shows the wrong strait.")

    with committing():
        assert receive(raw) is Done.FORWARDED

    message = only_message(contact)
    (original,) = message.iter_attachments()
    assert message["To"] == "desk@example.org"
    assert message["Reply-To"] == "anna@example.com"
    assert message["Auto-Submitted"] == "auto-generated"
    assert "the wrong strait" in message.get_body(("plain",)).get_content()
    assert original.get_content_type() == "message/rfc822"
    assert original.get_content()["Subject"] == "Re: A headline"
    assert "the wrong strait" in original.get_content().get_content()


@pytest.mark.parametrize(
    "head",
    [
        "Content-Type: text/plain; charset=utf-8\nContent-Transfer-Encoding: 8bit\n",
        "Content-Type: text/plain; charset=no-such-charset\nContent-Transfer-Encoding: 8bit\n",
        "Content-Type: multipart/mixed; boundary=\n",
        "",
    ],
)
@pytest.mark.parametrize("body", ["Жалоба из Осло", "x" * 5000, "\0"])
def test_whatever_is_written_arrives_in_lines_that_mail_can_carry(
    contact: Path, committing: Committing, head: str, body: str
) -> None:
    raw = reply(head=head, body=body)

    with committing():
        receive(raw)

    (path,) = contact.glob("*.eml")
    sent = path.read_bytes()
    assert sent.isascii()
    assert max(map(len, sent.splitlines())) <= 998
    assert Delivery.objects.get().state == Delivery.State.SENT


def test_the_forwarded_mail_can_make_no_loop(contact: Path, committing: Committing) -> None:
    with committing():
        receive(reply())
    delivery = Delivery.objects.get()
    (path,) = contact.glob("*.eml")

    assert BounceNotice.objects.count() == 0
    assert receive(path.read_bytes()) is Done.IGNORED  # The contact address led back to us.
    renamed = re.sub(rb"Message-ID: <[^>]+>", b"Message-ID: <new@example.org>", path.read_bytes())
    assert receive(renamed) is Done.IGNORED  # The same, by a system that gives its own ids.
    assert Delivery.objects.count() == 1
    assert delivery.state == Delivery.State.SENT


def test_the_same_answer_handed_over_twice_is_forwarded_once(
    contact: Path, committing: Committing
) -> None:
    raw = reply()

    for _ in range(2):
        with committing():
            receive(raw)

    assert len(list(contact.glob("*.eml"))) == 1


@pytest.mark.usefixtures("contact")
def test_only_so_many_answers_an_hour_are_forwarded() -> None:
    for _ in range(AN_HOUR):
        receive(reply())

    with pytest.raises(TooManyForwardedError):
        receive(reply())


def test_without_a_contact_address_the_writer_is_told() -> None:
    with pytest.raises(ForwardingError, match="Nobody reads"):
        receive(reply())


@pytest.mark.parametrize(
    "head",
    [
        "Auto-Submitted: auto-replied\n",
        "Precedence: bulk\n",
        "X-Autoreply: yes\n",
        "List-Id: <others.example>\n",
        "Content-Type: multipart/report; report-type=disposition-notification\n",
    ],
)
@pytest.mark.usefixtures("contact")
def test_what_programs_write_is_not_forwarded(head: str) -> None:
    assert receive(reply(head=head)) is Done.IGNORED


@pytest.mark.usefixtures("contact")
def test_out_of_office_notices_are_not_forwarded_nor_do_they_suppress() -> None:
    make_sent("anna@example.com")

    assert receive(reply(subject="Out of office: Re: A headline")) is Done.IGNORED
    assert not Suppression.objects.exists()


@pytest.mark.usefixtures("contact")
def test_a_person_who_quotes_a_bounce_is_a_person() -> None:
    delivery = make_sent("anna@example.com")
    body = f"I got this, why?\n> 550 5.1.1 user unknown\n> {message_id(delivery)}\n"

    assert receive(reply(subject="Fwd: Undelivered Mail", body=body)) is Done.FORWARDED
    assert not Suppression.objects.exists()


PASSED_ON = """\
My husband's address does not work any more, can you take it off your list?

-------- Forwarded Message --------
Final-Recipient: rfc822; paul@old.example
Action: failed
Status: 5.1.1
Diagnostic-Code: smtp; 550 5.1.1 user unknown
"""
RETURNED = """\
This message was created automatically by mail delivery software.
A message that you sent could not be delivered to one or more of its
recipients. What does this mean?

  anna@example.com
"""
IN_PARTS = """\
--cut

He has moved.

--cut
Content-Type: message/delivery-status

Reporting-MTA: dns; mx.example.net

Final-Recipient: rfc822; paul@old.example
Action: failed
Status: 5.1.1

--cut--
"""
DELIVERED = PASSED_ON.replace("failed", "delivered").replace("5.1.1", "2.0.0")
MIXED = "MIME-Version: 1.0\nContent-Type: multipart/mixed; boundary=cut\n"


@pytest.mark.usefixtures("contact", "by_either_way")
@pytest.mark.parametrize(
    ("head", "body"),
    [
        ("", PASSED_ON),
        ("", RETURNED),
        ("", DELIVERED),
        ("", "Action: please correct the caption\nStatus: urgent\n"),
        (MIXED, IN_PARTS),
    ],
    ids=["inline", "text", "success", "fields", "parts"],
)
def test_a_person_who_passes_a_bounce_on_is_a_person(head: str, body: str) -> None:
    delivery = make_sent("anna@example.com")
    head = f"In-Reply-To: {message_id(delivery)}\n{head}"

    raw = reply(subject="Fwd: Undelivered Mail Returned to Sender", head=head, body=body)

    assert receive(raw, envelope=return_path(delivery)) is Done.FORWARDED
    assert not BounceNotice.objects.exists()


@pytest.mark.usefixtures("contact", "by_either_way")
def test_a_ticket_program_that_names_action_and_status_says_nothing_of_the_address() -> None:
    delivery = make_sent("help@example.com")
    body = f"Your ticket.\nAction: none\nStatus: closed\n\n> {message_id(delivery)}\n"

    raw = reply(head="Auto-Submitted: auto-replied\n", body=body)

    assert receive(raw, envelope=return_path(delivery)) is Done.IGNORED
    assert not BounceNotice.objects.exists()


@pytest.mark.parametrize(
    "head",
    [
        "Return-Path: <>\nFrom: mail@mx.example.net",
        "Return-Path: <MAILER-DAEMON@mx.example.net>\nFrom: mail@mx.example.net",
        "From: Mail Delivery System <mail@mx.example.net>",
        "From: mx_smtp_gateway@example.net",
        "From: mail@mx.example.net\nAuto-Submitted: auto-replied",
        "From: mail@mx.example.net\nPrecedence: bulk",
    ],
)
def test_a_bounce_in_plain_words_is_known_by_a_programs_mark(head: str, settings: Any) -> None:
    settings.BOUNCE_ADDRESS = "bounces+*@example.org"
    delivery = make_sent("gone@example.net")
    raw = f"{head}\nSubject: Returned\n\n{PASSED_ON}".encode()

    assert receive(raw, envelope=return_path(delivery)) is Done.RECORDED

    assert suppression_of(delivery.address) == HARD


def test_a_header_in_the_subject_of_an_answer_stays_inert(
    contact: Path, committing: Committing
) -> None:
    with committing():
        receive(reply(subject="Hi\n Bcc: victim@example.com\r\n\tX: y"))

    message = only_message(contact)
    assert message["Bcc"] is None
    assert message["To"] == "desk@example.org"


def test_a_bounce_that_says_it_is_an_auto_reply_is_a_bounce() -> None:
    delivery = make_sent("gone@example.net")

    raw = bounce(delivery, head="Precedence: bulk\nX-Auto-Response-Suppress: All\n")

    assert b"Auto-Submitted: auto-replied" in raw
    assert receive(raw) is Done.RECORDED


def test_notices_of_one_address_never_touch_another() -> None:
    bystander = find_or_make_address("bystander@example.net")
    receive(bounce(make_sent("gone@example.net"), says=GONE))

    assert suppression_of(bystander) is None
