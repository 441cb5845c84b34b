"""One conversation with a mail server, by what may be said and what is to be answered.

A group is what may be written in one go (RFC 2920): the body of a message with its final dot,
and the whole envelope of the next one. So a connection has at most one message whose dot was
written and not answered; only that one is in doubt if the connection is lost. With a server
that takes no groups each step waits for its answer.
"""

import re
import selectors
import ssl
import time
from collections import deque
from contextlib import suppress

from newsroom.mail.connections import Connection
from newsroom.mail.errors import NoWayOutError
from newsroom.mail.journal import Fate
from newsroom.mail.turns import Outgoing, Turn

CHUNK = 65_536  # Bytes read at once.
RECORD = 16_384  # Bytes of a record of TLS, of which the system takes all or, for us, nothing.
LONGEST_REPLY = 65_536  # Bytes; no server says so much.
REPLY = re.compile(rb"(?:\d{3}-[^\n]*\n)*(\d{3})(?: [^\n]*)?\r?\n")  # RFC 5321, section 4.2.
AGREED, FORWARDED, GO_ON, CLOSING = b"250", b"251", b"354", b"421"
RSET, MAIL, RCPT, DATA, DOT, NOTHING = "RSET", "MAIL", "RCPT", "DATA", "dot", "dot of nothing"


class Line:
    """One connection, and how far its conversation is."""

    def __init__(self, connection: Connection) -> None:
        smtp = connection.smtp
        if smtp.sock is None:
            raise NoWayOutError("not connected")
        self.connection = connection
        self.is_lost = False
        self.deadline = 0.0
        self._sock = smtp.sock
        self._sock.settimeout(0)
        self._at_once = RECORD if isinstance(smtp.sock, ssl.SSLSocket) else None
        self._pipelines = bool(smtp.has_extn("pipelining"))
        self._patience = float(connection.backend.timeout or 30)
        self._script: deque[tuple[str, bytes]] = deque()  # To be said.
        self._awaited: deque[str] = deque()  # Said, and to be answered.
        self._out = b""  # Not yet taken by the system.
        self._behind_dot = 0  # Bytes said after the last final dot.
        self._waits_to_write = False
        self._in = b""
        self._flight: Outgoing | None = None  # Its body is on its way, or waits for the answer.
        self._next: Outgoing | None = None  # Its envelope is on its way.
        self._fault: tuple[Fate | None, str] | None = None  # Why that one cannot leave.
        self._must_reset = False

    # What the post asks ---------------------------------------------------------------------

    @property
    def is_busy(self) -> bool:
        return not self.is_lost and bool(self._awaited or self._script)

    @property
    def is_idle(self) -> bool:
        return not self.is_lost and not self.is_busy and not self.is_spent

    @property
    def is_spent(self) -> bool:
        return self.connection.is_spent

    def join(self, turn: Turn, selector: selectors.BaseSelector) -> None:
        """Take part in a turn."""
        self._turn, self._selector = turn, selector
        selector.register(self._sock, selectors.EVENT_READ, self)

    def leave(self) -> None:
        """Part for good."""
        with suppress(KeyError, ValueError):
            self._selector.unregister(self._sock)
        if self.is_lost:
            self.connection.drop()
        else:
            self._sock.settimeout(self._patience)
            self.connection.end()

    def rest(self) -> None:
        """Keep the connection, with its socket as smtplib knows it."""
        if self.is_lost or self.is_busy:
            self.connection.drop()
            return
        self._sock.settimeout(self._patience)
        try:
            if self._must_reset:
                self.connection.smtp.rset()
        except OSError:
            self.connection.drop()
        else:
            self.connection.keep()

    def go_on(self, events: int) -> None:
        """The socket can be read or written; or, for no event, begin with the next message."""
        try:
            if events & selectors.EVENT_READ:
                self._read()
            if not events:
                self._address_next()
            if not self.is_lost:
                self._speak()
        except OSError as error:
            self.lose(str(error) or "the connection was closed")

    def lose(self, words: str) -> None:
        """The connection is gone, and what that means for what is under way."""
        self.is_lost = True
        flight, following = self._flight, self._next
        self._flight = self._next = None
        if flight is not None and self._dot_is_out:
            self._turn.ends(flight, Fate.DOUBT, words)
            self._turn.stop(words)
        elif flight is not None:
            self._turn.lost(flight, words, begun=True, fresh=self._is_fresh)
        if following is not None:
            self._turn.lost(following, words, begun=False, fresh=self._is_fresh)

    @property
    def _dot_is_out(self) -> bool:
        """Whether the system has taken all of the body, and perhaps more."""
        return DOT in self._awaited and len(self._out) <= self._behind_dot

    @property
    def _is_fresh(self) -> bool:
        return not self.connection.proven

    # What is said ---------------------------------------------------------------------------

    def _address_next(self) -> None:
        """The envelope of the next message."""
        if self.is_spent or self._next is not None:
            return
        message = self._next = self._turn.take()
        if message is None:
            return
        self._fault = None
        self.connection.carried += 1
        if self._must_reset:  # Or the next MAIL would be a nested one (503).
            self._must_reset = False
            self._script.append((RSET, b"RSET\r\n"))
        self._script.append((MAIL, f"MAIL FROM:<{message.return_path}>\r\n".encode("ascii")))
        self._script.append((RCPT, f"RCPT TO:<{message.recipient}>\r\n".encode("ascii")))
        self._script.append((DATA, b"DATA\r\n"))

    def _hand_over(self) -> None:
        """The body of the message whose envelope was agreed on, and what may follow at once."""
        message = self._flight = self._next
        self._next = None
        if message is None:
            raise RuntimeError("a body without an envelope")
        self._turn.begins(message)
        self._script.append((DOT, message.content + b".\r\n"))
        if self._pipelines:
            self._address_next()

    def _speak(self) -> None:
        """Say what may be said now: all of it where the server takes groups."""
        while self._script and (self._pipelines or not self._awaited):
            step, words = self._script.popleft()
            self._awaited.append(step)
            self._out += words
            self._behind_dot = 0 if step == DOT else self._behind_dot + len(words)
        if self._out:
            self._write()

    def _write(self) -> None:
        self.deadline = time.monotonic() + self._patience
        with suppress(BlockingIOError, ssl.SSLWantReadError, ssl.SSLWantWriteError):
            while self._out:
                self._out = self._out[self._sock.send(self._out[: self._at_once]) :]
        if bool(self._out) != self._waits_to_write:
            self._waits_to_write = bool(self._out)
            wanted = selectors.EVENT_WRITE if self._out else 0
            self._selector.modify(self._sock, selectors.EVENT_READ | wanted, self)

    # What is heard --------------------------------------------------------------------------

    def _read(self) -> None:
        with suppress(BlockingIOError, ssl.SSLWantReadError, ssl.SSLWantWriteError):
            while True:
                heard = self._sock.recv(CHUNK)
                if not heard:
                    self._hear()
                    raise ConnectionResetError("the server closed the connection")
                self._in += heard
                if len(heard) < CHUNK and not isinstance(self._sock, ssl.SSLSocket):
                    break
        self._hear()

    def _hear(self) -> None:
        at = 0
        while not self.is_lost and (reply := REPLY.match(self._in, at)):
            at = reply.end()
            self._heed(reply[1], reply[0])
        self._in = self._in[at:]
        if len(self._in) > LONGEST_REPLY:
            raise ConnectionAbortedError("the server does not speak SMTP")

    def _heed(self, code: bytes, reply: bytes) -> None:
        if code == CLOSING or not self._awaited:
            self._dismissed(_words(reply))
            return
        self.deadline = time.monotonic() + self._patience
        step = self._awaited.popleft()
        if step == DOT:
            self._heed_dot(code, reply)
        elif step == MAIL and code != AGREED:  # It would say so of every message.
            self._give_up(None, reply)
        elif step == RCPT and code not in {AGREED, FORWARDED}:
            self._give_up(_refusal(code), reply)
        elif step == DATA:
            self._heed_data(code, reply)
        elif step == NOTHING:
            self._end_envelope()

    def _dismissed(self, words: str) -> None:
        """421 at whatever step: this message was not taken, and no other will be."""
        flight, self._flight = self._flight, None
        self.lose(words)
        if flight is not None:
            self._turn.lost(flight, words, begun=True, fresh=self._is_fresh)

    def _give_up(self, fate: Fate | None, reply: bytes) -> None:
        """This envelope leads nowhere; the answers to the rest of it are still to come."""
        self._fault = self._fault or (fate, _words(reply))
        if not self._pipelines:
            self._script.clear()
            self._end_envelope()

    def _heed_data(self, code: bytes, reply: bytes) -> None:
        if code == GO_ON and self._fault is None:
            self._hand_over()
        elif code == GO_ON:  # It wants the body of a message for nobody (RFC 2920, section 3.1).
            self._script.appendleft((NOTHING, b".\r\n"))
        else:
            self._fault = self._fault or (_refusal(code), _words(reply))
            self._end_envelope()

    def _heed_dot(self, code: bytes, reply: bytes) -> None:
        message, self._flight = self._flight, None
        if message is None:
            raise RuntimeError("an answer to no message")
        self.connection.proven = True
        words = _words(reply)
        if code == AGREED:
            self._turn.ends(message, Fate.SENT, words)
        elif code[:1] in {b"4", b"5"}:
            self._turn.ends(message, _refusal(code), words)
        else:
            self._turn.ends(message, Fate.DOUBT, words)
            self._turn.stop(words)
        self._address_next()

    def _end_envelope(self) -> None:
        message, self._next = self._next, None
        self._must_reset = True
        if message is None or self._fault is None:
            raise RuntimeError("an envelope that failed without a reason")
        fate, words = self._fault
        if fate is None:
            self._turn.stop(words)
        else:
            self._turn.ends(message, fate, words)
        self._address_next()


def _refusal(code: bytes) -> Fate:
    """What a reply that is not the one hoped for means for its message."""
    return Fate.REFUSED if code.startswith(b"5") else Fate.PUT_OFF


def _words(reply: bytes) -> str:
    """The code once, and the server's lines."""
    first, *more = reply.decode(errors="replace").splitlines()
    return "\n".join([f"{first[:3]} {first[4:]}", *(line[4:] for line in more)])
