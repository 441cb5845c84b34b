"""A server that ends the connection, and what it had taken before."""

from typing import Any

import pytest

from newsroom.mail import sending
from newsroom.mail.models import Delivery, Mailing
from newsroom.mail.sending import send_some
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
