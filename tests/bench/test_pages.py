"""The page types that are measured, and how an answer to a form comes to have an address."""

from collections.abc import Iterator
from http.client import HTTPConnection
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from threading import Thread
from urllib.parse import urlsplit

import pytest
from django.core.management import call_command
from django.test import Client

from bench import _inside
from bench._pages import PageType
from bench._relay import sending


class Echo(BaseHTTPRequestHandler):
    """Answers with what it was asked."""

    def do_GET(self) -> None:
        body = self.rfile.read(int(self.headers.get("Content-Length", 0)))
        said = f"{self.command} {self.path} {self.headers.get('Sec-Fetch-Site')} {body.decode()}"
        self.send_response(404 if "nowhere" in self.path else 200)
        self.send_header("X-Said", "kept")
        self.end_headers()
        self.wfile.write(said.encode())

    do_POST = do_GET  # noqa: N815 - The library's name.

    def log_message(self, *_said: object) -> None:
        """Nothing."""


@pytest.fixture
def house() -> Iterator[str]:
    server = ThreadingHTTPServer(("127.0.0.1", 0), Echo)
    Thread(target=server.serve_forever, daemon=True).start()
    yield f"http://127.0.0.1:{server.server_port}"
    server.shutdown()
    server.server_close()


def test_an_answer_to_a_form_has_an_address_and_all_else_passes(house: str) -> None:
    page = PageType("sent", "/subscribe/", sends={"email": "a@example.org"})

    with sending(page, house) as url:
        sent = got(url, "/subscribe/")
        assert sent == (200, "kept", "POST /subscribe/ same-origin email=a%40example.org")
        assert got(url, "/static/site.css") == (200, "kept", "GET /static/site.css None ")
        assert got(url, "/nowhere/")[0] == 404


def got(url: str, path: str) -> tuple[int, str | None, str]:
    connection = HTTPConnection(urlsplit(url).netloc, timeout=10)
    connection.request("GET", path)
    answer = connection.getresponse()
    seen = (answer.status, answer.getheader("X-Said"), answer.read().decode())
    connection.close()
    return seen


@pytest.mark.django_db
def test_every_page_type_that_is_measured_answers() -> None:
    call_command("seed_demo", verbosity=0)

    seen = {page.name: answer_of(page) for page in _inside.pages()}

    assert {name for name, status in seen.items() if status != 200} == set()
    assert {"after subscribing", "comment sent", "story with a gallery"} <= set(seen)


def answer_of(page: PageType) -> int:
    asked = Client(headers={"Cookie": page.cookie, "Sec-Fetch-Site": "same-origin"})
    if page.sends:
        return asked.post(page.path, page.sends).status_code
    return asked.get(page.path).status_code
