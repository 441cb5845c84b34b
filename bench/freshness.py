"""How soon every reader has the new bytes: after publishing, a change, a withdrawal, an approved
comment; with the broker and without; and after a moment that the clock brings.

Eight readers ask all the time. A trial is over when two of them in a row, and from then on all,
see what the desk did; a tag of before must get no 304 after that.
"""

import http.client
import json
import subprocess
import sys
import threading
import time
from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import Any
from urllib.parse import urlsplit

from bench._house import ROOT, DemoHouse, demo_house
from bench.rows import Row

TRIALS = 200
READERS = 8
CLOCK_TRIALS = 5
WATCH = 0.3  # Seconds that a page is watched after it was first seen new.
GIVE_UP = 15.0  # Seconds.
FACTS = ("publish", "change", "withdraw", "comment")
DESK = """
import json, sys, time, django
django.setup()
from datetime import timedelta
from django.db import transaction
from django.utils import timezone
from articles.models import Article, Author, Section
from articles.services import *
from comments.models import Comment
from comments.services import decide
from newsroom.press.models import PagePath
section, author = Section.objects.first(), Author.objects.first()
def words(text):
    return Words(headline=text, body=f"<p>{text}</p>", section=section, bylines=[author])
def publish_new(text):
    return publish(create_article(words(text), editor=None).pk, editor=None, announce=False)
def tell(path, asked):
    print(json.dumps({"moment": moments[0], "path": path, "asked": asked}), flush=True)
def at_the_desk(fact, text):
    global story, comment
    if fact == "prepare":
        story = publish_new(text)
        comment = Comment.objects.create(article=story, name="Ida", body=f"Said {text}",
            privacy_words="bench", key=text, created_at=timezone.now())
        return (f"/{story.path}/", "")
    elif fact == "publish":
        new = publish_new(f"New {text}")
        return ("/latest/", f"New {text}")
    elif fact == "change":
        save_revision(story.pk, words(f"Changed {text}"), editor=None,
            began_from=Article.objects.get(pk=story.pk).newest.number)
        publish_changes(story.pk, PublicChange("update"), editor=None)
        return (f"/{story.path}/", f"Changed {text}")
    elif fact == "withdraw":
        withdraw(story.pk, editor=None, note=f"Gone {text}")
        return (f"/{story.path}/", f"Gone {text}")
    elif fact == "comment":
        decide(comment.pk, "publish", by=None)
        return (f"/{story.path}/", f"Said {text}")
    elif fact == "due":
        moment = timezone.now() + timedelta(seconds=2)
        PagePath.objects.set_due("/latest/", moment)
        return ("/latest/", str(moment.timestamp()))
for line in sys.stdin:
    with transaction.atomic():
        moments = []
        transaction.on_commit(lambda: moments.append(time.time()))  # The first hook of all.
        answer = at_the_desk(*json.loads(line))
    tell(*answer)
"""


@dataclass
class Trial:
    """A page that must change, and what each reader saw of it: (asked at, is new, was a 304)."""

    path: str
    new: bytes
    tag: str = ""
    seen: list[tuple[float, bool, bool]] = field(default_factory=list)


class Readers:
    """Eight readers who ask for one page all the time, half of them by its old tag."""

    def __init__(self, url: str) -> None:
        self.port = urlsplit(url).port or 80
        self.trial: Trial | None = None
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
        connection = http.client.HTTPConnection("localhost", self.port, timeout=30)
        while not self.stop.is_set():
            trial = self.trial
            if trial is None:
                time.sleep(0.001)
                continue
            tag = trial.tag if number % 2 else ""
            began = time.time()
            status, body = ask(connection, trial.path, tag)
            trial.seen.append((began, trial.new in body and status != 304, status == 304))


def ask(
    connection: http.client.HTTPConnection, path: str, tag: str = ""
) -> tuple[int, bytes]:  # fmt: skip
    """One answer: status and body."""
    connection.request("GET", path, headers={"If-None-Match": tag} if tag else {})
    answer = connection.getresponse()
    return answer.status, answer.read()


class Desk:
    """Another process, in which things happen at the desk."""

    def __init__(self, house: DemoHouse) -> None:
        self.process = subprocess.Popen(
            [sys.executable, "-c", DESK], cwd=ROOT, env=house.environment,
            stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True,
        )  # fmt: skip

    def do(self, fact: str, text: str) -> dict[str, Any]:
        """What it was, done and committed: its moment, the page that shows it, the words."""
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
    """A row with the broker, one without, one for the clock."""
    with demo_house() as house, Readers(house.url) as readers:
        desk = Desk(house)
        try:
            yield from _trials(desk, readers, "broker up", TRIALS // 2)
            yield _clock(desk, house)
            with house.without_broker():
                yield from _trials(desk, readers, "broker stopped", TRIALS - TRIALS // 2)
        finally:
            readers.trial = None
            desk.close()


def _trials(desk: Desk, readers: Readers, how: str, count: int) -> Iterator[Row]:
    waits, old = [], 0
    for number in range(count):
        wait, stale = _trial(desk, readers, FACTS[number % len(FACTS)], f"{how[7:9]}{number}x")
        waits.append(wait)
        old += stale
    waits.sort()
    told = f"{count} trials under load from {READERS} readers, {how}"
    yield Row(
        "new bytes seen everywhere, longest",
        f"{waits[-1]:.3f} s",
        "1 s",
        f"{told}; median {waits[len(waits) // 2]:.3f} s",
    )
    yield Row("old bytes or a wrong 304 after that", str(old), "0", told)


def _trial(desk: Desk, readers: Readers, fact: str, text: str) -> tuple[float, int]:
    """Seconds from the commit until no request that began later got the old page, and how many
    got it a second after the commit or later."""
    page = str(desk.do("prepare", text)["path"])
    path = "/latest/" if fact == "publish" else page
    words = {"publish": "New", "change": "Changed", "withdraw": "Gone", "comment": "Said"}
    trial = Trial(path, f"{words[fact]} {text}".encode())
    connection = http.client.HTTPConnection("localhost", readers.port, timeout=30)
    for _ in range(2):
        connection.request("GET", path)
        answer = connection.getresponse()
        answer.read()
        trial.tag = answer.headers["ETag"]
    connection.close()
    readers.trial = trial
    time.sleep(0.05)
    moment = float(desk.do(fact, text)["moment"])
    time.sleep(1 + WATCH)
    readers.trial = None
    late = [began - moment for began, new, _ in trial.seen if began > moment and not new]
    if not any(new for _, new, _ in trial.seen):
        raise RuntimeError(f"{fact} was never seen at {path}")
    return max(late, default=0.0), sum(wait > 1 for wait in late)


def _clock(desk: Desk, house: DemoHouse) -> Row:
    """From a page's moment until its file is gone."""
    waits = []
    file = house.folder / "pages" / "current" / "latest" / "_index.html"
    connection = http.client.HTTPConnection("localhost", urlsplit(house.url).port, timeout=30)
    for _ in range(CLOCK_TRIALS):
        for _again in range(2):
            ask(connection, "/latest/")
        stored = file.stat().st_ino
        moment = float(desk.do("due", "")["asked"])
        while file.exists() and file.stat().st_ino == stored:
            if time.time() > moment + GIVE_UP:
                break
            time.sleep(0.01)
        waits.append(time.time() - moment)
    connection.close()
    how = f"{CLOCK_TRIALS} moments, broker up, longest"
    return Row("a clock-driven change", f"{max(waits):.1f} s", "12 s", how)
