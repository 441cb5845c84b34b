"""How one message leaves: what surely was sent, what surely was not, what nobody can know."""

import logging
import smtplib
from contextlib import suppress
from datetime import timedelta

from django.core.mail import mailers
from django.core.mail.backends.base import BaseEmailBackend
from django.core.mail.backends.smtp import EmailBackend as SmtpBackend

from newsroom.mail import connections
from newsroom.mail.connections import Connection
from newsroom.mail.errors import (
    ConnectionLostError,
    InDoubtError,
    NotSentError,
    NoWayOutError,
    RefusedError,
)
from newsroom.mail.messages import Message, from_address
from newsroom.mail.pipelining import Post
from newsroom.mail.prepared import for_smtp

logger = logging.getLogger(__name__)
AGREED, FORWARDED, GO_ON, CLOSING = 250, 251, 354, 421  # Replies: RFC 5321, section 4.2.3.


class Sender:
    """Any Django mailer. What it raises says too little to know whether the message left.

    `longest` is how long handing over one message may take before its worker counts as dead.
    """

    longest = timedelta(seconds=15)

    def __init__(self, backend: BaseEmailBackend) -> None:
        self.backend = backend
        self.idempotent = bool(getattr(backend, "idempotent", False))

    def open(self) -> None:
        """Raises NoWayOutError if there is no way out now."""
        try:
            self.backend.open()
        except OSError as error:  # All of smtplib's errors are OSErrors.
            raise NoWayOutError(str(error)) from error

    def release(self) -> None:
        """The last message for now; the connection may be kept for the next."""
        self.close()

    def close(self) -> None:
        """End the connection; what was handed over is settled by now, whatever it says."""
        try:
            self.backend.close()
        except OSError as error:
            logger.info("mail connection did not end well: %s", error)

    def send(self, message: Message) -> str:
        """Hand the message over; returns the server's words.

        Raises NotSentError or RefusedError for this message, ConnectionLostError or
        NoWayOutError before it left, InDoubtError if nobody can know.
        """
        try:
            self.backend.send_messages([message])
        except Exception as error:  # Any error leaves the same doubt.
            if self.idempotent:  # Nothing is lost by trying it again.
                raise NoWayOutError(str(error)) from error
            raise InDoubtError(str(error)) from error
        return ""


class SmtpSender(Sender):
    """SMTP step by step (RFC 5321): only the final dot is a moment of doubt."""

    longest = timedelta(minutes=5)  # Six steps, each within the backend's time limit.
    _connection: Connection | None = None

    def open(self) -> None:
        """Raises NoWayOutError if there is no way out now."""
        if self._connection is not None and self._connection.is_spent:
            self.close()
        self._connection = self._connection or connections.connect()

    def release(self) -> None:
        """Keep the connection for this worker's next messages."""
        if self._connection is not None:
            self._connection.keep()
            self._connection = None

    def close(self) -> None:
        """End the connection."""
        if self._connection is not None:
            self._connection.end()
            self._connection = None

    def send(self, message: Message) -> str:
        """As `Sender.send`; after a ConnectionLostError or InDoubtError there is no connection."""
        self.open()
        try:
            words = self._converse(message)
        except (ConnectionLostError, InDoubtError):
            self._drop()
            raise
        if self._connection is not None:
            self._connection.proven = True
        return words

    def _drop(self) -> None:
        if self._connection is not None:
            self._connection.drop()
            self._connection = None

    def _converse(self, message: Message) -> str:
        connection = self._connection
        if connection is None:
            raise ConnectionLostError("not connected")
        connection.carried += 1
        content = for_smtp(message)
        try:
            self._introduce(connection.smtp, message.return_path, message.to[0])
            connection.smtp.send(content)
        except OSError as error:
            raise ConnectionLostError(str(error)) from error
        return self._end(connection.smtp)

    def _introduce(self, smtp: smtplib.SMTP, return_path: str, recipient: str) -> None:
        self._name_sender(smtp, return_path)
        reply = smtp.docmd("RCPT", f"TO:<{recipient}>")
        if reply[0] not in {AGREED, FORWARDED}:
            raise self._refusal(smtp, reply)
        reply = smtp.docmd("DATA")
        if reply[0] != GO_ON:
            raise self._refusal(smtp, reply)

    def _name_sender(self, smtp: smtplib.SMTP, return_path: str) -> None:
        """Some servers take no null sender, among them Amazon's: then the message bears ours."""
        reply = smtp.docmd("MAIL", f"FROM:<{return_path}>")
        if not return_path and reply[0] >= 500:
            return_path = from_address()
            reply = smtp.docmd("MAIL", f"FROM:<{return_path}>")
        if reply[0] == AGREED:
            return
        if reply[0] == CLOSING:  # Many take only so many messages a connection.
            raise ConnectionLostError(_words(reply))
        if not return_path:
            raise self._refusal(smtp, reply)
        raise NoWayOutError(_words(reply))  # It would say so of every message.

    def _end(self, smtp: smtplib.SMTP) -> str:
        try:
            smtp.send(b".\r\n")
            reply = smtp.getreply()
        except OSError as error:
            raise InDoubtError(str(error)) from error
        if reply[0] == AGREED:
            return _words(reply)
        if not 400 <= reply[0] < 600:
            raise InDoubtError(_words(reply))
        raise self._refusal(smtp, reply)

    def _refusal(self, smtp: smtplib.SMTP, reply: tuple[int, bytes]) -> Exception:
        """What the server's words mean for this message."""
        if reply[0] == CLOSING:
            return ConnectionLostError(_words(reply))
        self._forget(smtp)
        kind = RefusedError if reply[0] >= 500 else NotSentError
        return kind(_words(reply))

    def _forget(self, smtp: smtplib.SMTP) -> None:
        """Or the next MAIL would be a nested one (503). If it fails, that MAIL shows it."""
        with suppress(OSError):
            smtp.rset()


def _words(reply: tuple[int, bytes]) -> str:
    return f"{reply[0]} {reply[1].decode(errors='replace')}"


def make_sender() -> Sender:
    """The sender that EMAIL_URL names, unopened; keep it for many messages."""
    backend = mailers["outgoing"]
    if type(backend).__module__.startswith("anymail."):
        from newsroom.mail.providing import ProviderSender  # noqa: PLC0415 - A slow import, for few.

        return ProviderSender(backend)
    if isinstance(backend, SmtpBackend):
        return SmtpSender(backend)
    return Sender(backend)


def make_post() -> Post | None:
    """What hands over list mail, many messages at once; None where only a `Sender` can."""
    return Post() if isinstance(mailers["outgoing"], SmtpBackend) else None
