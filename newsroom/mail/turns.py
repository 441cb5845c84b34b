"""The messages that one worker hands over together, and what becomes of each."""

import time
from collections import deque
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Protocol

from django.conf import settings

from newsroom.mail.connections import pace
from newsroom.mail.journal import Fate, Result

TRIES = 2  # Of one message, over connections that carried nothing yet.


@dataclass(slots=True)
class Outgoing:
    """One message on its way: `content` is ready for SMTP, but for the final dot."""

    pk: int
    return_path: str
    recipient: str
    content: bytes
    tries: int = 0


class Log(Protocol):
    """Who writes down what happens, at the moment it happens."""

    def begins(self, pk: int) -> None: ...

    def ends(self, result: Result) -> None: ...


class Turn:
    """The messages of one call, and what is known of them."""

    def __init__(self, messages: Iterator[Outgoing], log: Log) -> None:
        self._messages, self._log = messages, log
        self._again: deque[Outgoing] = deque()
        self._at_end = False
        self._most = settings.MAIL_PER_SECOND
        self.no_way_out = ""
        self.paused_until = 0.0

    @property
    def is_over(self) -> bool:
        """Whether nothing more is to be handed over."""
        return bool(self.no_way_out) or (self._at_end and not self._again)

    def take(self) -> Outgoing | None:
        """The next message; None if there is none, or it is too early for it."""
        if self.is_over:
            return None
        if wait := pace.wait(self._most):
            self.paused_until = time.monotonic() + wait
            return None
        if self._again:
            return self._again.popleft()
        message = next(self._messages, None)
        self._at_end = message is None
        return message

    def begins(self, message: Outgoing) -> None:
        self._log.begins(message.pk)

    def ends(self, message: Outgoing, fate: Fate, words: str) -> None:
        self._log.ends(Result(message.pk, fate, words, time.time()))

    def lost(self, message: Outgoing, words: str, *, begun: bool, fresh: bool) -> None:
        """Its connection ended before its dot: once more over another.

        Servers end a connection after so many messages; one that carries not even a first
        message leads nowhere.
        """
        message.tries += fresh
        if message.tries >= TRIES:
            self.ends(message, Fate.PUT_OFF, words)
            self.stop(words)
            return
        if begun:
            self.ends(message, Fate.UNSENT, words)
        self._again.append(message)

    def stop(self, words: str) -> None:
        """Nothing more leaves now; what is under way comes to its end."""
        self.no_way_out = self.no_way_out or words
