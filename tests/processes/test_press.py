"""The page store with real processes: granian, the front, several of each, and kills."""

import http.client
import re
import socket
import threading
import time
from collections.abc import Callable
from itertools import pairwise
from typing import Any

import pytest

from tests.processes.conftest import MakeHouse
from tests.processes.house import House, wait_until

pytestmark = pytest.mark.processes
LONG = "x" * 10_000
IN_DESIGN = b'class="masthead"'
FURNISH = """
from articles.services import make_first_pages
from newsroom.kit.models import Site
from tests.makers import make_article
make_first_pages(Site.current())
answer = make_article(headline="Seven ships").get_absolute_url()
"""
CHANGE = """
import time
from articles.models import Article
from articles.services import PublicChange, publish_changes, save_revision
from tests.makers import make_words
article = Article.objects.get(newest__headline={old!r})
words = make_words(
    headline={new!r}, section=article.section, bylines=tuple(article.bylines.all())
)
save_revision(article.pk, words, editor=None, began_from=article.newest.number)
publish_changes(article.pk, PublicChange("update"), editor=None)
answer = time.time()
"""
SOON = """
from datetime import timedelta
from django.utils import timezone
from newsroom.press.models import PagePath
PagePath.objects.set_due({path!r}, timezone.now() + timedelta(seconds=3))
"""


class Web:
    """The web process of a house, asked over the wire."""

    def __init__(self, house: House, port: int) -> None:
        self.house, self.port = house, port
        house.start("web")
        wait_until(self.answers, 60, "the web process answers")

    def answers(self) -> bool:
        try:
            return self.get("/healthz")[0] == 200
        except OSError:
            return False

    def get(self, path: str, method: str = "GET", **headers: str) -> tuple[int, Any, bytes]:
        connection = http.client.HTTPConnection("127.0.0.1", self.port, timeout=20)
        try:
            connection.putrequest(method, path, skip_host=True, skip_accept_encoding=True)
            for name, value in ({"host": f"localhost:{self.port}"} | headers).items():
                connection.putheader(name.replace("_", "-"), value)
            connection.endheaders()
            response = connection.getresponse()
            return response.status, response.headers, response.read()
        finally:
            connection.close()

    def stored(self, path: str) -> Any:
        """The files of that page in the root that is served."""
        return list((self.house.folder / f"pages/current{path}").glob("_index.*"))


@pytest.fixture
def make_web(make_house: MakeHouse, settings: Any) -> Callable[..., Web]:
    def make(**variables: str) -> Web:
        with socket.socket() as probe:
            probe.bind(("127.0.0.1", 0))
            settings.PORT = int(probe.getsockname()[1])
        house = make_house(PORT=str(settings.PORT), **variables)
        house.python("from newsroom.desk.run.setup import collect_assets; collect_assets()")
        return Web(house, settings.PORT)

    return make


def test_bad_input_gets_the_sites_own_answer_and_no_file(make_web: Callable[..., Web]) -> None:
    web = make_web()
    path = web.house.python(FURNISH)
    (web.house.folder / "pages" / "secret.html").write_text("secret")
    odd = {
        "//": 404, "//latest/": 404, f"/{path}": 404, "/../../etc/passwd": 404,
        "/latest/../../secret.html": 404, "/%2e%2e/secret.html": 404, "/..%2fsecret.html": 404,
        "/%00": 404, "/latest/%00": 404, "/%ff%fe/": 404, "/latest/?%ff=%fe": 200,
        f"/{LONG}/": 404, f"/latest/?{LONG}": 200, f"/latest/?page={LONG}": 404,
        "/latest/?page=abc": 404, "/latest/?page=0": 404, "/latest/?page=-1": 404,
        "/latest/?page=99999": 404, "/latest/?page=%00": 404, "/LATEST/": 404,
        "/latest/_index.html": 404, "/pages/secret.html": 404, "/.git/": 404,
        path.upper(): 404, "/latest": 301, path[:-1]: 301, "/robots.txt/": 404,
        "/static/../secret.html": 404, "/media/../secret.html": 404,
        "/search/?" + "a&" * 2_000: 400,
    }  # fmt: skip

    for asked, status in odd.items():
        for _ in range(2):
            told, headers, body = web.get(asked)
            assert told == status, asked[:60]
            assert status == 301 or IN_DESIGN in body, asked[:60]
            assert b"secret<" not in body
            assert "Set-Cookie" not in headers
    for host in ("evil.example", "evil.example:80", "localhost@evil.example"):
        told, _headers, body = web.get("/latest/", host=host)
        assert (told, IN_DESIGN in body) == (400, True)


def test_a_fault_is_told_in_the_sites_design_without_the_database(
    make_web: Callable[..., Web],
) -> None:
    web = make_web()
    path = web.house.python(FURNISH)
    for _ in range(2):
        assert web.get(path)[0] == 200
    database = web.house.folder / "newsroom.sqlite3"
    for file in (database, *web.house.folder.glob("newsroom.sqlite3-*")):
        file.write_bytes(b"This was a database once. " * 500)

    status, headers, body = web.get("/search/?q=ships")

    assert status == 500
    assert b"Something broke here" in body
    assert re.search(rb'href="/static/newsroom/css/site[^"]*\.css"', body)
    assert headers["Cache-Control"] == "no-cache"
    assert web.get(path)[0] == 200, "a stored page needs no database"


def test_every_process_shows_a_change_within_a_second(make_web: Callable[..., Web]) -> None:
    """Eight readers ask all the time; another process publishes; no broker runs."""
    web = make_web()
    path = web.house.python(FURNISH)
    seen: list[tuple[float, float, bytes]] = []
    stop = threading.Event()

    def read() -> None:
        while not stop.is_set():
            began = time.time()
            _status, _headers, body = web.get(path)
            seen.append((began, time.time(), body))

    readers = [threading.Thread(target=read) for _ in range(8)]
    for reader in readers:
        reader.start()
    moments = []
    names = ["Seven ships", "Eight ships", "Nine ships", "Ten ships"]
    for old, new in pairwise(names):
        moments.append(web.house.python(CHANGE.format(old=old, new=new)))
        time.sleep(0.5)
    stop.set()
    for reader in readers:
        reader.join()

    for moment, old in zip(moments, names, strict=False):
        headline = f'<h1 class="story__headline">{old}<'.encode()
        assert not [began for began, _, body in seen if began > moment + 1 and headline in body]
    assert b"Ten ships" in seen[-1][2]


def test_a_killed_publisher_is_finished_by_the_beat(make_web: Callable[..., Web]) -> None:
    web = make_web()
    path = web.house.python(FURNISH)
    for name in ("broker", "house", "beat"):
        web.house.start(name)
    web.get(path)
    assert web.stored(path)

    killed = CHANGE.format(old="Seven ships", new="Eight ships").replace(
        "publish_changes(", "from newsroom.press import services, store\n"
        "services.finish = lambda raised: None\nstore.remove = lambda paths: None\n"
        "publish_changes(",
    )  # fmt: skip
    web.house.python(killed)
    assert b"Seven ships" in web.get(path)[2]

    seconds = wait_until(lambda: b"Eight ships" in web.get(path)[2], 12, "the sweep came by")
    print(f"{seconds:.1f} s")  # noqa: T201 - Wanted.


def test_a_page_goes_by_the_clock(make_web: Callable[..., Web]) -> None:
    web = make_web()
    path = web.house.python(FURNISH)
    for name in ("broker", "house", "beat"):
        web.house.start(name)
    web.get(path)
    before = web.stored(path)

    web.house.python(SOON.format(path=path))
    seconds = wait_until(lambda: not web.stored(path), 3 + 12, "the page was purged")

    print(f"{seconds - 3:.1f} s after its moment")  # noqa: T201 - Wanted.
    assert before
