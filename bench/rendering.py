"""What it costs to render a story: 20 comments, 4 related, SQLite, against a naive page."""

import statistics
import time
from collections.abc import Callable, Iterator
from typing import TYPE_CHECKING, Any

from bench import _title
from bench.rows import Row

if TYPE_CHECKING:
    from articles.models import Article

RENDERS = 60
ROUNDS = 7
COMMENTS = 20
MANY = 2_000


def measure() -> Iterator[Row]:
    """CPU of a render as a share of the naive page's, in one run, and the queries."""
    from django.conf import settings  # noqa: PLC0415 - Only named here; read in the title.

    with _title.title():
        settings.ROOT_URLCONF = "bench._naive"  # The site's addresses, and one more.
        _open_store()
        _title.fill(500)
        story = _title.make_story(comments=COMMENTS)
        other = _title.make_story(comments=0)
        yield from _costs(story)
        yield from _queries(other, 0)
        _title.add_comments(story, MANY - COMMENTS)
        yield from _queries(story, MANY)


def _costs(story: "Article") -> Iterator[Row]:
    own = _asker(f"{story.get_absolute_url()}?rendered=anew")
    naive = _asker(f"/naive{story.get_absolute_url()}")
    stored = _asker(story.get_absolute_url())
    rounds = [(_cpu(own), _cpu(naive), _cpu(stored)) for _ in range(ROUNDS)]
    share = statistics.median(mine / theirs for mine, theirs, _ in rounds)
    mine, theirs, kept = (statistics.median(column) for column in zip(*rounds, strict=True))
    how = f"CPU of one request in Django, gzip, median of {ROUNDS} rounds of {RENDERS}"
    yield Row("rendered story, share of the naive page's CPU", f"{share:.2f}", "0.50 or less", how)
    yield Row("rendered story", f"{mine:.1f} ms", "about 5 ms", how)
    yield Row("the naive page", f"{theirs:.1f} ms", "about 10 ms", how)
    yield Row("rendered, packed three times and stored", f"{kept:.1f} ms", how=how)


def _queries(story: "Article", comments: int) -> Iterator[Row]:
    from django.db import connection, reset_queries  # noqa: PLC0415 - Django is set up by now.

    ask = _asker(story.get_absolute_url())
    ask()
    connection.force_debug_cursor = True
    reset_queries()
    ask()
    count = len(connection.queries)
    connection.force_debug_cursor = False
    yield Row(f"queries of a rendered story with {comments:,} comments", str(count), "at most 12")


def _cpu(ask: Callable[[], object]) -> float:
    """Milliseconds of CPU for one."""
    ask()
    began = time.process_time()
    for _ in range(RENDERS):
        ask()
    return (time.process_time() - began) / RENDERS * 1000


def _asker(address: str) -> Callable[[], bytes]:
    """A whole request through Django, as a server makes it."""
    from django.core.handlers.wsgi import WSGIHandler  # noqa: PLC0415

    from newsroom.press.stored import plain_environ  # noqa: PLC0415

    handler = WSGIHandler()
    path, _, query = address.partition("?")

    def ask() -> bytes:
        statuses: list[str] = []
        environ: dict[str, Any] = plain_environ(path)
        environ |= {"QUERY_STRING": query, "HTTP_ACCEPT_ENCODING": "gzip"}
        answer = handler(environ, lambda status, *_: statuses.append(status))  # type: ignore[arg-type]  # No write callable.
        body = b"".join(answer)
        answer.close()
        if not statuses[0].startswith("200"):
            raise RuntimeError(f"{address}: {statuses[0]}")
        return body

    return ask


def _open_store() -> None:
    from newsroom.press.services import open_store  # noqa: PLC0415 - Django is set up by now.

    open_store()
