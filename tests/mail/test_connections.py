"""A server that ends the connection, and what it had taken before."""

from datetime import timedelta
from typing import Any

import pytest
from django.utils import timezone

from newsroom.mail import sending
from newsroom.mail.ledger import promise_letter
from newsroom.mail.letters import Letter
from newsroom.mail.models import Delivery, Mailing
from newsroom.mail.sending import send_letter, send_some
from tests.mail.smtp import SmtpServer
from tests.mail.test_sending import make_mailing, states

pytestmark = pytest.mark.django_db


def use(settings: Any, server: SmtpServer) -> None:
    options = {"host": "127.0.0.1", "port": server.port, "timeout": 5}
    backend = "django.core.mail.backends.smtp.EmailBackend"
    settings.MAILERS = settings.MAILERS | {"outgoing": {"BACKEND": backend, "OPTIONS": options}}


@pytest.mark.parametrize("pipelining", [False, True])
@pytest.mark.parametrize("end", ["421 4.7.0 too many messages on this connection", "hang up"])
def test_a_connection_ended_between_two_messages_costs_none(
    settings: Any, monkeypatch: pytest.MonkeyPatch, end: str, *, pipelining: bool
) -> None:
    settings.MAIL_CONNECTIONS = 1
    monkeypatch.setattr(sending, "SECONDS", 60.0)  # All in one turn, on however busy a machine.
    addresses = [f"reader{number}@example.net" for number in range(120)]
    replies: dict[str, str | list[str]] = {"MAIL": ["250 ok"] * 100 + [end]}
    with SmtpServer(replies, pipelining=pipelining) as server:
        use(settings, server)
        mailing = make_mailing(*addresses)

        while send_some(mailing.pk):
            pass

    assert sorted(server.taken) == sorted(addresses)
    assert server.connections == 2
    assert states() == {"sent": 120}


@pytest.mark.parametrize("pipelining", [False, True])
def test_one_refused_and_one_put_off_leave_the_others_alone(
    settings: Any, *, pipelining: bool
) -> None:
    replies: dict[str, str | list[str]] = {
        "RCPT TO:<no@example.net>": "550 5.1.1 no such user",
        "RCPT TO:<later@example.net>": "451 4.3.0 later",
    }
    with SmtpServer(replies, pipelining=pipelining) as server:
        use(settings, server)
        mailing = make_mailing(
            "a@example.net", "no@example.net", "later@example.net", "z@example.net"
        )

        send_some(mailing.pk)

    assert sorted(server.taken) == ["a@example.net", "z@example.net"]
    assert states() == {"sent": 2, "failed": 1, "deferred": 1}
    assert Delivery.objects.get(state="deferred").not_before
    assert Mailing.objects.get().state == Mailing.State.SENDING


def test_letters_one_after_the_other_go_over_one_connection(settings: Any) -> None:
    with SmtpServer() as server:
        use(settings, server)
        for name in "abc":
            key, to = f"letter:{name}", f"{name}@example.net"
            later = timezone.now() + timedelta(hours=1)
            send_letter(promise_letter(key, to, Letter("S", "T"), expires_at=later).pk)

    assert server.taken == ["a@example.net", "b@example.net", "c@example.net"]
    assert server.connections == 1
    assert states() == {"sent": 3}


@pytest.mark.parametrize("end", ["421 4.4.2 idle too long", "hang up"])
def test_a_letter_finds_a_kept_connection_ended_and_goes_over_another(
    settings: Any, end: str
) -> None:
    with SmtpServer({"MAIL": ["250 ok", end]}) as server:
        use(settings, server)
        for name in "ab":
            key, to = f"letter:{name}", f"{name}@example.net"
            later = timezone.now() + timedelta(hours=1)
            send_letter(promise_letter(key, to, Letter("S", "T"), expires_at=later).pk)

    assert server.taken == ["a@example.net", "b@example.net"]
    assert server.connections == 2
    assert states() == {"sent": 2}
