"""List mail over several connections at once, in one thread, without waiting for the server
more than SMTP asks (RFC 5321; RFC 2920 where the server offers PIPELINING)."""

import logging
import selectors
import time
from collections.abc import Iterator

from django.conf import settings

from newsroom.mail import connections
from newsroom.mail.errors import NoWayOutError
from newsroom.mail.lines import Line
from newsroom.mail.turns import Log, Outgoing, Turn

logger = logging.getLogger(__name__)
WORTH = 25  # Messages for which one more connection is opened.


class Post:
    """Hands messages over, by as many connections as they are worth."""

    def __init__(self) -> None:
        self._lines: list[Line] = []
        self._most = settings.MAIL_CONNECTIONS

    def open(self) -> None:
        """Raises NoWayOutError if there is no way out now."""
        if not self._lines:
            self._lines.append(Line(connections.connect()))

    def close(self) -> None:
        """Keep the connections for this worker's next messages."""
        for line in self._lines:
            line.rest()
        self._lines.clear()

    def deliver(self, messages: Iterator[Outgoing], count: int, log: Log) -> None:
        """Hand these messages over, about `count` of them; each result goes to the log.

        Raises NoWayOutError if it must end early: what has no result then has not left.
        Whatever else is raised, the connections are cut.
        """
        self.open()
        self._open_more(count)
        turn = Turn(messages, log)
        try:
            with selectors.DefaultSelector() as selector:
                self._converse(turn, selector)
        except BaseException:
            self._cut()
            raise
        if turn.no_way_out:
            raise NoWayOutError(turn.no_way_out)

    def _open_more(self, count: int) -> None:
        wanted = min(self._most, 1 + count // WORTH)
        try:
            while len(self._lines) < wanted:
                self._lines.append(Line(connections.connect()))
        except NoWayOutError as error:  # Some servers take only so many from one client.
            logger.info("no further mail connection: %s", error)
            self._most = len(self._lines)

    def _converse(self, turn: "Turn", selector: selectors.BaseSelector) -> None:
        for line in self._lines:
            line.join(turn, selector)
        while True:
            for line in [line for line in self._lines if line.is_idle]:
                line.go_on(0)
            if not any(line.is_busy for line in self._lines) and turn.is_over:
                return
            for key, events in selector.select(self._patience(turn)):
                key.data.go_on(events)
            self._renew(turn, selector)

    def _patience(self, turn: "Turn") -> float:
        """Seconds until something must be done though nobody has spoken."""
        now = time.monotonic()
        moments = [line.deadline for line in self._lines if line.is_busy]
        if turn.paused_until > now:
            moments.append(turn.paused_until)
        return max(0.0, min(moments, default=now) - now)

    def _renew(self, turn: "Turn", selector: selectors.BaseSelector) -> None:
        """Part with the lines that are lost or spent; another takes the place of a spent one."""
        now = time.monotonic()
        for line in list(self._lines):
            if line.is_busy and line.deadline <= now:
                line.lose("the server did not answer in time")
            if line.is_lost or (line.is_spent and not line.is_busy):
                self._lines.remove(line)
                line.leave()
                if not turn.is_over and (line.is_spent or not self._lines):
                    self._replace(turn, selector)

    def _replace(self, turn: Turn, selector: selectors.BaseSelector) -> None:
        try:
            line = Line(connections.connect())
        except NoWayOutError as error:
            if not self._lines:
                turn.stop(str(error))
            return
        line.join(turn, selector)
        self._lines.append(line)

    def _cut(self) -> None:
        for line in self._lines:
            line.connection.drop()
        self._lines.clear()
