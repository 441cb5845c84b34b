"""Messages that were sent, and what other servers say of them."""

from datetime import datetime
from itertools import count

from django.utils import timezone

from newsroom.mail.addresses import find_or_make_address
from newsroom.mail.ledger import add_rendering, promise_mailing
from newsroom.mail.letters import Letter
from newsroom.mail.links import unsubscribe_url
from newsroom.mail.messages import message_id, return_path
from newsroom.mail.models import Delivery, Mailing
from newsroom.mail.tokens import make_token

_number = count(1)
GONE = "550 5.1.1 <{to}>: Recipient address rejected: User unknown in local recipient table"
FULL = "552 5.2.2 <{to}>: user is over quota"
WORDS = Letter("A headline", "A story.", "<p>A story.</p>")


def make_sent(email: str = "", *, at: datetime | None = None, state: str = "sent") -> Delivery:
    """A message that left just now, of a list mailing of its own."""
    n = next(_number)
    mailing = promise_mailing(f"article:{n}")
    Mailing.objects.filter(pk=mailing.pk).update(state=Mailing.State.DONE)
    moment = at or timezone.now()
    return Delivery.objects.create(
        mailing=mailing,
        rendering=add_rendering(mailing, WORDS),
        address=find_or_make_address(email or f"reader{n}@example.net"),
        state=state,
        started_at=moment,
        sent_at=moment if state == "sent" else None,
    )


def bounce(
    delivery: Delivery,
    *,
    says: str = GONE,
    status: str = "5.1.1",
    action: str = "failed",
    recipient: str = "",
    head: str = "",
) -> bytes:
    """A notice as Postfix writes it (RFC 3464), of this message, to its return path."""
    to = recipient or str(delivery.address.compared)
    return f"""\
Return-Path: <>
Date: Wed, 25 Nov 2026 09:00:00 +0000
From: MAILER-DAEMON@mx.example.net (Mail Delivery System)
Subject: Undelivered Mail Returned to Sender
To: {return_path(delivery)}
Auto-Submitted: auto-replied
MIME-Version: 1.0
Content-Type: multipart/report; report-type=delivery-status; boundary="cut"
Message-ID: <20261125090000.{next(_number)}@mx.example.net>
{head}
--cut
Content-Type: text/plain; charset=us-ascii

This is the mail system at host mx.example.net.

--cut
Content-Type: message/delivery-status

Reporting-MTA: dns; mx.example.net

Final-Recipient: rfc822; {to}
Action: {action}
Status: {status}
Diagnostic-Code: smtp; {says.format(to=to)}

--cut
Content-Type: text/rfc822-headers

Message-ID: {message_id(delivery)}
Subject: A headline

--cut--
""".encode()


def complaint(
    delivery: Delivery, kind: str = "abuse", more: str = "Version: 1", *, link: bool = True
) -> bytes:
    """A report as a feedback loop sends it (RFC 5965), the reader's address taken out.

    `link`: the head of the original is whole, with the link to leave.
    """
    leave = unsubscribe_url(make_token("unsubscribe", delivery))
    kept = f"List-Unsubscribe: <{leave}>\n" if link else ""
    return f"""\
Return-Path: <fbl@mail.example.com>
From: <fbl@mail.example.com>
Subject: FW: A headline
To: <abuse@example.org>
MIME-Version: 1.0
Content-Type: multipart/report; report-type=feedback-report; boundary="cut"

--cut
Content-Type: text/plain

This is an abuse report.

--cut
Content-Type: message/feedback-report

Feedback-Type: {kind}
User-Agent: SomeFBL/1.0
{more}

--cut
Content-Type: message/rfc822

Message-ID: {message_id(delivery)}
{kept}From: newsroom@example.org
To: redacted@example.com
Subject: A headline

A story.

--cut--
""".encode()


def reply(subject: str = "Re: A headline", head: str = "", body: str = "Thank you!") -> bytes:
    """A person's answer."""
    return f"""\
Return-Path: <anna@example.com>
Date: Wed, 25 Nov 2026 09:00:00 +0000
From: Anna <anna@example.com>
To: newsroom@example.org
Subject: {subject}
Message-ID: <{next(_number)}@example.com>
{head}
{body}
""".encode()
