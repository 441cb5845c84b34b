"""Asking as readers do: through the front, and Django behind it."""

from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from time import sleep
from typing import Any
from wsgiref.types import StartResponse, WSGIEnvironment
from wsgiref.util import setup_testing_defaults

from django.core.handlers.wsgi import WSGIHandler
from django.core.signals import request_finished, request_started
from django.db import close_old_connections
from django.test import TestCase

from newsroom.press.front import Front
from newsroom.press.memory import LOOK
from newsroom.press.services import open_store

DJANGO = "X-Answered-By-Django"


@contextmanager
def kept_connections() -> Iterator[None]:
    """A request does not close the connection that holds the test's transaction, as with
    Django's own test client."""
    for signal in (request_started, request_finished):
        signal.disconnect(close_old_connections)
    try:
        yield
    finally:
        for signal in (request_started, request_finished):
            signal.connect(close_old_connections)


class Behind:
    """Django, saying that it was asked."""

    def __init__(self) -> None:
        self.handler = WSGIHandler()

    def __call__(self, environ: WSGIEnvironment, start_response: StartResponse) -> Iterable[bytes]:
        def start(status: str, headers: list[tuple[str, str]], *rest: Any) -> Any:
            return start_response(status, [*headers, (DJANGO, "yes")], *rest)

        return self.handler(environ, start)


class Answer:
    """Status, headers and body of one answer."""

    def __init__(self, front: Front, environ: dict[str, Any]) -> None:
        chunks = front(environ, self._start)  # type: ignore[arg-type]  # No write callable.
        self.body = b"".join(chunks)
        getattr(chunks, "close", lambda: None)()

    def _start(self, status: str, headers: list[tuple[str, str]], *_: Any) -> None:
        self.status = int(status[:3])
        self.headers = dict(headers)
        assert len(self.headers) == len(headers), headers

    @property
    def from_store(self) -> bool:
        """Whether the front answered, and Django was not asked."""
        return DJANGO not in self.headers

    @property
    def told(self) -> dict[str, str]:
        """The headers, without what the test itself added."""
        return {name: value for name, value in self.headers.items() if name != DJANGO}


class Site:
    """One process of the site: the front, and Django behind it."""

    def __init__(self) -> None:
        with TestCase.captureOnCommitCallbacks(execute=True):
            open_store()
        self.front = Front(Behind())

    def get(self, path: str, method: str = "GET", **headers: str) -> Answer:
        """Ask for a path, with a query or without; headers as `accept_encoding="gzip"`."""
        address, _, query = path.partition("?")
        environ: dict[str, Any] = {
            "PATH_INFO": address,
            "QUERY_STRING": query,
            "REQUEST_METHOD": method,
            "HTTP_HOST": "localhost:8000",
            "REMOTE_ADDR": "192.0.2.7",
        }
        environ |= {f"HTTP_{name.upper()}": value for name, value in headers.items()}
        setup_testing_defaults(environ)
        sleep(LOOK)  # What comes within one look comes at the same time.
        with kept_connections():
            return Answer(self.front, environ)

    def stored(self, path: str, **headers: str) -> Answer:
        """Ask twice: the second answer, which must come from the store."""
        self.get(path, **headers)
        answer = self.get(path, **headers)
        assert answer.from_store, path
        return answer
