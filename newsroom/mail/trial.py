"""One message sent before a person's eyes, step by step."""

import smtplib
from collections.abc import Callable
from contextlib import closing, suppress
from email.utils import make_msgid
from typing import Any

from django.conf import settings
from django.core.mail import mailers
from django.core.mail.backends.smtp import EmailBackend as SmtpBackend
from django.utils import timezone
from django.utils.translation import gettext as _

from newsroom.kit.models import Site
from newsroom.mail.addresses import compared_form, mailbox_of
from newsroom.mail.errors import (
    ConnectionLostError,
    InDoubtError,
    NotSentError,
    NoWayOutError,
    RefusedError,
)
from newsroom.mail.messages import Message, as_sent, from_address, from_domain
from newsroom.mail.senders import Sender, make_sender

Say = Callable[[str], object]


def send_trial(recipient: str, say: Say) -> bool:
    """Send one message by EMAIL_URL, saying each step; whether it was accepted.

    Raises AddressError if `recipient` is none that mail could go to.
    """
    backend = mailers["outgoing"]
    message = _message(recipient)
    if not isinstance(backend, SmtpBackend):
        return _hand_over(make_sender(), message, say)
    try:
        _converse(backend, message, say)
    except (OSError, smtplib.SMTPException) as error:  # Every step before has been said.
        say(f"! {error}")
        return False
    return True


def _hand_over(sender: Sender, message: Message, say: Say) -> bool:
    """To a sender that shows no steps."""
    name = getattr(sender.backend, "esp_name", type(sender.backend).__name__)
    say(_("Sending by %(name)s") % {"name": name})
    try:
        sender.open()
        say(f"< {sender.send(message) or _('taken')}")
    except (NotSentError, RefusedError, NoWayOutError, ConnectionLostError, InDoubtError) as error:
        say(f"! {error}")
        return False
    finally:
        sender.close()
    return True


def _converse(backend: SmtpBackend, message: Message, say: Say) -> None:
    """RFC 5321, with STARTTLS (RFC 3207) and AUTH (RFC 4954) where EMAIL_URL asks for them."""
    say(_("Connecting to %(host)s:%(port)s") % {"host": backend.host, "port": backend.port})
    kind = _SpokenTls if backend.use_ssl else _Spoken
    smtp = kind(say, backend.host, backend.port or 0, timeout=backend.timeout or 30)
    with closing(smtp):
        smtp.ehlo()
        if backend.use_tls:
            smtp.starttls(context=backend.ssl_context)
            smtp.ehlo()
        if backend.username and backend.password:
            smtp.login(backend.username, backend.password)
        smtp.sendmail(message.return_path, message.to, as_sent(message.message()))
        with suppress(OSError):  # It is accepted by now, whatever the farewell is.
            smtp.quit()


def _message(recipient: str) -> Message:
    site, now = Site.current(), timezone.now()
    message = Message(
        subject=_("Test from %(name)s") % {"name": site.name},
        body=_("This message was sent by hand at %(now)s to see whether mail leaves.\n")
        % {"now": f"{now:%Y-%m-%d %H:%M:%S} UTC"},
        from_email=from_address(),
        to=[mailbox_of(recipient, compared_form(recipient))],
        headers={
            "Auto-Submitted": "auto-generated",
            "Message-ID": make_msgid(domain=from_domain()),
        },
    )
    message.return_path = (settings.BOUNCE_ADDRESS or from_address()).replace("*", "test")
    return message


class _Says:
    """Says what both sides say; passwords and the message's own lines are left out."""

    def __init__(self, say: Say, *args: Any, **kwargs: Any) -> None:
        self.say, self.signing_in = say, False
        super().__init__(*args, **kwargs)

    def login(self, *args: Any, **kwargs: Any) -> tuple[int, bytes]:
        """Some ways of signing in send the password as a line of its own (RFC 4954)."""
        self.signing_in = True
        try:
            return super().login(*args, **kwargs)  # type: ignore[misc, no-any-return]  # The other base has it.
        finally:
            self.signing_in = False

    def putcmd(self, cmd: str, args: str = "") -> None:
        self.say("> AUTH ..." if self._hides(cmd) else f"> {cmd} {args}".rstrip())
        super().putcmd(cmd, args)  # type: ignore[misc]  # As above.

    def _hides(self, cmd: str) -> bool:
        return self.signing_in and cmd.upper() not in {"EHLO", "HELO"}

    def getreply(self) -> tuple[int, bytes]:
        code, words = super().getreply()  # type: ignore[misc]  # As above.
        for line in words.decode(errors="replace").splitlines() or [""]:
            self.say(f"< {code} {line}")
        return code, words


class _Spoken(_Says, smtplib.SMTP):
    pass


class _SpokenTls(_Says, smtplib.SMTP_SSL):
    pass
