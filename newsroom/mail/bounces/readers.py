"""Readers of reports that django-anymail has, made to work without the libraries it wants for them.

Amazon SES: boto3 is wanted only to answer the request by which a topic of SNS asks whether this
is the right address; that is one GET. Resend: svix is wanted only to check a signature, which is
an HMAC as the specification of Standard Webhooks says (standardwebhooks.com, "Verifying").
"""

import base64
import hashlib
import hmac
import re
import time
from typing import Any
from urllib.parse import urlsplit

import requests
from anymail.exceptions import AnymailWebhookValidationFailure
from anymail.signals import AnymailTrackingEvent, RejectReason
from anymail.webhooks.amazon_ses import AmazonSESBaseWebhookView, AmazonSESTrackingWebhookView
from anymail.webhooks.resend import ResendTrackingWebhookView, SvixWebhookValidationMixin
from django.http import HttpRequest

from newsroom.mail.models import Delivery
from newsroom.mail.providers import TOKEN_NAME
from newsroom.mail.tokens import TOKEN, delivery_of, make_token

SNS = re.compile(r"sns\.[a-z0-9-]+\.amazonaws\.com(?:\.cn)?")
PATIENCE = 10  # Seconds.
FRESH = 5 * 60  # Seconds: an older signature is a replay.
KEY_MARK = "whsec_"


class SESReports(AmazonSESTrackingWebhookView):  # type: ignore[misc]  # It has no types.
    """Bounces and complaints of Amazon SES, brought by a topic of SNS."""

    def __init__(self, *, webhook_secret: str) -> None:
        self.auto_confirm_enabled = True
        super(AmazonSESBaseWebhookView, self).__init__(webhook_secret=webhook_secret)

    def auto_confirm_sns_subscription(self, sns_message: dict[str, Any]) -> None:
        """Answer that reports may come, by the address SNS gives; of Amazon, or ValueError.

        Whoever is away makes an OSError, so that SNS asks again.
        """
        url = urlsplit(str(sns_message["SubscribeURL"]))
        if url.scheme != "https" or not SNS.fullmatch(url.netloc):
            raise ValueError("The address to confirm at is none of Amazon's.")
        answer = requests.get(url.geturl(), timeout=PATIENCE, allow_redirects=False)
        answer.raise_for_status()

    def esp_to_anymail_events(
        self, ses_event: dict[str, Any], sns_message: dict[str, Any]
    ) -> list[AnymailTrackingEvent]:
        events: list[AnymailTrackingEvent] = super().esp_to_anymail_events(ses_event, sns_message)
        delivery = _of_return_path(str(ses_event.get("mail", {}).get("source", "")))
        is_lasting = ses_event.get("bounce", {}).get("bounceType") == "Permanent"
        for event in events:
            if delivery is not None:
                event.metadata = {TOKEN_NAME: make_token("report", delivery)}
            if is_lasting:
                event.reject_reason = RejectReason.INVALID
        return events


def _of_return_path(path: str) -> Delivery | None:
    """Which message it was, where BOUNCE_ADDRESS has a `*`: SES tells the envelope's sender."""
    found = TOKEN.search(path.lower())
    return delivery_of("return-path", found[0]) if found else None


class ResendReports(ResendTrackingWebhookView):  # type: ignore[misc]  # As above.
    """Reports of Resend, proved by its signature."""

    warn_if_no_basic_auth = False

    def __init__(self, *, signing_secret: str) -> None:
        self.key = base64.b64decode(signing_secret.removeprefix(KEY_MARK))
        self._svix_webhook = None
        super(SvixWebhookValidationMixin, self).__init__()

    def validate_request(self, request: HttpRequest) -> None:
        """Raises AnymailWebhookValidationFailure for what is not signed, or was so long ago."""
        name, moment = (request.headers.get(f"svix-{part}", "") for part in ("id", "timestamp"))
        signed = b".".join([name.encode(), moment.encode(), request.body])
        expected = base64.b64encode(hmac.digest(self.key, signed, hashlib.sha256))
        given = request.headers.get("svix-signature", "").split()
        is_fresh = moment.isdecimal() and abs(time.time() - int(moment)) <= FRESH
        is_known = [
            hmac.compare_digest(one.removeprefix("v1,").encode(), expected)
            for one in given
            if one.startswith("v1,")
        ]
        if not (is_fresh and any(is_known)):
            raise AnymailWebhookValidationFailure("not signed by Resend")

    def esp_to_anymail_event(
        self, esp_event: dict[str, Any], request: HttpRequest
    ) -> AnymailTrackingEvent:
        event = super().esp_to_anymail_event(esp_event, request)
        bounce = (esp_event.get("data") or {}).get("bounce") or {}
        if bounce.get("type") == "Permanent":
            event.reject_reason = RejectReason.INVALID
        return event
