"""How one message leaves: what surely was sent, what surely was not, what nobody can know."""

import smtplib
from collections.abc import Iterator
from contextlib import contextmanager
from email.utils import parseaddr

from django.core.mail import EmailMessage, mailers
from django.core.mail.backends.base import BaseEmailBackend
from django.core.mail.backends.smtp import EmailBackend as SmtpBackend

from newsroom.mail.errors import InDoubtError, NotSentError, RefusedError
from newsroom.mail.messages import as_sent


class Sender:
    """Any Django mailer. What it raises says too little to know whether the message left."""

    def __init__(self, backend: BaseEmailBackend) -> None:
        self.backend = backend
        self.idempotent = bool(getattr(backend, "idempotent", False))

    def open(self) -> None:
        """Raises NotSentError if there is no way out now."""
        try:
            self.backend.open()
        except (OSError, smtplib.SMTPException) as error:
            raise NotSentError(str(error)) from error

    def close(self) -> None:
        self.backend.close()

    def send(self, message: EmailMessage) -> str:
        """Hand the message over; returns the server's words. Raises NotSentError, RefusedError
        or InDoubtError."""
        try:
            self.backend.send_messages([message])
        except OSError as error:
            if self.idempotent:
                raise NotSentError(str(error)) from error
            raise InDoubtError(str(error)) from error
        except smtplib.SMTPException as error:
            raise InDoubtError(str(error)) from error
        return ""


class SmtpSender(Sender):
    """SMTP step by step (RFC 5321): only the final dot is a moment of doubt."""

    backend: SmtpBackend

    def send(self, message: EmailMessage) -> str:
        smtp = self.backend.connection
        if smtp is None:
            raise NotSentError("not connected")
        content = as_sent(message.message())
        with _before_the_dot():
            smtp.ehlo_or_helo_if_needed()
            _expect(smtp.mail(_bare(message.from_email)), for_the_address=False)
            _expect(smtp.rcpt(message.to[0]), for_the_address=True)
        try:
            reply: tuple[int, bytes | str] = smtp.data(content)
        except smtplib.SMTPDataError as error:  # It would not even hear the message.
            reply = error.smtp_code, error.smtp_error
        except (OSError, smtplib.SMTPServerDisconnected) as error:
            raise InDoubtError(str(error)) from error
        return _expect(reply, for_the_address=True)


@contextmanager
def _before_the_dot() -> Iterator[None]:
    try:
        yield
    except (OSError, smtplib.SMTPException) as error:
        raise NotSentError(str(error)) from error


def _expect(reply: tuple[int, bytes | str], *, for_the_address: bool) -> str:
    """The server's words if it agreed; else the error that says whether to try again."""
    code, words = reply
    text = f"{code} {words.decode(errors='replace') if isinstance(words, bytes) else words}"
    if 200 <= code < 300:
        return text
    if code >= 500 and for_the_address:
        raise RefusedError(text)
    raise NotSentError(text)


def _bare(mailbox: str) -> str:
    return parseaddr(mailbox)[1]


def make_sender() -> Sender:
    """The sender that EMAIL_URL names, unopened; keep it for many messages."""
    backend = mailers["outgoing"]
    if isinstance(backend, SmtpBackend):
        return SmtpSender(backend)
    return Sender(backend)
