"""The processes of `make run`: which worker takes which queues."""

from typing import Any

from newsroom.desk.run.processes import commands


def queues() -> list[set[str]]:
    """Those of each worker."""
    workers = [words for words in commands().values() if "--queues" in words]
    return [set(words[words.index("--queues") + 1].split(",")) for words in workers]


def test_letters_wait_behind_nothing_else() -> None:
    assert {"transactional"} in queues()
    assert all(taken == {"transactional"} for taken in queues() if "transactional" in taken)


def test_every_queue_has_a_worker(settings: Any) -> None:
    routed = {route["queue"] for route in settings.CELERY_TASK_ROUTES.values()}

    assert set.union(*queues()) == routed | {settings.CELERY_TASK_DEFAULT_QUEUE}
