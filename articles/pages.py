"""Rendering pages into the store before anybody asks for them."""

from collections.abc import Iterator

from django.core.handlers.wsgi import WSGIHandler

from articles.shown import every_page
from newsroom.press import store
from newsroom.press.models import PagePath
from newsroom.press.services import open_store
from newsroom.press.stored import plain_environ


def count_pages() -> int:
    """How many addresses `rebuild_pages` asks for."""
    return sum(1 for _ in every_page())


def rebuild_pages() -> Iterator[tuple[str, int]]:
    """Ask for every page that is not stored, as a reader would; yields its path and status.

    Status 0 is a page that was stored already. Safe while the site serves and editors
    publish: each page is rendered and kept as at a reader's first visit.
    """
    open_store()
    site = WSGIHandler()
    for path in every_page():
        if store.read(PagePath.objects.generation(), path, "") is not None:
            yield path, 0
        else:
            yield path, _ask(site, path)


def _ask(site: WSGIHandler, path: str) -> int:
    statuses: list[int] = []
    environ = plain_environ(path)
    answer = site(environ, lambda status, *_: statuses.append(int(status[:3])))  # type: ignore[arg-type]  # No write callable.
    answer.close()
    return statuses[0]
