"""How one message leaves: what surely was sent, what surely was not, what nobody can know."""

import logging
import re
import smtplib
import socket
from contextlib import suppress
from datetime import timedelta

from django.core.mail import mailers
from django.core.mail.backends.base import BaseEmailBackend
from django.core.mail.backends.smtp import EmailBackend as SmtpBackend

from newsroom.mail.errors import (
    ConnectionLostError,
    InDoubtError,
    NotSentError,
    NoWayOutError,
    RefusedError,
)
from newsroom.mail.messages import Message, as_sent

logger = logging.getLogger(__name__)
AGREED, FORWARDED, GO_ON, CLOSING = 250, 251, 354, 421  # Replies: RFC 5321, section 4.2.3.
DOT_FIRST = re.compile(rb"^\.", re.MULTILINE)


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
    backend: SmtpBackend

    def open(self) -> None:
        super().open()
        smtp = self.backend.connection
        if smtp is not None and smtp.sock is not None:  # Or the dot waits for a late ACK.
            smtp.sock.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)

    def send(self, message: Message) -> str:
        smtp = self.backend.connection
        if smtp is None:
            raise ConnectionLostError("not connected")
        content = DOT_FIRST.sub(b"..", as_sent(message.message()))  # Section 4.5.2.
        try:
            self._introduce(smtp, message.return_path, message.to[0])
            smtp.send(content)
        except OSError as error:
            raise ConnectionLostError(str(error)) from error
        return self._end(smtp)

    def _introduce(self, smtp: smtplib.SMTP, return_path: str, recipient: str) -> None:
        smtp.ehlo_or_helo_if_needed()
        reply = smtp.docmd("MAIL", f"FROM:<{return_path}>")
        if reply[0] == CLOSING:  # Many take only so many messages a connection.
            raise ConnectionLostError(_words(reply))
        if reply[0] != AGREED:  # It would say so of every message.
            raise NoWayOutError(_words(reply))
        reply = smtp.docmd("RCPT", f"TO:<{recipient}>")
        if reply[0] not in {AGREED, FORWARDED}:
            raise self._refusal(smtp, reply)
        reply = smtp.docmd("DATA")
        if reply[0] != GO_ON:
            raise self._refusal(smtp, reply)

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
