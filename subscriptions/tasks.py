"""What runs in workers. Each takes ids and calls one service; each may run twice."""

from datetime import datetime, timedelta

from celery import Task, shared_task
from django.core.cache import cache
from django.utils import timezone

from subscriptions import services

AHEAD = timedelta(seconds=20)  # So far the sweep looks: longer than until the next one.
UNDER_WAY = 20  # Seconds after which a chain of tasks that says nothing is taken for dead.


@shared_task(ignore_result=True)
def announce(article_id: int, start: int = 0) -> None:
    """Give one story to everyone it is owed to, two seconds at a time."""
    _go_on(announce, article_id, services.announce_some(article_id, start))


def announce_at(article_id: int, moment: datetime) -> None:
    """A task that begins at the moment, unless a sweep comes early enough to say so."""
    if moment <= _soon():
        announce.apply_async((article_id,), eta=moment)


@shared_task(ignore_result=True)
def pack_digest(mailing_id: int, start: int = 0) -> None:
    """Pack one digest, two seconds at a time."""
    _go_on(pack_digest, mailing_id, services.pack_some(mailing_id, start))


@shared_task(ignore_result=True)
def correct(correction_id: int, *place: int) -> None:
    """Mail one correction to everyone who got the wrong words, two seconds at a time."""
    of, last, on_its_way = place or (0, 0, 0)
    rest = services.correct_some(correction_id, (of, last, on_its_way))
    _go_on(correct, correction_id, *(rest or [None]))


@shared_task(ignore_result=True)
def go_on_with_import(import_id: int) -> None:
    """Read a list, check it, bring it in, or delete its lines, two seconds at a time."""
    if services.go_on(import_id):
        cache.set(_key(go_on_with_import, import_id), 1, timeout=UNDER_WAY)
        go_on_with_import.delay(import_id)
    else:
        cache.delete(_key(go_on_with_import, import_id))


@shared_task(ignore_result=True)
def forget() -> None:
    """End what is not kept any longer: old sign-ups never confirmed, lists nobody came back to."""
    services.forget_unconfirmed()
    services.forget_strangers()
    services.forget_waiting()
    services.forget_files()


@shared_task(ignore_result=True)
def sweep() -> None:
    """Set those whose pause is over going again, and see to all whose time has come."""
    services.resume_ended_pauses()
    for article_id, end_of_hold in services.unfinished_announcements(_soon()).items():
        _hint(announce, article_id, end_of_hold)
    for correction_id in services.unfinished_corrections():
        _hint(correct, correction_id)
    services.make_editions()
    for mailing_id in services.promise_digests():
        _hint(pack_digest, mailing_id)
    for import_id in services.unfinished_imports():
        _hint(go_on_with_import, import_id)


@shared_task(ignore_result=True)
def count_pace() -> None:
    """Say anew how often mail comes, once a day."""
    services.count_pace()


def _hint(task: Task[..., None], pk: int, moment: datetime | None = None) -> None:
    """Start the task, at once or at that moment, unless a chain of it is at work or that was said.

    A second one would only be in its way.
    """
    begins, now = moment or timezone.now(), timezone.now()
    wait = max(begins - now, timedelta()).total_seconds()
    if cache.add(_key(task, pk), 1, timeout=UNDER_WAY + wait):
        task.apply_async((pk,), eta=begins)


def _soon() -> datetime:
    """Until when no other sweep may come."""
    return timezone.now() + AHEAD


def _go_on(task: Task[..., None], pk: int, *place: int | None) -> None:
    """With where to go on; None: it is at its end."""
    if place == (None,):
        cache.delete(_key(task, pk))
    else:
        cache.set(_key(task, pk), 1, timeout=UNDER_WAY)
        task.delay(pk, *place)


def _key(task: Task[..., None], pk: int) -> str:
    return f"under-way:{task.name}:{pk}"
