"""Sending: each message once, and the truth about those nobody can know of."""

import email
import socketserver
import threading
from collections.abc import Callable, Iterator
from datetime import timedelta
from email import policy
from email.message import EmailMessage
from pathlib import Path
from typing import Any

import pytest
from django.conf import settings
from django.utils import timezone

from newsroom.kit.models import Site
from newsroom.mail.addresses import find_or_make_address
from newsroom.mail.claims import claim, claimable
from newsroom.mail.ledger import (
    add_rendering,
    called_off_with,
    cancel_mailing,
    erase_address,
    fill_deliveries,
    halt_all_mail,
    promise_letter,
    promise_mailing,
    resume_mailing,
    start_mailing,
)
from newsroom.mail.letters import Letter
from newsroom.mail.models import Address, Delivery, Mailing, Suppression
from newsroom.mail.sending import send_some
from newsroom.mail.suppressions import suppress
from newsroom.mail.sweeping import sweep
from tests.conftest import Committing

pytestmark = pytest.mark.django_db
LETTER = Letter("Subject", "Read %%UNSUBSCRIBE%%", "<p>Read <a href='%%PREFERENCES%%'>x</a></p>")


@pytest.fixture
def outbox(tmp_path: Path, settings: Any) -> Path:
    mailer = {"BACKEND": "newsroom.mail.outbox.OutboxMailer", "OPTIONS": {"folder": tmp_path}}
    settings.MAILERS = settings.MAILERS | {"outgoing": mailer}
    return tmp_path


def make_mailing(*emails: str, key: str = "article:1") -> Mailing:
    mailing = promise_mailing(key)
    rendering = add_rendering(mailing, LETTER)
    ids = [find_or_make_address(email).pk for email in emails]
    fill_deliveries(mailing, rendering, Address.objects.filter(pk__in=ids).values("pk"))
    start_mailing(mailing.pk)
    return mailing


def messages(folder: Path) -> list[EmailMessage]:
    return [
        email.message_from_bytes(path.read_bytes(), policy=policy.default)
        for path in sorted(folder.glob("*.eml"))
    ]


def states() -> dict[str, int]:
    return {
        state: Delivery.objects.filter(state=state).count()
        for state in Delivery.State.values
        if Delivery.objects.filter(state=state).exists()
    }


def test_each_address_gets_one_message_and_the_mailing_is_done(outbox: Path) -> None:
    mailing = make_mailing("a@example.org", "b@example.org")

    assert send_some(mailing.pk) is False
    send_some(mailing.pk)

    assert sorted(message["To"] for message in messages(outbox)) == [
        "a@example.org",
        "b@example.org",
    ]
    assert Mailing.objects.get().state == Mailing.State.DONE


def test_queueing_again_adds_nobody(outbox: Path) -> None:
    mailing = make_mailing("a@example.org")
    rendering = mailing.renderings.get()

    new = fill_deliveries(mailing, rendering, Address.objects.values("pk"))

    assert new == 0
    assert Delivery.objects.count() == 1


def test_the_message_is_whole(outbox: Path) -> None:
    Site.objects.create(pk=1, name="Näme, “Quoted”", contact_email="desk@example.org")
    make_mailing("a@example.org")

    send_some(Mailing.objects.get().pk)

    (path,) = outbox.glob("*.eml")
    raw, (message,) = path.read_bytes(), messages(outbox)
    assert message["Message-ID"] == f"<{path.name.removesuffix('.eml')}>"
    assert message["Auto-Submitted"] == "auto-generated"
    assert message["Reply-To"] == "desk@example.org"
    assert message["List-Unsubscribe-Post"] == "List-Unsubscribe=One-Click"
    assert message["List-Unsubscribe"].startswith(f"<{settings.SITE_URL}/unsubscribe/")
    assert message["From"].addresses[0].display_name == "Näme, “Quoted”"
    assert [part.get_content_type() for part in message.iter_parts()] == [
        "text/plain",
        "text/html",
    ]
    assert b"%%" not in raw
    assert max(len(line) for line in raw.splitlines()) <= 998


def test_two_workers_never_hold_the_same_row() -> None:
    make_mailing("a@example.org", "b@example.org")

    _lease, first = claim(claimable(timezone.now()))
    _lease, second = claim(claimable(timezone.now()))

    assert (len(first), len(second)) == (2, 0)


def test_who_is_suppressed_or_erased_after_queueing_is_not_mailed(outbox: Path) -> None:
    mailing = make_mailing("left@example.org", "gone@example.org", "stays@example.org")
    suppress(find_or_make_address("left@example.org"), Suppression.Reason.LEFT)
    erase_address(find_or_make_address("gone@example.org").pk)

    send_some(mailing.pk)

    assert [message["To"] for message in messages(outbox)] == ["stays@example.org"]
    assert states() == {"sent": 1, "cancelled": 2}


def test_a_cancelled_mailing_sends_nothing(outbox: Path) -> None:
    mailing = make_mailing("a@example.org")

    cancel_mailing(mailing.pk)
    send_some(mailing.pk)

    assert messages(outbox) == []
    assert states() == {"cancelled": 1}


def test_what_a_killed_worker_held_was_called_off_with_its_mailing(outbox: Path) -> None:
    """So that it waits again with the others, should the mailing be filled anew."""
    mailing = make_mailing("a@example.org")
    second_ago = timezone.now() - timedelta(seconds=1)
    Delivery.objects.update(
        state="claimed", lease="its", attempts=1, started_at=second_ago, leased_until=second_ago
    )

    cancel_mailing(mailing.pk)
    sweep()

    assert messages(outbox) == []
    assert called_off_with(mailing).exists()


def test_a_mailing_is_not_sent_before_its_time(outbox: Path) -> None:
    mailing = make_mailing("a@example.org")
    Mailing.objects.update(not_before=timezone.now() + timedelta(minutes=5))

    send_some(mailing.pk)

    assert messages(outbox) == []


def test_a_letter_is_sent_once_and_its_words_forgotten(
    outbox: Path, committing: Committing
) -> None:
    for _ in range(2):
        with committing():
            delivery = promise_letter(
                "k", "a@example.org", LETTER, expires_at=timezone.now() + timedelta(hours=1)
            )

    delivery.refresh_from_db()
    assert len(messages(outbox)) == 1
    assert messages(outbox)[0]["List-Unsubscribe"] is None
    assert delivery.state == Delivery.State.SENT
    assert delivery.rendering.parts == {}


def test_a_letter_whose_link_expired_fails_unsent(outbox: Path) -> None:
    promise_letter("k", "a@example.org", LETTER, expires_at=timezone.now() - timedelta(seconds=1))

    sweep()

    assert states() == {"failed": 1}
    assert messages(outbox) == []


def test_a_lost_lease_of_the_outbox_is_sent_again_to_the_same_file(outbox: Path) -> None:
    mailing = make_mailing("a@example.org")
    send_some(mailing.pk)
    Delivery.objects.update(
        state="claimed", sent_at=None, lease="dead", started_at=timezone.now(),
        leased_until=timezone.now() - timedelta(seconds=1),
    )  # fmt: skip
    Mailing.objects.update(state="sending")

    sweep()
    send_some(mailing.pk)

    assert len(messages(outbox)) == 1
    assert states() == {"sent": 1}


def test_a_lost_lease_of_a_real_sender_is_in_doubt_only_if_it_had_started() -> None:
    make_mailing("a@example.org", "b@example.org")
    claim(claimable(timezone.now()))
    Delivery.objects.update(leased_until=timezone.now() - timedelta(seconds=1))
    Delivery.objects.filter(address__typed="a@example.org").update(started_at=timezone.now())
    Mailing.objects.update(state="waiting")  # So that the sweep's hint sends nothing here.

    sweep()

    assert states() == {"in_doubt": 1, "queued": 1}


def test_without_a_postal_address_a_real_mailing_waits_until_there_is_one(settings: Any) -> None:
    settings.MAIL_STAYS_HERE = False
    mailing = make_mailing("a@example.org")
    sweep()
    mailing.refresh_from_db()
    assert mailing.state == Mailing.State.WAITING

    Site.objects.create(pk=1, postal_address="1 Quay Street")
    sweep()

    mailing.refresh_from_db()
    assert mailing.state != Mailing.State.WAITING


def test_after_a_restore_nothing_is_mailed_by_itself(outbox: Path) -> None:
    mailing = make_mailing("a@example.org")
    promise_letter("k", "a@example.org", LETTER, expires_at=timezone.now() + timedelta(hours=1))

    halt_all_mail("Restored")
    sweep()
    assert messages(outbox) == []

    resume_mailing(mailing.pk)
    send_some(mailing.pk)
    assert len(messages(outbox)) == 1


# A server that answers as it is told ------------------------------------------------------


class Smtp(socketserver.StreamRequestHandler):
    """Just enough SMTP (RFC 5321) to refuse, defer, or hang up at a chosen step."""

    replies: dict[str, str] = {}
    taken: list[str] = []

    def handle(self) -> None:
        self.say("220 test")
        while line := self.rfile.readline().decode().strip():
            verb = line.split(" ")[0].upper()
            reply = self.replies.get(line.upper(), self.replies.get(verb, "250 ok"))
            if reply == "hang up":
                return
            if verb == "DATA":
                self.say("354 go on")
                while self.rfile.readline() != b".\r\n":
                    pass
                reply = self.replies.get(".", "250 taken")
                if reply == "hang up":
                    return
                self.taken.append(line)
            self.say(reply)
            if verb == "QUIT":
                return

    def say(self, reply: str) -> None:
        self.wfile.write(f"{reply}\r\n".encode())


@pytest.fixture
def smtp(settings: Any) -> Iterator[Callable[..., list[str]]]:
    servers: list[socketserver.TCPServer] = []

    def start(**replies: str) -> list[str]:
        spoken = {
            verb.replace("_", " ").upper() if verb != "dot" else ".": r
            for verb, r in replies.items()
        }
        handler = type("Told", (Smtp,), {"replies": spoken, "taken": []})
        server = socketserver.ThreadingTCPServer(("127.0.0.1", 0), handler)
        server.daemon_threads = True
        threading.Thread(target=server.serve_forever, daemon=True).start()
        servers.append(server)
        options = {"host": "127.0.0.1", "port": server.server_address[1], "timeout": 5}
        backend = "django.core.mail.backends.smtp.EmailBackend"
        settings.MAILERS = settings.MAILERS | {
            "outgoing": {"BACKEND": backend, "OPTIONS": options}
        }
        taken: list[str] = handler.taken  # type: ignore[attr-defined]  # Made above.
        return taken

    yield start
    for server in servers:
        server.shutdown()
        server.server_close()


@pytest.mark.parametrize(
    ("replies", "state"),
    [
        ({}, "sent"),
        ({"rcpt": "550 no such user"}, "failed"),
        ({"rcpt": "451 later"}, "deferred"),
        ({"mail": "421 busy"}, "deferred"),
        ({"dot": "554 spam"}, "failed"),
        ({"dot": "452 full"}, "deferred"),
        ({"rcpt": "hang up"}, "deferred"),
        ({"dot": "hang up"}, "in_doubt"),
    ],
)
def test_what_the_server_says_decides(
    smtp: Callable[..., list[str]], replies: dict[str, str], state: str
) -> None:
    smtp(**replies)
    mailing = make_mailing("a@example.org")

    send_some(mailing.pk)

    assert states() == {state: 1}


def test_one_refused_address_does_not_stop_the_others(smtp: Callable[..., list[str]]) -> None:
    taken = smtp(**{"rcpt_to:<bad@example.org>": "550 no"})
    mailing = make_mailing("a@example.org", "bad@example.org", "c@example.org")

    send_some(mailing.pk)

    assert states() == {"sent": 2, "failed": 1}
    assert len(taken) == 2


def test_while_a_server_is_away_everything_stays_queued_and_the_mailing_rests(
    settings: Any,
) -> None:
    options = {"host": "127.0.0.1", "port": 9, "timeout": 1}
    backend = "django.core.mail.backends.smtp.EmailBackend"
    settings.MAILERS = settings.MAILERS | {"outgoing": {"BACKEND": backend, "OPTIONS": options}}
    mailing = make_mailing("a@example.org", "b@example.org")

    assert send_some(mailing.pk) is False

    mailing.refresh_from_db()
    assert states() == {"queued": 2}
    assert "refused" in mailing.halted_for
    assert mailing.resting_until
    assert mailing.resting_until > timezone.now()
