"""Whatever a server answers, at whatever step, over several connections at once."""

from collections import Counter
from collections.abc import Iterator
from typing import Any

import pytest
from django.utils import timezone

from newsroom.mail import connections
from newsroom.mail.connections import connect
from newsroom.mail.errors import NoWayOutError
from newsroom.mail.journal import Result
from newsroom.mail.models import Delivery, Mailing
from newsroom.mail.pipelining import Post
from newsroom.mail.sending import send_some
from newsroom.mail.turns import Outgoing
from tests.mail.smtp import SmtpServer
from tests.mail.test_connections import use
from tests.mail.test_sending import make_mailing, states

pytestmark = pytest.mark.django_db
BOTH = pytest.mark.parametrize("pipelining", [False, True])
HANG_UP = "hang up"


class Noted:
    """A log that only remembers."""

    def __init__(self) -> None:
        self.begun: list[int] = []
        self.results: dict[int, Result] = {}

    def begins(self, pk: int) -> None:
        self.begun.append(pk)

    def ends(self, result: Result) -> None:
        self.results[result.pk] = result

    @property
    def fates(self) -> dict[int, str]:
        return {pk: str(result.fate) for pk, result in sorted(self.results.items())}


def outgoing(count: int) -> Iterator[Outgoing]:
    for number in range(count):
        content = b"Subject: S\r\n\r\nText\r\n" + b"x" * 70 + b"\r\n"
        yield Outgoing(number, "news@example.org", f"r{number}@example.net", content)


def deliver(settings: Any, server: SmtpServer, count: int, *, over: int = 1) -> Noted:
    """So many messages over so many connections; whatever ends it early is swallowed."""
    use(settings, server)
    settings.MAIL_CONNECTIONS = over
    post, log = Post(), Noted()
    post.open()
    try:
        post.deliver(outgoing(count), count, log)
    except NoWayOutError as error:
        log.no_way_out = str(error)  # type: ignore[attr-defined]  # Said only then.
    finally:
        post.close()
    return log


@BOTH
@pytest.mark.parametrize("over", [1, 3])
def test_each_message_is_taken_once(settings: Any, over: int, *, pipelining: bool) -> None:
    with SmtpServer(pipelining=pipelining) as server:
        log = deliver(settings, server, 100, over=over)

    assert Counter(server.taken) == Counter(f"r{n}@example.net" for n in range(100))
    assert set(log.fates.values()) == {"sent"}
    assert len(log.fates) == 100
    assert log.results[5].words == "250 ok"
    assert server.connections == over


@BOTH
@pytest.mark.parametrize(
    ("replies", "fates"),
    [
        ({"RCPT TO:<r1@example.net>": "550 5.1.1 no"}, ["sent", "refused", "sent"]),
        ({"RCPT TO:<r1@example.net>": "450 4.2.1 busy"}, ["sent", "put_off", "sent"]),
        ({"RCPT TO:<r1@example.net>": "251 forwarded"}, ["sent", "sent", "sent"]),
        ({"DATA": ["250", "554 5.7.1 no", "250"]}, ["sent", "refused", "sent"]),
        ({"DATA": ["250", "451 later", "250"]}, ["sent", "put_off", "sent"]),
        ({".": ["250 ok", "554 spam", "250 ok"]}, ["sent", "refused", "sent"]),
        ({".": ["250 ok", "452 full", "250 ok"]}, ["sent", "put_off", "sent"]),
        ({".": ["250 ok", "250-one\r\n250 two", "250 ok"]}, ["sent", "sent", "sent"]),
    ],
)
def test_a_refusal_is_of_its_own_message_alone(
    settings: Any, replies: dict[str, Any], fates: list[str], *, pipelining: bool
) -> None:
    with SmtpServer(replies, pipelining=pipelining) as server:
        log = deliver(settings, server, 3)

    assert [*log.fates.values()] == fates
    assert len(server.taken) == fates.count("sent")
    assert server.connections == 1
    assert not [line for line in server.heard if line.startswith("503")]


@BOTH
def test_a_server_that_wants_the_body_for_nobody_is_given_none(
    settings: Any, *, pipelining: bool
) -> None:
    replies: dict[str, Any] = {"RCPT TO:<r1@example.net>": "550 5.1.1 no"}
    with SmtpServer(replies, pipelining=pipelining, lax=True) as server:
        log = deliver(settings, server, 3)

    assert [*log.fates.values()] == ["sent", "refused", "sent"]
    assert log.begun == [0, 2]
    assert len(server.taken) == 2


@BOTH
def test_a_sender_that_is_refused_stops_all_and_costs_no_message(
    settings: Any, *, pipelining: bool
) -> None:
    with SmtpServer({"MAIL": "530 5.7.0 sign in first"}, pipelining=pipelining) as server:
        log = deliver(settings, server, 5)

    assert log.fates == {}
    assert log.begun == []
    assert "sign in first" in log.no_way_out  # type: ignore[attr-defined]


@BOTH
@pytest.mark.parametrize("step", ["MAIL", "RCPT", "DATA", "."])
def test_421_at_any_step_costs_no_message(settings: Any, step: str, *, pipelining: bool) -> None:
    replies: dict[str, Any] = {step: ["250 ok"] * 7 + ["421 4.3.2 shutting down"]}
    with SmtpServer(replies, pipelining=pipelining) as server:
        log = deliver(settings, server, 20, over=1)

    assert Counter(server.taken) == Counter(f"r{n}@example.net" for n in range(20))
    assert set(log.fates.values()) == {"sent"}
    assert server.connections == 2


@BOTH
@pytest.mark.parametrize("step", ["MAIL", "RCPT", "DATA"])
def test_a_connection_lost_before_the_dot_costs_no_message(
    settings: Any, step: str, *, pipelining: bool
) -> None:
    with SmtpServer({step: ["250 ok"] * 7 + [HANG_UP]}, pipelining=pipelining) as server:
        log = deliver(settings, server, 20)

    assert Counter(server.taken) == Counter(f"r{n}@example.net" for n in range(20))
    assert set(log.fates.values()) == {"sent"}


@BOTH
def test_only_the_message_at_its_dot_is_in_doubt(settings: Any, *, pipelining: bool) -> None:
    """What was addressed behind it surely has not left; what had left before it surely has."""
    with SmtpServer({".": ["250 ok"] * 7 + [HANG_UP]}, pipelining=pipelining) as server:
        log = deliver(settings, server, 20)

    counts = Counter(log.fates.values())
    assert counts["doubt"] == 1
    assert counts["sent"] == len(server.taken) == 7
    assert set(counts) == {"doubt", "sent"}
    assert log.no_way_out  # type: ignore[attr-defined]


@BOTH
def test_a_server_that_hangs_up_at_once_each_time_is_left_alone(
    settings: Any, *, pipelining: bool
) -> None:
    with SmtpServer({"RCPT": HANG_UP}, pipelining=pipelining) as server:
        log = deliver(settings, server, 20)

    assert server.connections == 2
    assert log.fates == {0: "put_off"}
    assert server.taken == []


def test_a_server_that_goes_silent_leaves_one_in_doubt(settings: Any) -> None:
    with SmtpServer({".": ["250 ok", "250-and then nothing"]}) as server:
        log = deliver_with(settings, server, 5, timeout=1)

    assert [*log.fates.values()] == ["sent", "doubt"]


def deliver_with(settings: Any, server: SmtpServer, count: int, *, timeout: int) -> Noted:
    use(settings, server)
    settings.MAILERS["outgoing"]["OPTIONS"]["timeout"] = timeout
    settings.MAIL_CONNECTIONS = 1
    post, log = Post(), Noted()
    with pytest.raises(NoWayOutError):
        post.deliver(outgoing(count), count, log)
    post.close()
    return log


def test_a_reply_that_is_no_smtp_leaves_doubt_and_no_loop(settings: Any) -> None:
    with SmtpServer({".": "wat 250 ok"}, pipelining=True) as server:
        log = deliver_with(settings, server, 5, timeout=1)

    assert [*log.fates.values()] == ["doubt"]


def test_a_connection_is_kept_for_the_next_messages_until_it_is_idle_too_long(
    settings: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    with SmtpServer() as server:
        for _ in range(3):
            deliver(settings, server, 2)
        assert server.connections == 1

        monkeypatch.setattr(connections, "IDLE", 0.0)
        deliver(settings, server, 2)

        assert server.connections == 2
    assert "quit" in server.heard


def test_a_kept_connection_that_the_server_ended_is_not_used(settings: Any) -> None:
    with SmtpServer({"MAIL": ["250 ok", "250 ok"]}) as server:
        deliver(settings, server, 2)
        connection = connect()
        connection.smtp.docmd("QUIT")
        connection.keep()

        log = deliver(settings, server, 2)

    assert set(log.fates.values()) == {"sent"}


@BOTH
def test_no_connection_carries_more_than_it_may(settings: Any, *, pipelining: bool) -> None:
    settings.MAIL_PER_CONNECTION = 10
    with SmtpServer(pipelining=pipelining) as server:
        log = deliver(settings, server, 35)

    assert server.connections == 4
    assert len(log.fates) == len(server.taken) == 35


def test_no_more_messages_a_second_than_it_may(settings: Any) -> None:
    settings.MAIL_PER_SECOND = 20
    began = timezone.now()
    with SmtpServer(pipelining=True) as server:
        log = deliver(settings, server, 11, over=2)

    assert len(log.fates) == 11
    assert (timezone.now() - began).total_seconds() > 10 / 20


def test_a_server_that_takes_fewer_connections_gets_fewer(settings: Any) -> None:
    replies: dict[str, Any] = {}
    with SmtpServer(replies, pipelining=True) as server:
        server.most = 2
        log = deliver(settings, server, 120, over=4)

    assert len(log.fates) == len(server.taken) == 120


@BOTH
def test_a_large_message_through_a_narrow_socket(
    settings: Any, monkeypatch: pytest.MonkeyPatch, *, pipelining: bool
) -> None:
    with SmtpServer(pipelining=pipelining) as server:
        use(settings, server)
        settings.MAIL_CONNECTIONS = 2
        content = b"Subject: S\r\n\r\n" + (b"y" * 76 + b"\r\n") * 60_000
        post, log = Post(), Noted()
        messages = (Outgoing(n, "a@example.org", f"r{n}@example.net", content) for n in range(4))
        post.deliver(messages, 50, log)
        post.close()

    assert set(log.fates.values()) == {"sent"}
    assert len(server.taken) == 4


def test_the_ledger_knows_what_the_server_said(settings: Any) -> None:
    replies: dict[str, Any] = {
        "RCPT TO:<no@example.net>": "550 5.1.1 no such user",
        "RCPT TO:<later@example.net>": "451 4.3.0 later",
        ".": "250 2.0.0 Ok: queued as ABC",
    }
    with SmtpServer(replies, pipelining=True) as server:
        use(settings, server)
        mailing = make_mailing("a@example.net", "no@example.net", "later@example.net")
        send_some(mailing.pk)

    rows = {row.address.typed: row for row in Delivery.objects.select_related("address")}
    assert rows["a@example.net"].outcome == "250 2.0.0 Ok: queued as ABC"
    assert rows["no@example.net"].outcome == "550 5.1.1 no such user"
    assert {row.attempts for row in rows.values()} == {1}
    assert all(row.started_at for row in rows.values())
    assert states() == {"sent": 1, "failed": 1, "deferred": 1}
    assert Mailing.objects.get().state == Mailing.State.SENDING
