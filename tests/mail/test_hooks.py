"""What providers report over the web: believed with proof, harmless twice."""

import base64
import hashlib
import hmac
import json
import time
from datetime import timedelta
from typing import Any

import pytest
import time_machine
from django.db import DatabaseError
from django.http import HttpResponse
from django.test import Client
from django.utils import timezone

from newsroom.mail.addresses import find_or_make_address
from newsroom.mail.bounces import hooks
from newsroom.mail.models import BounceNotice, Delivery, Suppression
from newsroom.mail.providers import PROVIDERS
from newsroom.mail.suppressions import suppression_of
from newsroom.mail.tokens import make_token
from subscriptions import services
from tests.mail.notices import make_sent
from tests.makers import make_article, make_subscriber

pytestmark = pytest.mark.django_db
SECRET = "postmark:a-long-password"
GONE = "smtp;550 5.1.1 <gone@example.net>: user unknown"


@pytest.fixture(autouse=True)
def configured(settings: Any) -> None:
    settings.MAIL_HOOKS = {"postmark": SECRET, "mailgun": "signing-key"}


def post(client: Client, body: Any, secret: str = SECRET, to: str = "postmark") -> HttpResponse:
    text = body if isinstance(body, str) else json.dumps(body)
    basic = base64.b64encode(secret.encode()).decode()
    headers = {"Authorization": f"Basic {basic}"}
    return client.post(  # type: ignore[return-value]  # The test client's answer has more.
        f"/hooks/mail/{to}/", text, content_type="application/json", headers=headers
    )


def postmark(delivery: Delivery | None, kind: str = "HardBounce", **more: Any) -> dict[str, Any]:
    """A report as Postmark writes it, with our token."""
    complains = kind == "SpamComplaint"
    report: dict[str, Any] = {
        "RecordType": "SpamComplaint" if complains else "Bounce",
        "Type": kind,
        "ID": 42,
        "MessageID": "883953f4-6105-42a2-a16a-77a8eac79483",
        "Description": "The server was unable to deliver your message.",
        "Details": "" if complains else GONE,
        "Email": "gone@example.net",
        "BouncedAt": "2026-11-25T09:00:00Z",
    }
    if delivery is not None:
        report["Metadata"] = {"delivery": make_token("report", delivery)}
    return report | more


def test_a_hard_bounce_suppresses_the_address(client: Client) -> None:
    delivery = make_sent("gone@example.net")

    assert post(client, postmark(delivery)).status_code == 200

    delivery.refresh_from_db()
    assert suppression_of(delivery.address) == Suppression.Reason.HARD_BOUNCE
    assert delivery.state == Delivery.State.BOUNCED
    assert BounceNotice.objects.get().came_by == "postmark"


def test_one_soft_bounce_suppresses_nobody(client: Client) -> None:
    delivery = make_sent()

    post(client, postmark(delivery, "SoftBounce", Details="smtp;552 5.2.2 mailbox full"))

    assert BounceNotice.objects.get().kind == BounceNotice.Kind.SOFT
    assert not Suppression.objects.exists()


def test_a_complaint_suppresses(client: Client) -> None:
    delivery = make_sent()

    post(client, postmark(delivery, "SpamComplaint"))

    assert suppression_of(delivery.address) == Suppression.Reason.COMPLAINT


def left(delivery: Delivery) -> dict[str, Any]:
    """Postmark's report that its reader has left."""
    return {
        "RecordType": "SubscriptionChange", "SuppressSending": True,
        "SuppressionReason": "ManualSuppression", "Recipient": "gone@example.net",
        "ChangedAt": "2026-11-25T09:00:00Z",
        "Metadata": {"delivery": make_token("report", delivery)},
    }  # fmt: skip


def test_whoever_left_at_the_providers_page_has_left_here(client: Client) -> None:
    delivery = make_sent()

    assert post(client, left(delivery)).status_code == 200

    assert suppression_of(delivery.address) == Suppression.Reason.LEFT


@pytest.mark.parametrize("somebody_else", [False, True])
def test_whoever_has_moved_since_leaves_and_nobody_who_is_there_now(
    client: Client, settings: Any, *, somebody_else: bool
) -> None:
    settings.MAIL_HOLD_MINUTES = 0
    reader = make_subscriber("gone@example.net")
    services.announce(make_article(announce=True).pk)
    delivery = Delivery.objects.get()
    Delivery.objects.update(state="sent", started_at=timezone.now(), sent_at=timezone.now())
    with time_machine.travel(timezone.now() + timedelta(minutes=1)):
        services.move(reader, find_or_make_address("new@example.net"))
        if somebody_else:
            make_subscriber("gone@example.net")

        assert post(client, left(delivery)).status_code == 200

    assert suppression_of(find_or_make_address("new@example.net")) == Suppression.Reason.LEFT
    assert suppression_of(delivery.address) is None


def test_the_same_report_again_changes_nothing(client: Client) -> None:
    delivery = make_sent()

    for _ in range(3):
        assert post(client, postmark(delivery)).status_code == 200

    assert BounceNotice.objects.count() == 1


def test_without_our_token_the_last_message_to_the_address_is_meant(client: Client) -> None:
    make_sent("gone@example.net")
    last = make_sent("gone@example.net")

    post(client, postmark(None))

    assert BounceNotice.objects.get().delivery == last


def test_a_token_that_was_not_made_here_is_not_replaced_by_the_address(client: Client) -> None:
    make_sent("gone@example.net")

    answer = post(client, postmark(None, Metadata={"delivery": "a" * 29}))

    assert answer.status_code == 200
    assert not BounceNotice.objects.exists()


@pytest.mark.parametrize("record", ["Delivery", "Open", "Click"])
def test_what_has_no_consequence_is_accepted(client: Client, record: str) -> None:
    answer = post(client, postmark(make_sent(), RecordType=record))

    assert answer.status_code == 200
    assert not BounceNotice.objects.exists()


@pytest.mark.parametrize("secret", ["postmark:wrong", "", ":"])
def test_without_proof_nothing_is_believed(client: Client, secret: str) -> None:
    answer = post(client, postmark(make_sent()), secret=secret)

    assert answer.status_code == 400
    assert not BounceNotice.objects.exists()


@pytest.mark.parametrize(
    "body", ["", "{", "[]", "null", '{"RecordType": "Bounce", "BouncedAt": 7}']
)
def test_what_cannot_be_read_is_refused(client: Client, body: str) -> None:
    assert post(client, body).status_code == 400


def test_words_that_no_database_can_keep_are_kept_without_them(client: Client) -> None:
    post(client, postmark(make_sent(), Details="550 5.1.1 un\0known \ud800 user"))

    assert BounceNotice.objects.get().words == "550 5.1.1 un known ? user"


def test_inbound_mail_sent_to_this_address_is_refused(client: Client) -> None:
    assert post(client, {"FromFull": {"Email": "a@b.example"}}).status_code == 400


@pytest.mark.parametrize("provider", ["brevo", "sendgrid", "none", "amazon_ses"])
def test_providers_without_a_secret_do_not_exist(client: Client, provider: str) -> None:
    assert post(client, "{}", to=provider).status_code == 404
    assert client.get(f"/hooks/mail/{provider}/").status_code == 404


@pytest.mark.parametrize("method", ["get", "head"])
def test_providers_may_try_the_address(client: Client, method: str) -> None:
    answer = getattr(client, method)("/hooks/mail/postmark/")

    assert answer.status_code == 200
    assert client.cookies == {}


def test_while_the_database_is_away_the_provider_must_send_again(
    client: Client, monkeypatch: pytest.MonkeyPatch
) -> None:
    def away(*args: Any, **kwargs: Any) -> None:
        raise DatabaseError

    delivery = make_sent()
    monkeypatch.setattr(hooks, "record", away)
    client.raise_request_exception = False

    assert post(client, postmark(delivery)).status_code == 500


def test_a_signature_is_checked_where_the_provider_signs(client: Client) -> None:
    delivery = make_sent()
    stamp, token = str(int(time.time())), "abc"
    signed = hmac.new(b"signing-key", f"{stamp}{token}".encode(), hashlib.sha256).hexdigest()
    report: dict[str, Any] = {
        "signature": {"timestamp": stamp, "token": token, "signature": signed},
        "event-data": {
            "event": "failed", "severity": "permanent", "timestamp": 1764060000.0, "id": "x",
            "recipient": str(delivery.address), "message": {"headers": {"message-id": "y"}},
            "user-variables": {"delivery": make_token("report", delivery)},
            "delivery-status": {"code": 550, "message": "5.1.1 user unknown"},
        },
    }  # fmt: skip

    assert post(client, report, to="mailgun").status_code == 200
    report["signature"]["signature"] = "0" * 64
    assert post(client, report, to="mailgun").status_code == 400

    assert BounceNotice.objects.get().kind == BounceNotice.Kind.HARD


@pytest.mark.parametrize("name", [name for name, facts in PROVIDERS.items() if facts.hook])
def test_every_provider_that_is_promised_can_be_read(
    client: Client, settings: Any, name: str
) -> None:
    """Its view can be made, and asks for the proof."""
    settings.MAIL_HOOKS = {name: "person:a-long-password"}

    assert post(client, "{}", secret="a:b", to=name).status_code == 400
