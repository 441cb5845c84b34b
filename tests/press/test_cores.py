"""Web processes that share out the machine's cores."""

import multiprocessing
import os
import uuid
from multiprocessing.connection import Connection

import pytest

from newsroom.press.cores import keep_to_a_core

pytestmark = pytest.mark.skipif(
    not hasattr(os, "sched_setaffinity"), reason="Only Linux lets a process choose its core."
)


def work(claim: str, end: Connection) -> None:
    """As a web process: claim a core, say which cores are left to this one, wait for the end."""
    held = keep_to_a_core(claim)
    end.send((held is not None, os.sched_getaffinity(0)))
    end.recv()


class Worker:
    """A process, and what it said of itself."""

    def __init__(self, claim: str) -> None:
        self._end, far = multiprocessing.Pipe()
        context = multiprocessing.get_context("spawn")
        self._process = context.Process(target=work, args=(claim, far), daemon=True)
        self._process.start()
        self.claimed, self.cores = self._end.recv()

    def stop(self) -> None:
        """And wait until it is gone."""
        self._end.send("done")
        self._process.join(20)
        assert self._process.exitcode == 0


def test_each_web_process_has_a_core_of_its_own_and_leaves_it_to_the_next() -> None:
    claim = f"test-{uuid.uuid4()}"
    every = os.sched_getaffinity(0)

    workers = [Worker(claim) for _ in every]
    late = Worker(claim)

    assert all(worker.claimed and len(worker.cores) == 1 for worker in workers)
    assert set.union(*(worker.cores for worker in workers)) == every
    assert not late.claimed
    assert late.cores == every
    workers[0].stop()
    following = Worker(claim)
    assert following.cores == workers[0].cores
    for worker in (*workers[1:], late, following):
        worker.stop()


def test_what_is_no_servers_worker_keeps_every_core() -> None:
    before = os.sched_getaffinity(0)

    assert keep_to_a_core(f"test-{uuid.uuid4()}") is None

    assert os.sched_getaffinity(0) == before
