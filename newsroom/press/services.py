"""Pages that no longer say what is so: counted in the database, and their files removed.

Whoever changes a fact calls `purge` in the fact's transaction, once and at its end, with the
exact paths that show it: two calls would hold rows out of their order, and two publishers could
wait for each other in a circle. That process removes the files itself, just before and just
after the commit; a broker has no part in it.
"""

import logging
from collections.abc import Iterable
from functools import partial

from django.conf import settings
from django.db import DatabaseError, transaction
from django.utils import timezone

from newsroom.press import store
from newsroom.press.addresses import EVERY_PAGE, is_storable
from newsroom.press.models import PagePath

logger = logging.getLogger(__name__)


@transaction.atomic
def purge(paths: Iterable[str]) -> None:
    """What these pages show has changed: no reader gets their old bytes after the commit.

    `paths` as in URLs (`/section/sea/`); one that is never stored costs nothing, and
    `EVERY_PAGE` among them begins all pages anew.
    """
    wanted = {path for path in paths if path == EVERY_PAGE or is_storable(path)}
    if not wanted:
        return
    raised = PagePath.objects.raise_versions(sorted(wanted))
    _take_away(raised)  # Before the commit, for a process that is killed just after it.
    transaction.on_commit(partial(finish, raised), robust=True)


def new_generation() -> None:
    """Something that stands on every page has changed: all are rendered anew."""
    purge([EVERY_PAGE])


def finish(raised: dict[str, int]) -> None:
    """After the commit: remove what was stored of the versions before, and note that it is so.

    A renderer stores behind the same door only what has not changed since, so nothing old can
    come back. If one holds the door too long, the sweep looks again. Which generation is the
    newest is asked behind it too: another may have begun since this one was raised.
    """
    with store.door() as turn:
        newest = {EVERY_PAGE: PagePath.objects.generation()} if EVERY_PAGE in raised else {}
        gone = _take_away(raised | newest)
    if gone and turn.held:
        PagePath.objects.mark_purged(raised)


def _take_away(raised: dict[str, int]) -> bool:
    """Whether it could be done. A disk that fails stops no editor: the sweep tries again."""
    try:
        if EVERY_PAGE in raised:
            store.follow_generation(raised[EVERY_PAGE])
        store.remove(path for path in raised if path != EVERY_PAGE)
    except OSError:
        logger.exception("pages not removed", extra={"count": len(raised)})
        return False
    return True


def purge_due() -> int:
    """Purge the pages that the clock has changed; how many."""
    with transaction.atomic():
        paths = list(PagePath.objects.due(timezone.now()))
        purge(paths)
    return len(paths)


def sweep() -> None:
    """What every few seconds brings: due pages go, and so does what a killed process left."""
    purge_due()
    unfinished = dict(PagePath.objects.unfinished().values_list("path", "version"))
    if unfinished:
        logger.info("purges finished", extra={"count": len(unfinished)})
        finish(unfinished)
    with store.door() as turn:
        if turn.held:  # Or one who is slow would point back to what was begun anew meanwhile.
            store.follow_generation(PagePath.objects.generation())
    store.remove_old_roots()


def open_store() -> None:
    """Serve this deployment's pages; what each web process does as it starts.

    Without a database nobody knows the generation, so nothing is served from the store until
    the sweep has asked it.
    """
    if settings.DEBUG:
        store.close()  # Templates change under a developer's hands; nobody would purge.
        return
    try:
        if PagePath.objects.generation() == 0:  # From here on somebody counts.
            new_generation()
        with store.door():
            store.open_root(PagePath.objects.generation())
    except DatabaseError:
        logger.warning("store not opened: no database")
        store.close()


def forget_pages() -> None:
    """Delete all stored pages: the database was put back to another day."""
    new_generation()
    store.close()
    store.remove_old_roots()
