"""What stands on the envelope of a message, and what its headers say of it."""

import hmac
import re
from collections.abc import Iterator
from datetime import timedelta
from typing import Any

import pytest
from django.utils import timezone

from newsroom.environment import TOKEN_LENGTH
from newsroom.kit.models import Site
from newsroom.mail.ledger import promise_letter
from newsroom.mail.letters import Letter
from newsroom.mail.macs import mac
from newsroom.mail.messages import build, message_id, return_path
from newsroom.mail.models import Delivery, Mailing, Suppression
from newsroom.mail.sending import send_letter
from newsroom.mail.suppressions import suppression_of
from newsroom.mail.tokens import LARGEST_ID, LENGTH, TOKEN, delivery_of, make_token
from tests.mail.notices import make_sent
from tests.mail.smtp import SmtpServer

pytestmark = pytest.mark.django_db


@pytest.fixture
def server(settings: Any) -> Iterator[SmtpServer]:
    with SmtpServer() as running:
        options = {"host": "127.0.0.1", "port": running.port, "timeout": 5}
        backend = "django.core.mail.backends.smtp.EmailBackend"
        settings.MAILERS = settings.MAILERS | {
            "outgoing": {"BACKEND": backend, "OPTIONS": options}
        }
        yield running


def send(letter: Letter, to: str = "a@example.net") -> Delivery:
    delivery = promise_letter("k", to, letter, expires_at=timezone.now() + timedelta(hours=1))
    send_letter(delivery.pk)
    delivery.refresh_from_db()
    return delivery


def test_a_token_names_its_delivery_and_is_lower_case_base32() -> None:
    first, second = make_sent(), make_sent()

    token = make_token("return-path", first)

    assert TOKEN.fullmatch(token)
    assert token == make_token("return-path", first)
    assert delivery_of("return-path", token) == first
    assert make_token("return-path", second)[:8] != token[:8]


def test_the_settings_count_with_tokens_as_long_as_they_are() -> None:
    assert len(make_token("return-path", make_sent())) == TOKEN_LENGTH == LENGTH


@pytest.mark.parametrize("token", ["", "a" * 29, "é" * 29, "a" * 28, "1" * 29, "7" * 29])
def test_no_token_that_was_not_made_here_names_any(token: str) -> None:
    make_sent()

    assert delivery_of("return-path", token) is None


def test_the_largest_id_fits() -> None:
    delivery = make_sent()
    Delivery.objects.update(id=LARGEST_ID)
    delivery.pk = LARGEST_ID

    assert delivery_of("report", make_token("report", delivery)) == delivery


@pytest.mark.parametrize(
    ("setting", "pattern"),
    [
        ("", r"newsroom@localhost"),
        ("bounces@example.org", r"bounces@example\.org"),
        ("bounces+*@example.org", r"bounces\+[a-z2-7]{29}@example\.org"),
        ("*@bounces.example.org", r"[a-z2-7]{29}@bounces\.example\.org"),
    ],
)
def test_the_return_path_is_as_the_operator_says(
    server: SmtpServer, settings: Any, setting: str, pattern: str
) -> None:
    settings.BOUNCE_ADDRESS = setting

    send(Letter("Subject", "Text"))

    (envelope,) = [line for line in server.heard if line.startswith("MAIL")]
    assert re.fullmatch(rf"MAIL FROM:<{pattern}>", envelope)


def test_a_message_made_for_another_has_the_null_sender(server: SmtpServer, settings: Any) -> None:
    settings.BOUNCE_ADDRESS = "bounces+*@example.org"

    send(Letter("Subject", "Text", wants_no_return=True))

    assert "MAIL FROM:<>" in server.heard


FOR_ANOTHER = Letter("Subject", "Text", wants_no_return=True)
NULL, OURS = "MAIL FROM:<>", "MAIL FROM:<newsroom@localhost>"


def test_where_the_null_sender_is_refused_ours_is_named(server: SmtpServer) -> None:
    server.replies[NULL] = "501 Invalid MAIL FROM address provided"  # As Amazon SES says.

    assert send(FOR_ANOTHER).state == Delivery.State.SENT

    assert [line for line in server.heard if line.startswith("MAIL")] == [NULL, OURS]


def test_where_the_null_sender_is_put_off_it_is_that_messages_matter(server: SmtpServer) -> None:
    server.replies[NULL] = "451 4.3.0 later"

    assert send(FOR_ANOTHER).state == Delivery.State.DEFERRED
    assert Mailing.objects.get().halted_for == ""


def test_where_ours_is_refused_too_nothing_can_be_sent(server: SmtpServer) -> None:
    server.replies["MAIL"] = server.replies[NULL] = "530 5.7.0 sign in first"

    assert send(FOR_ANOTHER).state == Delivery.State.QUEUED
    assert Mailing.objects.get().halted_for == "530 5.7.0 sign in first"


def test_two_messages_never_share_a_return_path(settings: Any) -> None:
    settings.BOUNCE_ADDRESS = "bounces+*@example.org"
    deliveries = [make_sent() for _ in range(5)]

    assert len({return_path(delivery) for delivery in deliveries}) == 5
    assert len({message_id(delivery) for delivery in deliveries}) == 5


def test_list_mail_says_which_mailing_and_whose() -> None:
    """The last field has 5 to 15 characters and is the same for all mail of a sender."""
    first, second = make_sent(), make_sent()

    ids = [
        build(delivery, Site.current()).extra_headers["Feedback-ID"]
        for delivery in (first, second)
    ]

    mailings, kinds, senders = zip(*(each.split(":") for each in ids), strict=True)
    assert list(mailings) == [d.mailing.key.replace(":", "-") for d in (first, second)]
    assert set(kinds) == {"list"}
    assert len(set(senders)) == 1
    assert 5 <= len(senders[0]) <= 15


@pytest.mark.parametrize(
    ("refusal", "reason"),
    [
        ("550 5.1.1 no such user", Suppression.Reason.HARD_BOUNCE),
        ("550 5.7.1 relaying denied", None),
        ("552 5.2.2 mailbox full", None),
    ],
)
def test_a_server_that_knows_no_such_user_is_believed_at_once(
    server: SmtpServer, refusal: str, reason: str | None
) -> None:
    server.replies["RCPT"] = refusal

    delivery = send(Letter("Subject", "Text"))

    assert delivery.state == Delivery.State.FAILED
    assert suppression_of(delivery.address) == reason


def test_the_codes_are_hmacs_under_the_address_key(settings: Any) -> None:
    for key in ("short", "k" * 100):
        settings.ADDRESS_KEY = key

        assert mac(b"what") == hmac.digest(key.encode(), b"what", "sha256")
