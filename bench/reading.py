"""A stored story under load: nginx over the store, and the embedded default, against nginx
serving a plain file of the same bytes. Ratios within one run."""

import re
import shutil
import statistics
import subprocess
import urllib.request
from collections.abc import Callable, Iterator
from contextlib import ExitStack
from dataclasses import dataclass
from pathlib import Path
from tempfile import TemporaryDirectory

from bench import _nginx
from bench._house import DemoHouse, demo_house, free_port
from bench.rows import Row

ROUNDS = 9
SECONDS = 4
CONNECTIONS = 16
GZIP = "Accept-Encoding: gzip"
STORY = (
    "SELECT '/' || path || '/' FROM articles_article WHERE state = 'published' ORDER BY id LIMIT 1"
)
PLAIN = """
server {{
    listen 127.0.0.1:{port};
    root {folder};
    etag on;
    gzip_static on;
    gzip_vary on;
    types {{ text/html html; }}
}}
"""


@dataclass(frozen=True)
class Place:
    """An address under measurement, and the tag of its page."""

    name: str
    url: str

    def tag(self) -> str:
        """Of the page as it is sent packed."""
        request = urllib.request.Request(self.url, headers={"Accept-Encoding": "gzip"})  # noqa: S310 - Our own address.
        with urllib.request.urlopen(request, timeout=10) as answer:  # noqa: S310
            if answer.headers["Content-Encoding"] != "gzip":
                raise RuntimeError(f"{self.name} does not send gzip")
            return str(answer.headers["ETag"])


def measure() -> Iterator[Row]:
    """Rates and their ratios: medians of rounds in which each place has its turn."""
    if _nginx.program() is None or shutil.which("wrk") is None:
        yield Row("reading", "not measured", how="needs nginx and wrk")
        return
    with ExitStack() as stack:
        house = stack.enter_context(demo_house())
        house.let_settle()
        folder = Path(stack.enter_context(TemporaryDirectory(prefix="newsroom-nginx-")))
        places = _places(stack, house, folder)
        tags = {place.name: place.tag() for place in places}
        pages = _rounds(places, lambda place: _rate(place.url))
        same = _rounds(places, lambda place: _rate(place.url, tags[place.name]))
    yield from _rows(pages, same)


def _places(stack: ExitStack, house: DemoHouse, folder: Path) -> list[Place]:
    """The stored story at the front and at nginx, and its bytes as a plain file."""
    story = str(house.rows(STORY)[0][0])
    front = Place("front", house.url + story)
    front.tag()  # Rendered and stored.
    plain, over = free_port(), free_port()
    upstream = int(house.url.rsplit(":", 1)[1])
    for suffix in ("", ".gz"):
        stored = house.folder / "pages" / "current" / story.strip("/") / f"_index.html{suffix}"
        shutil.copy2(stored, folder / f"page.html{suffix}")
    text = PLAIN.format(port=plain, folder=folder)
    text += _nginx.servers(port=over, data=house.folder, upstream=upstream)
    stack.enter_context(_nginx.running(folder, over, text, workers=1))
    return [
        Place("plain", f"http://127.0.0.1:{plain}/page.html"),
        Place("nginx", f"http://localhost:{over}{story}"),
        front,
    ]


def _rounds(places: list[Place], rate: Callable[[Place], float]) -> dict[str, list[float]]:
    seen: dict[str, list[float]] = {place.name: [] for place in places}
    for _ in range(ROUNDS):
        for place in places:
            seen[place.name].append(rate(place))
    return seen


def _rate(url: str, tag: str = "") -> float:
    """Requests in a second, all answered as asked."""
    asked = ["-H", GZIP, *(["-H", f"If-None-Match: {tag}"] if tag else [])]
    load = ["-t1", f"-c{CONNECTIONS}", f"-d{SECONDS}s"]
    done = subprocess.run(["wrk", *load, *asked, url], capture_output=True, text=True, check=True)
    if "Non-2xx" in done.stdout and not tag:
        raise RuntimeError(done.stdout)
    found = re.search(r"Requests/sec:\s+([0-9.]+)", done.stdout)
    return float(found[1]) if found else 0.0


def _rows(pages: dict[str, list[float]], same: dict[str, list[float]]) -> Iterator[Row]:
    how = f"wrk -t1 -c{CONNECTIONS}, gzip, median of {ROUNDS} rounds of {SECONDS} s"
    rates = {name: statistics.median(seen) for name, seen in pages.items()}
    yield Row(
        "stored story, nginx over the store, of a plain file in nginx",
        f"{_ratio(pages['nginx'], pages['plain']):.2f}",
        "0.95",
        f"{rates['nginx']:,.0f} of {rates['plain']:,.0f} requests/s; {how}",
    )
    yield Row(
        "stored story, embedded default, of the same",
        f"{_ratio(pages['front'], pages['plain']):.2f}",
        "0.65",
        f"{rates['front']:,.0f} of {rates['plain']:,.0f} requests/s; {how}",
    )
    for name, told in (("nginx", "nginx over the store"), ("front", "embedded default")):
        yield Row(
            f"304 on its ETag, {told}, of its 200 rate",
            f"{_ratio(same[name], pages[name]):.2f}",
            "1.00",
            f"{statistics.median(same[name]):,.0f} requests/s; {how}",
        )


def _ratio(mine: list[float], theirs: list[float]) -> float:
    return statistics.median(a / b for a, b in zip(mine, theirs, strict=True))
