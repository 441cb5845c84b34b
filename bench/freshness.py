"""How soon every reader has the new bytes: after publishing, an approved comment, a change, a
withdrawal; with the broker and without; and after a moment that the clock brings.

Eight readers ask all the time for all pages that show it: the story, its record and conversation,
the front page, every list it is in, all their feeds, and the site maps; half of them by the tags
of before. Counted is how long after the commit a request may begin and still get the old page.
"""

import http.client
import json
import os
import re
import subprocess
import sys
import threading
import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from datetime import UTC, datetime
from http import HTTPStatus
from statistics import median
from typing import Any
from urllib.parse import urlsplit

from bench._house import ROOT, DemoHouse, demo_house
from bench.rows import Row

TRIALS = int(os.environ.get("FRESH_TRIALS", "200"))  # With the broker, and as many without.
READERS = 8
CLOCK_TRIALS = 5
WATCH = 0.3  # Seconds that pages are watched after all were seen new.
LONG_WATCH = 2.0  # The same, in each tenth trial.
PAUSE = 0.002  # Seconds between two requests of one reader, so that the site has a core.
GIVE_UP = 15.0  # Seconds.
MOMENTS = re.compile(rb"<lastmod>([^<+]*)")
FACTS = ("publish", "comment", "change", "withdraw")  # What happens to one story after another.
DESK = """
import json, sys, time, django
django.setup()
from datetime import timedelta
from django.db import transaction
from django.utils import timezone
from articles.models import Article, Author, Section, Topic
from articles.services import *
from comments.models import Comment
from comments.services import decide
from newsroom.press.models import PagePath
section, author, topic = Section.objects.first(), Author.objects.first(), Topic.objects.first()
def words(text):
    return Words(headline=text, body=f"<p>{text}</p>", section=section, bylines=[author],
        topics=[topic])
def tell(said):
    print(json.dumps({"moment": moments[0]} | said), flush=True)
def at_the_desk(fact, text):
    global story, comment
    if fact == "where":
        lists = ["/latest/", f"/archive/{timezone.localtime():%Y/%m}/"]
        return {"lists": lists + [row.get_absolute_url() for row in (section, topic, author)]}
    elif fact == "publish":
        draft = create_article(words(f"New {text}"), editor=None, slug=text)
        story = publish(draft.pk, editor=None, announce=False)
        comment = Comment.objects.create(article=story, name="Ida", body=f"Said {text}",
            privacy_words="bench", key=text, created_at=timezone.now())
    elif fact == "comment":
        decide(comment.pk, "publish", by=None)
    elif fact == "change":
        save_revision(story.pk, words(f"Changed {text}"), editor=None,
            began_from=Article.objects.get(pk=story.pk).newest.number)
        publish_changes(story.pk, PublicChange("update"), editor=None)
    elif fact == "withdraw":
        withdraw(story.pk, editor=None, note=f"Gone {text}")
    elif fact == "due":
        moment = timezone.now() + timedelta(seconds=2)
        PagePath.objects.set_due("/latest/", moment)
        return {"due": moment.timestamp()}
    return {}
for line in sys.stdin:
    with transaction.atomic():
        moments = []
        transaction.on_commit(lambda: moments.append(time.time()))  # The first hook of all.
        answer = at_the_desk(*json.loads(line))
    tell(answer)
"""


@dataclass
class Page:
    """A page that must change, and how one knows that it has.

    `seen`: of each request when it began, and whether it was answered with the new page.
    """

    path: str
    is_changed: Callable[[bytes], bool]
    tag: str = ""
    seen: list[tuple[float, bool]] = field(default_factory=list)

    def is_new(self, status: int, body: bytes) -> bool:
        return status != HTTPStatus.NOT_MODIFIED and self.is_changed(body)

    @property
    def was_seen(self) -> bool:
        return any(new for _, new in list(self.seen))

    def late(self, moment: float) -> list[float]:
        """How long after that moment requests began that still got the old page."""
        return [began - moment for began, new in self.seen if began > moment and not new]


class Readers:
    """Eight readers who ask for some pages in turn all the time, half of them by old tags."""

    def __init__(self, url: str) -> None:
        self.port = urlsplit(url).port or 80
        self.pages: list[Page] = []
        self.stop = threading.Event()
        self.threads = [threading.Thread(target=self._read, args=(n,)) for n in range(READERS)]

    def __enter__(self) -> "Readers":
        for thread in self.threads:
            thread.start()
        return self

    def __exit__(self, *_: object) -> None:
        self.stop.set()
        for thread in self.threads:
            thread.join()

    def _read(self, number: int) -> None:
        connection = self.connect()
        turn = number * 7  # Each begins elsewhere.
        while not self.stop.is_set():
            pages, turn = self.pages, turn + 1
            if not pages:
                time.sleep(0.001)
                continue
            page = pages[turn % len(pages)]
            began = time.time()
            status, body, _ = ask(connection, page.path, page.tag if number % 2 else "")
            page.seen.append((began, page.is_new(status, body)))
            time.sleep(PAUSE)

    def connect(self) -> http.client.HTTPConnection:
        return http.client.HTTPConnection("localhost", self.port, timeout=30)


def ask(
    connection: http.client.HTTPConnection, path: str, tag: str = ""
) -> tuple[int, bytes, str]:  # fmt: skip
    """One answer: status, body and tag."""
    connection.request("GET", path, headers={"If-None-Match": tag} if tag else {})
    answer = connection.getresponse()
    return answer.status, answer.read(), answer.headers["ETag"] or ""


class Desk:
    """Another process, in which things happen at the desk."""

    def __init__(self, house: DemoHouse) -> None:
        self.process = subprocess.Popen(
            [sys.executable, "-c", DESK], cwd=ROOT, env=house.environment,
            stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True,
        )  # fmt: skip

    def do(self, fact: str, text: str) -> dict[str, Any]:
        """What the desk says of it, done and committed: its moment, and where it is shown."""
        if self.process.stdin is None or self.process.stdout is None:
            raise RuntimeError("The desk has no pipes.")
        self.process.stdin.write(json.dumps([fact, text]) + "\n")
        self.process.stdin.flush()
        told: dict[str, Any] = json.loads(self.process.stdout.readline())
        return told

    def close(self) -> None:
        self.process.terminate()
        self.process.wait(timeout=10)


def measure() -> Iterator[Row]:
    """Two rows with the broker, two without, one for the clock."""
    with demo_house() as house, Readers(house.url) as readers:
        house.let_settle()
        desk = Desk(house)
        try:
            yield from _trials(desk, readers, "broker up")
            yield _clock(desk, house)
            with house.without_broker():
                yield from _trials(desk, readers, "broker stopped")
        finally:
            readers.pages = []
            desk.close()


def _trials(desk: Desk, readers: Readers, how: str) -> Iterator[Row]:
    lists: list[str] = desk.do("where", "")["lists"]
    waits, old, looked_at = [], 0, 0
    for number in range(TRIALS):
        fact = FACTS[number % len(FACTS)]
        text = f"{how.replace(' ', '-')}-{number // len(FACTS)}x"
        pages = _pages(fact, text, lists)
        moment = _trial(
            desk, readers, fact, text, pages, LONG_WATCH if number % 10 == 0 else WATCH
        )
        late = [wait for page in pages for wait in page.late(moment)]
        waits.append(max(late, default=0.0))
        old += sum(wait > 1 for wait in late)
        looked_at += len(pages)
    trials = f"{TRIALS} trials under load from {READERS} readers, {how}"
    yield Row(
        "new bytes seen everywhere, longest",
        f"{max(waits):.3f} s",
        "1 s",
        f"{trials}; {looked_at / TRIALS:.0f} pages a trial: story, front, lists, feeds, maps;"
        f" median {median(waits):.3f} s",
    )
    yield Row("old bytes or a wrong 304 after that", str(old), "0", trials)


def _pages(fact: str, text: str, lists: list[str]) -> list[Page]:
    """All pages that show it, and what they show then."""
    month = lists[1].removeprefix("/archive/")
    story = f"/{month}{text}/"
    own = [story, f"{story}history/", f"{story}comments/"]
    if fact == "comment":
        return [Page(path, _has(f"Said {text}")) for path in (story, own[2])]
    feeds = ["/feed/", "/feed/atom/", "/feed/json/", *(f"{path}feed/" for path in lists)]
    shown = ["/", *lists, *feeds, "/news-sitemap.xml"]
    of_month = f"/sitemap-{month.strip('/').replace('/', '-')}.xml"
    began = f"{datetime.now(UTC):%Y-%m-%dT%H:%M:%S}"
    changed = Page("/sitemap.xml", lambda body: max(MOMENTS.findall(body)) >= began.encode())
    if fact == "withdraw":
        pages = [Page(path, _has(f"Gone {text}")) for path in own[:2]]
        pages += [Page(path, _lacks(f"Changed {text}")) for path in (own[2], *shown)]
        return [*pages, Page(of_month, _lacks(story))]
    if fact == "publish":
        pages = [Page(path, _has(f"New {text}")) for path in (*own, *shown)]
        return [*pages, Page(of_month, _has(story)), changed]
    pages = [Page(path, _has(f"Changed {text}")) for path in (*own, *shown)]
    return [*pages, changed]


def _has(words: str) -> Callable[[bytes], bool]:
    return lambda body: words.encode() in body


def _lacks(words: str) -> Callable[[bytes], bool]:
    return lambda body: words.encode() not in body


def _trial(
    desk: Desk, readers: Readers, fact: str, text: str, pages: list[Page], watched: float
) -> float:
    """Have readers ask for these pages, do it, and see all of them new; the commit's moment."""
    connection = readers.connect()
    for page in pages:
        _, body, page.tag = ask(connection, page.path)
        if page.path != "/sitemap.xml" and page.is_changed(body):  # Told by the second.
            raise RuntimeError(f"{page.path} shows {fact} before it is done")
    connection.close()
    readers.pages = pages
    time.sleep(0.05)
    moment = float(desk.do(fact, text)["moment"])
    until = time.time() + GIVE_UP
    while unseen := [page for page in pages if not page.was_seen]:
        if time.time() > until:
            raise RuntimeError(f"{fact} was never seen at {unseen[0].path}")
        time.sleep(0.01)
    time.sleep(watched)
    readers.pages = []
    return moment


def _clock(desk: Desk, house: DemoHouse) -> Row:
    """From a page's moment until its file is gone."""
    waits = []
    file = house.folder / "pages" / "current" / "latest" / "_index.html"
    connection = http.client.HTTPConnection("localhost", urlsplit(house.url).port, timeout=30)
    for _ in range(CLOCK_TRIALS):
        for _again in range(2):
            ask(connection, "/latest/")
        stored = file.stat().st_ino
        moment = float(desk.do("due", "")["due"])
        while file.exists() and file.stat().st_ino == stored:
            if time.time() > moment + GIVE_UP:
                break
            time.sleep(0.01)
        waits.append(time.time() - moment)
    connection.close()
    how = f"{CLOCK_TRIALS} moments, broker up, longest"
    return Row("a clock-driven change", f"{max(waits):.1f} s", "12 s", how)
