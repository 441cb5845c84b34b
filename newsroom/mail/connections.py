"""Connections to the next mail server, kept open by a worker for its next messages."""

import logging
import select
import smtplib
import socket
import time
from collections.abc import Iterator
from contextlib import suppress
from typing import Any

from django.conf import settings
from django.core.mail import mailers
from django.core.mail.backends.smtp import EmailBackend as SmtpBackend

from newsroom.mail.errors import NoWayOutError

logger = logging.getLogger(__name__)
IDLE = 20.0  # Seconds after which an unused connection is ended; some servers wait no longer.
FAREWELL = 2.0  # Seconds that an answer to QUIT is waited for.
_kept: list["Connection"] = []  # Of this process; a worker does one thing at a time.


class Connection:
    """One open connection, as EMAIL_URL asks for it: encrypted, signed in."""

    def __init__(self, backend: SmtpBackend) -> None:
        """Raises NoWayOutError if there is no way out now."""
        self.backend = backend
        self.carried = 0  # Messages so far.
        self._most = settings.MAIL_PER_CONNECTION
        self.proven = False  # Whether a message went over it.
        self.idle_since = time.monotonic()
        self.smtp = _open(backend)

    @property
    def is_spent(self) -> bool:
        """Whether it has carried as many messages as one connection may."""
        return 0 < self._most <= self.carried

    @property
    def is_stale(self) -> bool:
        """Whether the server has ended it, said something unasked, or is about to."""
        if time.monotonic() - self.idle_since > IDLE:
            return True
        return self.smtp.sock is None or bool(select.select([self.smtp.sock], [], [], 0)[0])

    def keep(self) -> None:
        """For the next messages of this worker; only between two messages."""
        if self.is_spent:
            self.end()
            return
        self.idle_since = time.monotonic()
        _kept.append(self)

    def end(self) -> None:
        """Say goodbye; what was handed over is settled by now, whatever it answers."""
        try:
            if self.smtp.sock is not None:
                self.smtp.sock.settimeout(FAREWELL)
            self.backend.close()
        except OSError as error:
            logger.info("mail connection did not end well: %s", error)
        self.drop()

    def drop(self) -> None:
        """Hang up without a word."""
        self.backend.connection = None
        with suppress(OSError):
            self.smtp.close()


def _open(backend: SmtpBackend) -> smtplib.SMTP:
    try:
        backend.open()
    except OSError as error:  # All of smtplib's errors are OSErrors.
        with suppress(OSError):
            backend.close()  # What was half open, if signing in failed.
        raise NoWayOutError(str(error)) from error
    smtp = backend.connection
    if smtp is None:
        raise NoWayOutError("not connected")
    try:
        smtp.ehlo_or_helo_if_needed()
        if smtp.sock is not None:  # Or the dot waits for a late ACK.
            smtp.sock.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
    except OSError as error:
        smtp.close()
        raise NoWayOutError(str(error)) from error
    return smtp


def connect() -> Connection:
    """One that was kept, or a new one. Raises NoWayOutError."""
    backend = mailers["outgoing"]
    if not isinstance(backend, SmtpBackend):
        raise NoWayOutError("the outgoing mailer is no SMTP server")
    while _kept:
        connection = _kept.pop()
        if not connection.is_stale and _same_way(connection.backend, backend):
            return connection
        connection.end()
    return Connection(backend)


def end_idle() -> None:
    """End those that nothing was sent over lately."""
    _end(connection for connection in _kept if connection.is_stale)


def end_all() -> None:
    """End every connection that is kept."""
    _end(iter(_kept))


def _end(connections: Iterator[Connection]) -> None:
    for connection in list(connections):
        _kept.remove(connection)
        connection.end()


def _same_way(one: Any, other: Any) -> bool:
    names = ("host", "port", "username", "password", "use_tls", "use_ssl")
    return all(getattr(one, name) == getattr(other, name) for name in names)


class Pace:
    """Keeps a worker from sending faster than it may."""

    def __init__(self) -> None:
        self._next = 0.0

    def wait(self, most: int) -> float:
        """Seconds until one more may leave if at most so many leave a second; zero for any number.

        Zero counts it as left.
        """
        if not most:
            return 0.0
        now = time.monotonic()
        if now < self._next:
            return self._next - now
        self._next = now + 1 / most
        return 0.0


pace = Pace()  # Of this process, whatever it sends.
