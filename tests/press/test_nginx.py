"""deploy/nginx.conf with a real nginx before a real server: what it serves, and as what."""

import http.client
import os
import re
import socket
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import pytest

from articles.models import Article
from articles.pictures.reading import LARGEST_FILE
from articles.services.placing import write_whole
from bench import _nginx
from newsroom.press import addresses, store
from newsroom.press.headers import safety_headers
from newsroom.press.packing import pack
from newsroom.press.services import new_generation, open_store, purge
from subscriptions.admin.imports import MOST_MB
from tests.makers import make_article, make_photo, make_topic

pytestmark = pytest.mark.django_db(transaction=True)
PICTURE = "abcdefghijklmnopqrstuvwx27"
BY_THE_SERVER = {"Server", "Date", "Connection", "Transfer-Encoding", "Accept-Ranges"}
LONG = "x" * 10_000


@dataclass
class Answer:
    """One answer over the wire, as it came."""

    status: int
    headers: dict[str, str]
    body: bytes = field(repr=False)

    @property
    def told(self) -> dict[str, str]:
        return {name: v for name, v in self.headers.items() if name not in BY_THE_SERVER}


@dataclass
class Server:
    """A port that answers."""

    port: int

    def get(self, path: str, method: str = "GET", **headers: str) -> Answer:
        """Ask with the very bytes of the path; headers as `accept_encoding="gzip"`."""
        connection = http.client.HTTPConnection("127.0.0.1", self.port, timeout=20)
        try:
            connection.putrequest(method, path, skip_host=True, skip_accept_encoding=True)
            for name, value in ({"host": "localhost"} | headers).items():
                connection.putheader(name.replace("_", "-"), value)
            connection.endheaders()
            response = connection.getresponse()
            return Answer(response.status, dict(response.getheaders()), response.read())
        finally:
            connection.close()


@pytest.fixture(scope="session", autouse=True)
def database_before_server(django_db_setup: None) -> None:
    """The server shares the test's connection only if it is there before it."""


@pytest.fixture
def nginx(
    transactional_db: None, live_server: Any, settings: Any, tmp_path: Path
) -> Iterator[Server]:
    """The site's configuration in front of a live server, over a folder of its own."""
    needs_nginx()
    settings.PAGES_DIR, settings.MEDIA_DIR = tmp_path / "pages", tmp_path / "media"
    settings.MEDIA_DIR.mkdir()
    open_store()
    upstream = int(live_server.url.rsplit(":", 1)[1])
    port = free_port()
    text = _nginx.servers(port=port, data=tmp_path, upstream=upstream)
    with _nginx.running(tmp_path, port, text):
        yield Server(port)


def needs_nginx() -> None:
    if _nginx.program() is None:
        if os.environ.get("REQUIRE_BROWSER"):
            pytest.fail("There is no nginx on this machine, and it must not be missing here.")
        pytest.skip("There is no nginx on this machine; NGINX names one.")


def free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


@pytest.fixture
def article(nginx: Server) -> Article:
    return make_article(headline="Seven ships", topics=(make_topic(),), lead_photo=make_photo())


# Pages -------------------------------------------------------------------------------------


def test_a_stored_page_is_answered_as_django_answers_it(nginx: Server, article: Article) -> None:
    for path in ("/", "/latest/", article.get_absolute_url(), "/feed/", "/robots.txt"):
        for accepted in ("identity", "gzip"):
            store.remove([path])
            rendered = nginx.get(path, accept_encoding=accepted)
            stored = nginx.get(path, accept_encoding=accepted)

            assert (rendered.status, stored.status) == (200, 200), path
            assert stored.body == rendered.body, path
            assert stored.told == rendered.told, path
            assert "Last-Modified" not in stored.headers


def test_the_file_answers_and_not_the_site(nginx: Server) -> None:
    nginx.get("/latest/")
    for file in store.current().rglob("_index.html*"):
        dated = file.stat()
        file.write_bytes(b"from the file")
        os.utime(file, (dated.st_atime, 7))

    answer = nginx.get("/latest/?utm_source=mail&fbclid=1")

    assert answer.body == b"from the file"
    assert answer.headers["ETag"] == '"7-d"'


@pytest.mark.parametrize(
    "asked",
    [
        {"cookie": "a=b; newsroom_session=abc"},
        {"path": "/latest/?page=1"},
        {"path": "/latest/?utm_source=x&page=1"},
        {"path": "/latest/?"},
        {"path": "/%6catest/"},
        {"path": "//latest/"},
        {"path": "/x/../latest/"},
        {"path": "/latest/_index.html"},
        {"path": "/pages/current/latest/_index.html"},
        {"host": "127.0.0.1"},
        {"method": "POST"},
    ],
    ids=str,
)
def test_all_that_asks_for_something_else_goes_on(nginx: Server, asked: dict[str, str]) -> None:
    nginx.get("/latest/")
    for file in store.current().rglob("_index.html*"):
        file.write_bytes(b"from the file")

    answer = nginx.get(**({"path": "/latest/"} | asked))

    stored = asked.get("path") == "/latest/?"  # No query is no query.
    assert (answer.body == b"from the file") is stored


def test_a_tag_is_asked_by_and_a_change_answered(nginx: Server) -> None:
    for accepted in ("identity", "gzip"):
        nginx.get("/latest/", accept_encoding=accepted)
        tag = nginx.get("/latest/", accept_encoding=accepted).headers["ETag"]
        for header in (tag, f"W/{tag}", f'"0-0", {tag}', "*"):
            same = nginx.get("/latest/", accept_encoding=accepted, if_none_match=header)
            assert (same.status, same.body) == (304, b""), header
            assert same.headers["Vary"] == "Accept-Encoding"
            assert same.headers["CDN-Cache-Control"] == "max-age=1"

        make_article()

        for _ in range(2):
            changed = nginx.get("/latest/", accept_encoding=accepted, if_none_match=tag)
            assert changed.status == 200
            assert changed.headers["ETag"] != tag


def test_nobody_may_ask_by_a_date(nginx: Server) -> None:
    nginx.get("/latest/")

    late = nginx.get("/latest/", if_modified_since="Sun, 07 Feb 2106 06:28:15 GMT")

    assert late.status == 200


def test_a_purge_and_a_new_generation_are_seen_at_once(nginx: Server, article: Article) -> None:
    path = article.get_absolute_url()
    acts: list[Callable[[], None]] = [lambda: purge([path]), new_generation]
    for begin_anew in acts:
        nginx.get(path)
        for file in store.current().rglob("_index.html*"):
            file.write_bytes(b"old")
        assert nginx.get(path).body == b"old"

        begin_anew()

        assert b"Seven ships" in nginx.get(path).body


def test_head_is_answered_without_the_page(nginx: Server) -> None:
    get = nginx.get("/latest/")
    head = nginx.get("/latest/", "HEAD")

    assert (head.status, head.body) == (200, b"")
    assert head.told == get.told


def test_a_part_is_answered_with_the_whole(nginx: Server) -> None:
    whole = nginx.get("/latest/")

    assert nginx.get("/latest/", range="bytes=0-9").body == whole.body


# Pictures and assets -----------------------------------------------------------------------


@pytest.mark.parametrize(
    ("ending", "kind"), [("jpg", "jpeg"), ("webp", "webp"), ("avif", "avif"), ("png", "png")]
)
def test_a_picture_is_kept_for_a_year(
    nginx: Server, settings: Any, ending: str, kind: str
) -> None:
    write_whole(settings.MEDIA_DIR / f"{PICTURE}.{ending}", b"a picture")

    answer = nginx.get(f"/media/{PICTURE}.{ending}", accept_encoding="gzip")

    assert (answer.status, answer.body) == (200, b"a picture")
    assert answer.headers["Content-Type"] == f"image/{kind}"
    assert answer.headers["Cache-Control"] == "public, max-age=31536000, immutable"
    assert answer.headers["ETag"] == pack(b"a picture")[""].etag
    assert answer.headers["X-Content-Type-Options"] == "nosniff"


def test_an_asset_is_kept_for_a_year_and_packed(nginx: Server, tmp_path: Path) -> None:
    folder = tmp_path / "static" / "newsroom" / "css"
    folder.mkdir(parents=True)
    (folder / "site.0123456789ab.css").write_bytes(b"plain")
    (folder / "site.0123456789ab.css.gz").write_bytes(b"packed")

    answer = nginx.get("/static/newsroom/css/site.0123456789ab.css", accept_encoding="gzip")

    assert (answer.status, answer.body) == (200, b"packed")
    assert answer.headers["Content-Type"] == "text/css; charset=utf-8"
    assert answer.headers["Cache-Control"] == "public, max-age=31536000, immutable"


@pytest.mark.parametrize(
    "path",
    [
        "/settings.env", "/newsroom.sqlite3", "/media/", "/media/../secret.txt", "/private/x",
        "/static/.made-of", "/static/staticfiles.json", "/secret.txt",
        "/pages/current/../../secret.txt", "/media/%2e%2e/secret.txt", "/nginx.conf",
        "/media/..%2fsecret.txt", "/static//secret.txt", f"/latest/?{LONG}",
        "/%00", "/%ff%fe/", "/latest/%00", "/Latest/", "/2026//11/x/", "/..", "/../../etc/passwd",
    ],
)  # fmt: skip
def test_no_other_file_is_ever_served(nginx: Server, tmp_path: Path, path: str) -> None:
    for name in ("settings.env", "newsroom.sqlite3", "secret.txt"):
        (tmp_path / name).write_bytes(b"secret")
    for name in (".made-of", "staticfiles.json"):
        (tmp_path / "static").mkdir(exist_ok=True)
        (tmp_path / "static" / name).write_bytes(b"secret")

    answer = nginx.get(path)

    assert answer.status in {200, 400, 404}
    assert (answer.status == 200) is path.startswith("/latest/?")
    assert b"secret" not in answer.body.replace(path.encode(), b"")
    assert b'class="masthead"' in answer.body


def ask_in_bytes(port: int, target: bytes, host: bytes = b"localhost") -> tuple[bytes, bytes]:
    """The head and body of the answer to a request line of these very bytes."""
    with socket.create_connection(("127.0.0.1", port), timeout=20) as wire:
        wire.sendall(b"GET %b HTTP/1.0\r\nHost: %b\r\n\r\n" % (target, host))
        head, _, body = b"".join(iter(lambda: wire.recv(65536), b"")).partition(b"\r\n\r\n")
    return head, body


UNREADABLE = [
    b"/\xff/", b"/latest/?x=\xff", b"/latest/?x=%ff\xc3", b"/\xc0\xaf/", b"/\xed\xa0\x80/",
    b"/a<b>/", b"/`/", b'/search/?q="a"', b"/latest/?<b>",
]  # fmt: skip


@pytest.mark.parametrize("target", UNREADABLE)
def test_what_is_no_address_is_answered_in_the_sites_design(nginx: Server, target: bytes) -> None:
    for host in (b"localhost", b"evil.example"):
        head, body = ask_in_bytes(nginx.port, target, host)

        assert head.split()[1] in {b"400", b"404"}
        assert b'class="masthead"' in body


def test_an_address_that_nobody_encoded_is_passed_on(nginx: Server) -> None:
    head, _ = ask_in_bytes(nginx.port, "/search/?q=Łódź&b=😀|^{`}".encode())

    assert head.split()[1] == b"200"


@pytest.fixture
def granian(tmp_path: Path) -> Iterator[int]:
    """The port of the server that the site runs in, with an application that says yes."""
    needs_nginx()
    (tmp_path / "yes.py").write_text(
        "def application(environ, start_response):\n"
        "    start_response('200 OK', [('Content-Type', 'text/plain')])\n"
        "    return [b'yes']\n"
    )
    port = free_port()
    command = [sys.executable, "-m", "granian", "--interface", "wsgi", "--port", str(port)]
    process = subprocess.Popen([*command, "yes:application"], cwd=tmp_path)  # noqa: S603 - Our own.
    try:
        until = time.monotonic() + 20
        while not answers(port) and time.monotonic() < until:
            time.sleep(0.1)
        yield port
    finally:
        process.terminate()
        process.wait(timeout=20)


def answers(port: int) -> bool:
    try:
        socket.create_connection(("127.0.0.1", port), timeout=1).close()
    except OSError:
        return False
    return True


def test_nothing_is_passed_on_that_the_server_would_refuse(granian: int, tmp_path: Path) -> None:
    port = free_port()
    text = _nginx.servers(port=port, data=tmp_path, upstream=granian)
    signs = [bytes([sign]) for sign in range(0x21, 0x100) if sign != 0x7F]
    signs += [
        b"\xc3\xa9",
        b"\xe0\x80\xaf",
        b"\xed\x9f\xbf",
        b"\xf4\x90\x80\x80",
        b"\xf0\x9f\x98\x80",
    ]

    with _nginx.running(tmp_path, port, text):
        for sign in signs:
            for target in (b"/a%b/" % sign, b"/a/?b=%b" % sign):
                assert ask_in_bytes(port, target)[1] == b"yes", target


def test_another_hosts_name_is_refused_in_the_sites_design(nginx: Server) -> None:
    nginx.get("/latest/")

    answer = nginx.get("/latest/", host="evil.example")

    assert answer.status == 400
    assert b'class="masthead"' in answer.body


# What stands in two places -----------------------------------------------------------------


def test_the_safety_headers_are_the_sites_own(settings: Any) -> None:
    settings.SECURE, settings.SECURE_HSTS_SECONDS = True, 31_536_000
    text = _nginx.CONFIG.read_text(encoding="utf-8")
    pages = text.split("etag on;")[1].split("location / {")[0]
    told = dict(re.findall(r'add_header (\S+) "?([^;"]+(?:;[^"]*)?)"?;', pages))

    for name, value in safety_headers():
        if name == "Strict-Transport-Security":
            assert f'https "{value}"' in text
        else:
            assert told[name] == value


def test_what_the_site_lets_in_comes_through() -> None:
    largest = max(MOST_MB * 1024 * 1024, LARGEST_FILE)
    form = 1024 * 1024  # What may stand around the file.

    (allowed,) = re.findall(
        r"client_max_body_size (\d+)m;", _nginx.CONFIG.read_text(encoding="utf-8")
    )

    assert int(allowed) * 1024 * 1024 >= largest + form


def test_addresses_and_campaigns_are_the_sites_own() -> None:
    text = _nginx.CONFIG.read_text(encoding="utf-8")
    campaign = addresses.CAMPAIGN.pattern.removesuffix("+")
    session = "newsroom_session"

    assert text.count(campaign) == 2
    assert addresses.STORABLE.pattern.removesuffix("/?") in text
    assert f"$cookie_{session}:" in text
    for ending, kind in addresses.TYPES.items():
        assert f'"{kind}; charset=utf-8" {ending};' in text
