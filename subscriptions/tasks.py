"""What runs in workers. Each takes ids and calls one service; each may run twice."""

from celery import Task, shared_task
from django.core.cache import cache

from subscriptions import services

UNDER_WAY = 20  # Seconds after which a chain of tasks that says nothing is taken for dead.


@shared_task(ignore_result=True)
def announce(article_id: int, start: int = 0) -> None:
    """Give one story to everyone it is owed to, two seconds at a time."""
    _go_on(announce, article_id, services.announce_some(article_id, start))


@shared_task(ignore_result=True)
def pack_digest(mailing_id: int, start: int = 0) -> None:
    """Pack one digest, two seconds at a time."""
    _go_on(pack_digest, mailing_id, services.pack_some(mailing_id, start))


@shared_task(ignore_result=True)
def correct(correction_id: int, *place: int) -> None:
    """Mail one correction to everyone who got the wrong words, two seconds at a time."""
    rest = services.correct_some(correction_id, (place[0], place[1]) if place else (0, 0))
    _go_on(correct, correction_id, *(rest or [None]))


@shared_task(ignore_result=True)
def go_on_with_import(import_id: int) -> None:
    """Check a list, or bring it in, two seconds at a time."""
    if services.go_on(import_id):
        cache.set(_key(go_on_with_import, import_id), 1, timeout=UNDER_WAY)
        go_on_with_import.delay(import_id)
    else:
        cache.delete(_key(go_on_with_import, import_id))


@shared_task(ignore_result=True)
def forget() -> None:
    """Delete what is not kept any longer: old sign-ups never confirmed, lines of lists."""
    services.forget_unconfirmed()
    services.forget_lines()


@shared_task(ignore_result=True)
def sweep() -> None:
    """Set those whose pause is over going again, and see to all whose time has come."""
    services.resume_ended_pauses()
    for article_id in services.unfinished_announcements():
        _hint(announce, article_id)
    for correction_id in services.unfinished_corrections():
        _hint(correct, correction_id)
    services.make_editions()
    for mailing_id in services.promise_digests():
        _hint(pack_digest, mailing_id)
    services.end_broken_readings()
    for import_id in services.unfinished_imports():
        _hint(go_on_with_import, import_id)


@shared_task(ignore_result=True)
def count_pace() -> None:
    """Say anew how often mail comes, once a day."""
    services.count_pace()


def _hint(task: Task[..., None], pk: int) -> None:
    """Start the task, unless a chain of it is at work: a second one would only be in its way."""
    if cache.add(_key(task, pk), 1, timeout=UNDER_WAY):
        task.delay(pk)


def _go_on(task: Task[..., None], pk: int, *place: int | None) -> None:
    """With where to go on; None: it is at its end."""
    if place == (None,):
        cache.delete(_key(task, pk))
    else:
        cache.set(_key(task, pk), 1, timeout=UNDER_WAY)
        task.delay(pk, *place)


def _key(task: Task[..., None], pk: int) -> str:
    return f"under-way:{task.name}:{pk}"
