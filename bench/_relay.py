"""What a form answers, for programs that only follow addresses."""

from collections.abc import Iterator
from contextlib import contextmanager
from http.client import HTTPConnection
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from threading import Thread
from urllib.parse import urlencode, urlsplit

from bench._pages import PageType

OF_ONE_HOP = {"connection", "keep-alive", "transfer-encoding", "content-length", "upgrade"}
FORM = {"Content-Type": "application/x-www-form-urlencoded", "Sec-Fetch-Site": "same-origin"}


@contextmanager
def sending(page: PageType, url: str) -> Iterator[str]:
    """The address of a server before that of `url`: whoever gets the page's path is answered as
    if the page's form had been sent. All else passes through."""
    server = _Relay(page, url)
    Thread(target=server.serve_forever, daemon=True).start()
    try:
        yield f"http://localhost:{server.server_port}"
    finally:
        server.shutdown()
        server.server_close()


class _Relay(ThreadingHTTPServer):
    daemon_threads = True

    def __init__(self, page: PageType, url: str) -> None:
        super().__init__(("127.0.0.1", 0), _Passing)
        self.page = page
        self.beyond = urlsplit(url).netloc


class _Passing(BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"
    server: _Relay

    def do_GET(self) -> None:
        headers = {k: v for k, v in self.headers.items() if k.lower() not in OF_ONE_HOP}
        beyond = HTTPConnection(self.server.beyond, timeout=60)
        if self.path == self.server.page.path:
            beyond.request("POST", self.path, urlencode(self.server.page.sends), headers | FORM)
        else:
            beyond.request("GET", self.path, headers=headers)
        answer = beyond.getresponse()
        body = answer.read()
        beyond.close()
        self.send_response_only(answer.status)
        for name, value in answer.getheaders():
            if name.lower() not in OF_ONE_HOP:
                self.send_header(name, value)
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)

    def log_message(self, *_said: object) -> None:
        """Nothing: the figures are what is printed."""
