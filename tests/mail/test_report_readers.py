"""Reports of Amazon SES and Resend: read without their libraries, believed with proof only."""

import base64
import hashlib
import hmac
import json
import time
from typing import Any

import pytest
import requests
import time_machine
from django.http import HttpResponse
from django.test import Client

from newsroom.environment import hook_secrets
from newsroom.mail.messages import return_path
from newsroom.mail.models import BounceNotice, Delivery, Suppression
from newsroom.mail.suppressions import suppression_of
from newsroom.mail.tokens import make_token
from tests.mail.notices import make_sent

pytestmark = pytest.mark.django_db
SES_SECRET = "ses:a-long-password"
RESEND_KEY = base64.b64encode(b"a key of twenty-four bytes").decode()
GONE = "smtp; 550 5.1.1 user unknown"


@pytest.fixture(autouse=True)
def configured(settings: Any) -> None:
    settings.MAIL_HOOKS = {"amazon_ses": SES_SECRET, "resend": f"whsec_{RESEND_KEY}"}
    settings.BOUNCE_ADDRESS = "bounces+*@example.org"


# Amazon SES --------------------------------------------------------------------------------


def bounce(delivery: Delivery, kind: str = "Permanent", **more: Any) -> dict[str, Any]:
    """What SES says of a message, with the original's envelope sender."""
    said: dict[str, Any] = {
        "notificationType": "Bounce",
        "bounce": {
            "bounceType": kind,
            "bounceSubType": "General",
            "bouncedRecipients": [{"emailAddress": str(delivery.address), "diagnosticCode": GONE}],
            "timestamp": "2026-11-25T09:00:00.000Z",
        },
        "mail": {
            "messageId": "0102",
            "source": return_path(delivery),
            "destination": [str(delivery.address)],
        },
    }
    return said | more


def sns(message: Any, kind: str = "Notification", **more: Any) -> dict[str, Any]:
    return {
        "Type": kind,
        "MessageId": "22b80b92",
        "TopicArn": "arn:aws:sns:eu-west-1:123456789012:bounces",
        "Message": json.dumps(message) if not isinstance(message, str) else message,
        "Timestamp": "2026-11-25T09:00:01.000Z",
    } | more


def post_sns(
    client: Client, body: dict[str, Any], secret: str | None = SES_SECRET
) -> HttpResponse:
    headers = {
        "x-amz-sns-message-type": body.get("Type", ""),
        "x-amz-sns-message-id": body.get("MessageId", ""),
    }
    if secret is not None:
        headers["Authorization"] = f"Basic {base64.b64encode(secret.encode()).decode()}"
    return client.post(  # type: ignore[return-value]  # The test client's answer has more.
        "/hooks/mail/amazon_ses/", json.dumps(body), content_type="text/plain", headers=headers
    )


def test_ses_a_hard_bounce_names_its_message_by_the_envelope_and_suppresses(
    client: Client,
) -> None:
    delivery = make_sent("gone@example.net")
    make_sent("gone@example.net")  # A later one to the same address, which is not meant.

    assert post_sns(client, sns(bounce(delivery))).status_code == 200

    notice = BounceNotice.objects.get()
    assert (notice.delivery, notice.came_by) == (delivery, "amazon_ses")
    assert suppression_of(delivery.address) == Suppression.Reason.HARD_BOUNCE


def test_ses_without_words_a_lasting_bounce_is_hard_and_a_passing_one_is_not(
    client: Client,
) -> None:
    lasting, passing = make_sent("a@example.net"), make_sent("b@example.net")
    for delivery, kind in ((lasting, "Permanent"), (passing, "Transient")):
        said = bounce(delivery, kind)
        del said["bounce"]["bouncedRecipients"][0]["diagnosticCode"]
        post_sns(client, sns(said))

    assert suppression_of(lasting.address) == Suppression.Reason.HARD_BOUNCE
    assert suppression_of(passing.address) is None


def test_ses_a_complaint_suppresses(client: Client) -> None:
    delivery = make_sent("ann@example.net")
    said = bounce(
        delivery,
        notificationType="Complaint",
        complaint={"complainedRecipients": [{"emailAddress": "ann@example.net"}]},
    )

    post_sns(client, sns(said))

    assert suppression_of(delivery.address) == Suppression.Reason.COMPLAINT


def test_ses_the_same_report_again_changes_nothing(client: Client) -> None:
    delivery = make_sent()

    for _ in range(3):
        assert post_sns(client, sns(bounce(delivery))).status_code == 200

    assert BounceNotice.objects.count() == 1


def test_ses_amazon_is_asked_for_the_password_and_a_wrong_one_is_refused(client: Client) -> None:
    body = sns(bounce(make_sent()))

    asked, refused = post_sns(client, body, secret=None), post_sns(client, body, secret="ses:no")

    assert asked.status_code == 401
    assert asked.headers["WWW-Authenticate"].startswith("Basic ")
    assert refused.status_code == 400
    assert not BounceNotice.objects.exists()


@pytest.mark.parametrize(
    "forged",
    [
        {"Type": "SomethingElse"},
        {"Message": "no JSON"},
        {"Message": "[]"},
        {"Message": '{"notificationType": "Bounce"}'},
        {"Message": '{"notificationType": "Received"}'},
    ],
)
def test_ses_what_cannot_be_read_is_refused(client: Client, forged: dict[str, str]) -> None:
    assert post_sns(client, sns("x") | forged).status_code == 400
    assert not BounceNotice.objects.exists()


class Asked:
    """Stands for the network: keeps what was asked for."""

    def __init__(self) -> None:
        self.urls: list[str] = []

    def get(self, url: str, **options: Any) -> requests.Response:
        assert options["allow_redirects"] is False
        self.urls.append(url)
        answer = requests.Response()
        answer.status_code = 200
        return answer


@pytest.fixture
def network(monkeypatch: pytest.MonkeyPatch) -> Asked:
    asked = Asked()
    monkeypatch.setattr(requests, "get", asked.get)
    return asked


URL = "https://sns.eu-west-1.amazonaws.com/?Action=ConfirmSubscription&Token=abc"


def test_ses_a_topic_of_ours_is_confirmed_at_amazon(client: Client, network: Asked) -> None:
    body = sns("You have chosen", "SubscriptionConfirmation", SubscribeURL=URL, Token="abc")

    assert post_sns(client, body).status_code == 200

    assert network.urls == [URL]


@pytest.mark.parametrize(
    "url",
    [
        "http://sns.eu-west-1.amazonaws.com/",
        "https://sns.eu-west-1.amazonaws.com.evil.example/",
        "https://sns.eu-west-1.amazonaws.com@evil.example/",
        "https://sns.eu-west-1.amazonaws.com:8443/",
        "https://127.0.0.1/latest/meta-data/",
        "file:///etc/passwd",
        "",
    ],
)
def test_ses_no_other_address_is_asked_for(client: Client, network: Asked, url: str) -> None:
    body = sns("You have chosen", "SubscriptionConfirmation", SubscribeURL=url, Token="abc")

    assert post_sns(client, body).status_code == 400
    assert network.urls == []


def test_ses_a_stranger_cannot_have_a_topic_confirmed(client: Client, network: Asked) -> None:
    body = sns("You have chosen", "SubscriptionConfirmation", SubscribeURL=URL, Token="abc")

    assert post_sns(client, body, secret="ses:guess").status_code == 400
    assert network.urls == []


# Resend ------------------------------------------------------------------------------------


def resend(delivery: Delivery, kind: str = "email.bounced", **data: Any) -> dict[str, Any]:
    token = json.dumps({"delivery": make_token("report", delivery)})
    usual: dict[str, Any] = {
        "email_id": "56761188",
        "to": [str(delivery.address)],
        "headers": [{"name": "X-Metadata", "value": token}],
    }
    return {"type": kind, "created_at": "2026-11-25T09:00:00.000Z", "data": usual | data}


def post_resend(
    client: Client,
    said: dict[str, Any],
    *,
    key: str = RESEND_KEY,
    age: int = 0,
    other: dict[str, str] | None = None,
) -> HttpResponse:
    body = json.dumps(said)
    moment = str(int(time.time()) - age)
    signed = f"msg_1.{moment}.{body}".encode()
    made = base64.b64encode(hmac.digest(base64.b64decode(key), signed, hashlib.sha256)).decode()
    headers = {"svix-id": "msg_1", "svix-timestamp": moment, "svix-signature": f"v1,x v1,{made}"}
    return client.post(  # type: ignore[return-value]  # As above.
        "/hooks/mail/resend/",
        body,
        content_type="application/json",
        headers=headers | (other or {}),
    )


def test_resend_a_lasting_bounce_suppresses(client: Client) -> None:
    delivery = make_sent("gone@example.net")
    words = "The recipient's email provider sent a hard bounce message."
    said = resend(delivery, bounce={"message": words, "type": "Permanent", "subType": "General"})

    assert post_resend(client, said).status_code == 200

    assert suppression_of(delivery.address) == Suppression.Reason.HARD_BOUNCE
    assert BounceNotice.objects.get().came_by == "resend"


def test_resend_one_passing_bounce_suppresses_nobody(client: Client) -> None:
    words = "The recipient's email provider sent a general bounce message."
    said = resend(make_sent(), bounce={"message": words, "type": "Transient"})

    post_resend(client, said)

    assert BounceNotice.objects.get().kind == BounceNotice.Kind.SOFT
    assert not Suppression.objects.exists()


def test_resend_a_complaint_suppresses(client: Client) -> None:
    delivery = make_sent()

    post_resend(client, resend(delivery, "email.complained"))

    assert suppression_of(delivery.address) == Suppression.Reason.COMPLAINT


@pytest.mark.parametrize("kind", ["email.sent", "email.delivered", "email.opened", "email.new"])
def test_resend_what_has_no_consequence_is_accepted(client: Client, kind: str) -> None:
    assert post_resend(client, resend(make_sent(), kind)).status_code == 200
    assert not BounceNotice.objects.exists()


@pytest.mark.parametrize("age", [301, -301, 10**6])
@time_machine.travel("2026-11-25 09:00Z", tick=False)
def test_resend_a_replay_is_refused(client: Client, age: int) -> None:
    assert post_resend(client, resend(make_sent()), age=age).status_code == 400
    assert not BounceNotice.objects.exists()


@pytest.mark.parametrize("age", [300, -300])
@time_machine.travel("2026-11-25 09:00Z", tick=False)
def test_resend_a_clock_five_minutes_off_is_borne(client: Client, age: int) -> None:
    assert post_resend(client, resend(make_sent()), age=age).status_code == 200


@pytest.mark.parametrize(
    "forged",
    [
        {"svix-signature": ""},
        {"svix-signature": "v1,"},
        {"svix-signature": "v1,é"},
        {"svix-signature": "v2,abc"},
        {"svix-id": "msg_2"},
        {"svix-timestamp": "soon"},
        {"svix-timestamp": ""},
    ],
)
def test_resend_what_is_not_signed_is_refused(client: Client, forged: dict[str, str]) -> None:
    assert post_resend(client, resend(make_sent()), other=forged).status_code == 400
    assert not BounceNotice.objects.exists()


def test_resend_a_signature_by_another_key_is_refused(client: Client) -> None:
    key = base64.b64encode(b"another key, also long").decode()

    assert post_resend(client, resend(make_sent()), key=key).status_code == 400


def test_resend_the_secret_is_checked_when_the_site_starts(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setenv("MAIL_HOOK_RESEND", f"whsec_{RESEND_KEY}")
    assert hook_secrets("MAIL_HOOK")["resend"] == f"whsec_{RESEND_KEY}"

    monkeypatch.setenv("MAIL_HOOK_RESEND", "person:a-long-password")
    with pytest.raises(SystemExit):
        hook_secrets("MAIL_HOOK")
