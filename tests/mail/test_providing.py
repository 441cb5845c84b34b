"""Sending through a provider's web interface, to a server on this machine that plays one."""

import json
import threading
from collections.abc import Iterator
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any

import pytest

from newsroom.mail.ledger import start_mailing
from newsroom.mail.messages import message_id
from newsroom.mail.models import Delivery, Mailing
from newsroom.mail.providers import BACKEND, PROVIDERS
from newsroom.mail.refusals import MOST
from newsroom.mail.sending import send_some
from newsroom.mail.tokens import delivery_of
from tests.mail.test_sending import make_mailing, states

pytestmark = pytest.mark.django_db
TAKEN = {
    "To": "a@example.net",
    "ErrorCode": 0,
    "Message": "OK",
    "MessageID": "b7bc2f4a-e38e-4336-af7d-e6c392c2f817",
    "SubmittedAt": "2026-11-25T09:00:00Z",
}


class _Answers(BaseHTTPRequestHandler):
    server: "_Server"

    def do_POST(self) -> None:
        body = self.rfile.read(int(self.headers["Content-Length"]))
        self.server.heard.append((self.headers["X-Postmark-Server-Token"], json.loads(body)))
        status, answer = self.server.answer
        if status == 0:
            self.connection.close()
            return
        self.send_response(status)
        self.send_header("Content-Type", "application/json")
        self.end_headers()
        self.wfile.write(json.dumps(answer).encode())

    def log_message(self, *args: Any) -> None:
        """Tests are silent."""


class _Server(ThreadingHTTPServer):
    daemon_threads = True
    heard: list[Any]
    answer: tuple[int, Any]

    def handle_error(self, *args: Any) -> None:
        """It hung up: that is what is being tested."""


@pytest.fixture
def provider(settings: Any) -> Iterator[_Server]:
    server = _Server(("127.0.0.1", 0), _Answers)
    server.heard, server.answer = [], (200, TAKEN)
    threading.Thread(target=server.serve_forever, daemon=True).start()
    use(settings, f"http://127.0.0.1:{server.server_port}/")
    yield server
    server.shutdown()
    server.server_close()


def use(settings: Any, url: str) -> None:
    options = {"server_token": "the-token", "api_url": url}
    outgoing = {"BACKEND": BACKEND.format(name="postmark"), "OPTIONS": options}
    settings.MAILERS = settings.MAILERS | {"outgoing": outgoing}


def test_a_mailing_goes_through_the_ledger_to_the_provider(provider: _Server) -> None:
    mailing = make_mailing("a@example.net", "b@example.net")

    send_some(mailing.pk)

    assert states() == {"sent": 2}
    token, body = provider.heard[0]
    delivery = Delivery.objects.get(address__typed="a@example.net")
    headers = {header["Name"]: header["Value"] for header in body["Headers"]}
    assert token == "the-token"
    assert body["To"] == "a@example.net"
    assert headers["Message-ID"] == message_id(delivery)
    assert headers["List-Unsubscribe-Post"] == "List-Unsubscribe=One-Click"
    assert delivery_of("report", body["Metadata"]["delivery"]) == delivery
    assert delivery.outcome == f"Postmark: {TAKEN['MessageID']}"


@pytest.mark.parametrize(
    ("status", "answer", "state"),
    [
        (422, {"ErrorCode": 406, "Message": "Found inactive addresses: a@example.net. Inactive"
               " recipients are ones that have generated a hard bounce."}, "failed"),
        (422, {"ErrorCode": 406, "Message": "In words not known."}, "failed"),
        (422, {"ErrorCode": 300, "Message": "Zero recipients specified"}, "failed"),
        (422, {"ErrorCode": 400, "Message": "Sender signature not found"}, "queued"),
        (422, {"ErrorCode": 405, "Message": "You ran out of credits"}, "queued"),
        (422, {"ErrorCode": 412, "Message": "Your account is pending approval"}, "queued"),
        (401, {"ErrorCode": 10, "Message": "No or incorrect API token"}, "queued"),
        (402, {"Message": "Payment required"}, "queued"),
        (404, {"Message": "No such place"}, "queued"),
        (408, {"Message": "Too slow"}, "queued"),
        (420, {"Message": "Calm down"}, "queued"),
        (429, {"ErrorCode": 429, "Message": "Rate limit"}, "queued"),
        (500, {"ErrorCode": 100, "Message": "Maintenance"}, "in_doubt"),
        (200, ["not what was agreed"], "in_doubt"),
        (0, None, "in_doubt"),
    ],
)  # fmt: skip
def test_what_the_provider_says_decides(
    provider: _Server, status: int, answer: Any, state: str
) -> None:
    provider.answer = (status, answer)
    mailing = make_mailing("a@example.net")

    send_some(mailing.pk)

    assert states() == {state: 1}


def test_a_provider_that_refuses_one_after_the_other_is_not_asked_on(provider: _Server) -> None:
    provider.answer = (422, {"ErrorCode": 300, "Message": "Zero recipients specified"})
    mailing = make_mailing(*(f"r{n}@example.net" for n in range(25)))

    send_some(mailing.pk)

    assert states() == {"failed": MOST, "queued": 25 - MOST}
    assert Mailing.objects.get().state == Mailing.State.WAITING


def test_while_the_provider_is_away_everything_stays_queued(settings: Any) -> None:
    use(settings, "http://127.0.0.1:9/")
    mailing = make_mailing("a@example.net", "b@example.net")

    send_some(mailing.pk)

    assert states() == {"queued": 2}
    assert Mailing.objects.get().halted_for
    start_mailing(mailing.pk)  # Harmless: it was started.


@pytest.mark.parametrize("name", [name for name, facts in PROVIDERS.items() if facts.key])
def test_every_provider_that_is_promised_can_be_made(name: str) -> None:
    from django.utils.module_loading import import_string

    facts = PROVIDERS[name]
    wanted = filter(None, (facts.key, facts.secret, *facts.needs))

    backend = import_string(BACKEND.format(name=name))(**dict.fromkeys(wanted, "x"))

    assert backend.esp_name
