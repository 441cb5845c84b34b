"""The mail providers of django-anymail: what each wants to know, and how its reports are proved.

Only facts, and nothing of Django: the settings read them before it exists.
"""

from dataclasses import dataclass


@dataclass(frozen=True)
class Provider:
    """`key` and `secret` are what stands before and behind the colon of EMAIL_URL; "" as a key
    for a provider that mail goes to by SMTP.

    `needs` must be given as options of EMAIL_URL, `takes` may be. `hook` is the name of the
    view that reads its reports, with its module where it is ours, "" if there is none; `proof`
    is what proves a report: a name and password of ours (`webhook_secret`), or the key that the
    provider signs with.
    """

    key: str
    secret: str = ""
    needs: tuple[str, ...] = ()
    takes: tuple[str, ...] = ("api_url",)
    hook: str = ""
    proof: str = "webhook_secret"


PROVIDERS = {
    "amazon_ses": Provider("", hook="newsroom.mail.bounces.readers.SESReports"),
    "brevo": Provider("api_key", hook="BrevoTrackingWebhookView"),
    "mailersend": Provider(
        "api_token", hook="MailerSendTrackingWebhookView", proof="signing_secret"
    ),
    "mailgun": Provider(
        "api_key",
        takes=("api_url", "sender_domain"),
        hook="MailgunTrackingWebhookView",
        proof="webhook_signing_key",
    ),
    "mailjet": Provider("api_key", "secret_key", hook="MailjetTrackingWebhookView"),
    "mailtrap": Provider("api_token", hook="MailtrapTrackingWebhookView"),
    "mandrill": Provider("api_key", hook="MandrillCombinedWebhookView", proof="webhook_key"),
    "postal": Provider(
        "api_key", needs=("api_url",), hook="PostalTrackingWebhookView", proof="webhook_key"
    ),
    "postmark": Provider(
        "server_token", takes=("api_url", "message_stream"), hook="PostmarkTrackingWebhookView"
    ),
    "resend": Provider(
        "api_key", hook="newsroom.mail.bounces.readers.ResendReports", proof="signing_secret"
    ),
    "scaleway": Provider("secret_key", needs=("project_id",), takes=("api_url", "region")),
    "sparkpost": Provider(
        "api_key", takes=("api_url", "subaccount"), hook="SparkPostTrackingWebhookView"
    ),
    "unisender_go": Provider(
        "api_key", needs=("api_url",), hook="UnisenderGoTrackingWebhookView", proof="api_key"
    ),
}
BACKEND = "anymail.backends.{name}.EmailBackend"
HOOK = "anymail.webhooks.{name}.{view}"
TOKEN_NAME = "delivery"  # noqa: S105 - The name under which a provider gives our token back.
