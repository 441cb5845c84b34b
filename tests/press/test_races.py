"""A page is rendered while what it shows changes: at every point, killed or alive."""

import os
import signal
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
from django.db import transaction
from django.utils import timezone

from articles.models import Article, SitePage
from newsroom.press import services, store, stored
from newsroom.press.models import PagePath
from newsroom.press.packing import pack
from newsroom.press.services import purge, sweep
from newsroom.press.tasks import sweep as sweep_task
from tests.conftest import Committing
from tests.makers import make_article
from tests.press.asking import Site

pytestmark = pytest.mark.django_db
ABOUT = "/about/"


@pytest.fixture
def about() -> SitePage:
    return SitePage.objects.create(slug="about", title="About", body="<p>Seven ships.</p>")


def change(body: str = "<p>Eight ships.</p>") -> None:
    """As the desk does it: fact and purge in one transaction."""
    with transaction.atomic():
        SitePage.objects.filter(slug="about").update(body=body)
        purge([ABOUT])


@contextmanager
def once(monkeypatch: pytest.MonkeyPatch, where: Any, name: str, act: Callable[[], None], *,
         after: bool) -> Iterator[None]:  # fmt: skip
    """Do something just before or after the first call of that function."""
    real = getattr(where, name)
    done: list[bool] = []

    def first(*args: Any, **options: Any) -> Any:
        if not after and not done:
            done.append(True)
            act()
        result = real(*args, **options)
        if after and not done:
            done.append(True)
            act()
        return result

    with monkeypatch.context() as patch:
        patch.setattr(where, name, first)
        yield
    assert done, f"{name} was never called"


POINTS = [
    ("before the page's stand is read", stored, "_is_for_anybody", True),
    ("before the view runs", stored, "plain_request", False),
    ("while the view runs", stored, "plain_request", True),
    ("before the bytes are packed", stored, "pack", False),
    ("after the bytes are packed", stored, "pack", True),
    ("before the door is asked for", store, "door", False),
]


@pytest.mark.parametrize(("where", "name", "after"), [p[1:] for p in POINTS], ids=str)
def test_a_change_at_any_point_of_rendering_leaves_no_old_page(
    about: SitePage, committing: Committing, monkeypatch: pytest.MonkeyPatch, where: Any,
    name: str, after: bool,  # noqa: FBT001 - A case.
) -> None:  # fmt: skip
    site = Site()
    old = pack_of(site)

    def act() -> None:
        with committing():
            change()

    with once(monkeypatch, where, name, act, after=after):
        site.get(ABOUT)

    for tag in old:
        answer = site.get(ABOUT, if_none_match=tag)
        assert answer.status == 200
        assert b"Eight ships" in answer.body


def pack_of(site: Site) -> list[str]:
    """The tags of the page as it is now; nothing of it stays in the store."""
    tags = [site.get(ABOUT, accept_encoding=e).headers["ETag"] for e in ("", "gzip", "br")]
    store.remove([ABOUT])
    return tags


def test_what_is_stored_between_the_change_and_its_commit_is_removed_after_it(
    about: SitePage, committing: Committing
) -> None:
    site = Site()
    site.stored(ABOUT)

    with committing():
        change()
        store.write(*old_page())  # By one who could not see the change yet.
        assert site.get(ABOUT).from_store

    assert not site.get(ABOUT).from_store
    assert b"Eight ships" in site.get(ABOUT).body


def old_page() -> tuple[int, str, Any]:
    generation = PagePath.objects.generation()
    return generation, "about/_index.html", pack(b"<p>Seven ships.</p>")


def test_a_change_while_files_are_put_in_place_waits_for_them(
    about: SitePage, committing: Committing
) -> None:
    """The publisher cannot have the door; what is put there meanwhile, it takes away."""
    opened, site = threading.Event(), Site()
    args = old_page()

    def renderer() -> None:
        with store.door():
            opened.set()
            time.sleep(0.3)
            store.write(*args)

    thread = threading.Thread(target=renderer)
    thread.start()
    opened.wait(5)
    with committing():
        change()
    thread.join()

    assert not site.get(ABOUT).from_store
    assert not PagePath.objects.unfinished().exists()


def test_a_renderer_frozen_in_the_door_does_not_stop_the_desk(
    about: SitePage, committing: Committing
) -> None:
    began, site = time.monotonic(), Site()
    with store.door():
        with committing():
            change()
        waited = time.monotonic() - began
        store.write(*old_page())

    assert waited < store.PATIENCE + 1
    assert PagePath.objects.unfinished().get().path == ABOUT
    sweep()
    assert not site.get(ABOUT).from_store
    assert not PagePath.objects.unfinished().exists()


def killed(act: Callable[[], None]) -> None:
    """Do it in a process of its own that is killed, not ended, when it is done."""
    pid = os.fork()
    if pid == 0:
        try:
            act()
        finally:  # Or a second process would go on with the tests.
            os.kill(os.getpid(), signal.SIGKILL)
    _, status = os.waitpid(pid, 0)
    assert os.WTERMSIG(status) == signal.SIGKILL


def test_a_renderer_killed_with_both_locks_leaves_them_free(about: SitePage) -> None:
    args = old_page()

    def die() -> None:
        turn, door = store.turn_for(ABOUT, 1), store.door()
        turn.__enter__()
        door.__enter__()
        store.write(*args)
        os.kill(os.getpid(), signal.SIGKILL)

    killed(die)

    with store.turn_for(ABOUT, 0) as turn, store.door(0) as door:
        assert turn == door == store.Turn(held=True, waited=False)


def test_what_a_renderer_stored_before_it_was_killed_goes_with_the_next_change(
    about: SitePage, committing: Committing
) -> None:
    site, args = Site(), old_page()
    killed(lambda: store.write(*args))
    assert site.get(ABOUT).from_store

    with committing():
        change()

    assert b"Eight ships" in site.get(ABOUT).body


def test_half_a_page_of_a_killed_renderer_is_not_served(
    about: SitePage, monkeypatch: pytest.MonkeyPatch
) -> None:
    site, args = Site(), old_page()
    real = Path.replace

    def die_at_the_plain_one(self: Path, target: Path) -> Path:
        if target.suffix == ".html":
            os.kill(os.getpid(), signal.SIGKILL)
        return real(self, target)

    with monkeypatch.context() as patch:
        patch.setattr(Path, "replace", die_at_the_plain_one)
        killed(lambda: store.write(*args))

    assert not site.get(ABOUT).from_store
    purge([ABOUT])
    assert site.get(ABOUT, accept_encoding="gzip").headers.get("X-Answered-By-Django")


def test_a_publisher_killed_after_its_commit_is_finished_by_the_sweep(
    about: SitePage, django_capture_on_commit_callbacks: Any
) -> None:
    site = Site()
    site.stored(ABOUT)
    with django_capture_on_commit_callbacks(execute=False):
        change()  # Killed before the hooks ran.
        store.write(*old_page())

    assert b"Seven" in site.get(ABOUT).body
    assert sweep_task.delay().successful()

    assert b"Eight ships" in site.get(ABOUT).body
    assert not PagePath.objects.unfinished().exists()


def test_a_killed_new_generation_is_finished_by_the_sweep(
    about: SitePage, django_capture_on_commit_callbacks: Any
) -> None:
    site = Site()
    site.stored(ABOUT)
    served = store.current().readlink()
    with django_capture_on_commit_callbacks(execute=False):
        services.new_generation()
    assert not site.get(ABOUT).from_store
    store._point_at(str(served))  # As a process did that started before the commit.

    sweep()

    assert store.current().readlink() != served
    assert [root.name for root in store.roots()] in ([], [str(store.current().readlink())])


@pytest.mark.parametrize("verb", [services.sweep, services.open_store])
def test_a_generation_begun_meanwhile_is_the_one_that_is_served(
    about: SitePage, committing: Committing, monkeypatch: pytest.MonkeyPatch,
    verb: Callable[[], None],
) -> None:  # fmt: skip
    with committing():
        services.open_store()
    before = PagePath.objects.generation()

    def begin_anew() -> None:
        with committing():
            services.new_generation()

    with once(monkeypatch, store, "door", begin_anew, after=False):
        verb()

    assert store.current().readlink().name.endswith(f"-{before + 1}")


def test_whoever_finishes_late_points_at_the_newest_generation(committing: Committing) -> None:
    services.new_generation()
    late = {"*": PagePath.objects.generation()}
    with committing():
        services.new_generation()

    services.finish(late)

    assert store.current().readlink().name.endswith(f"-{late['*'] + 1}")


def rolled_back(act: Callable[[], None]) -> None:
    with suppress(InterruptedError), transaction.atomic():
        act()
        raise InterruptedError


def test_a_generation_that_was_not_committed_is_taken_back(about: SitePage) -> None:
    site = Site()
    generation = PagePath.objects.generation()
    site.stored(ABOUT)
    rolled_back(services.new_generation)

    assert not site.get(ABOUT).from_store
    sweep()
    assert store.current().readlink().name.endswith(f"-{generation}")
    assert site.get(ABOUT).from_store or site.get(ABOUT).from_store


def test_a_change_that_is_rolled_back_raises_nothing(about: SitePage) -> None:
    rolled_back(change)

    assert not PagePath.objects.filter(path=ABOUT).exists()
    assert b"Seven ships" in Site().stored(ABOUT).body


# One at a time -----------------------------------------------------------------------------


def test_who_waited_is_answered_with_what_the_other_stored(
    about: SitePage, monkeypatch: pytest.MonkeyPatch
) -> None:
    site = Site()
    rendered: list[bytes] = []
    held = store.turn_for(ABOUT, 1)
    held.__enter__()
    args = old_page()

    def finish() -> None:
        time.sleep(0.2)
        store.write(*args)
        held.__exit__(None, None, None)

    thread = threading.Thread(target=finish)
    monkeypatch.setattr(stored, "pack", rendered.append)
    monkeypatch.setattr(site.front.memory, "find", lambda *_: None)  # It was not there yet.
    thread.start()
    answer = site.get(ABOUT)
    thread.join()

    assert answer.body == b"<p>Seven ships.</p>"
    assert not rendered


def test_nobody_waits_long_for_a_renderer_that_hangs(
    about: SitePage, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(stored, "PATIENCE", 0.1)
    site = Site()
    with store.turn_for(ABOUT, 1):
        answer = site.get(ABOUT)

    assert b"Seven ships" in answer.body
    assert not site.get(ABOUT).from_store
    assert site.get(ABOUT).from_store


# The clock ---------------------------------------------------------------------------------


def stored_until(moment: Any, monkeypatch: pytest.MonkeyPatch) -> Site:
    """A stored page that says that it changes at that moment."""
    site, real = Site(), stored._name_of

    def say(path: str, response: Any) -> str | None:
        stored.changes_at(response, moment)
        return real(path, response)

    with monkeypatch.context() as patch:
        patch.setattr(stored, "_name_of", say)
        site.stored(ABOUT)
    return site


def test_a_page_goes_when_its_moment_has_come(
    about: SitePage, committing: Committing, monkeypatch: pytest.MonkeyPatch
) -> None:
    moment = timezone.now() + timedelta(hours=1)
    site = stored_until(moment, monkeypatch)
    assert PagePath.objects.get(path=ABOUT).due_at == moment

    sweep()
    assert site.get(ABOUT).from_store
    monkeypatch.setattr(timezone, "now", lambda: moment)
    with committing():
        sweep()

    assert not site.get(ABOUT).from_store
    assert PagePath.objects.get(path=ABOUT).due_at is None


def test_a_moment_is_noted_before_the_page_is_stored(
    about: SitePage, monkeypatch: pytest.MonkeyPatch
) -> None:
    seen: list[Any] = []
    real = store.write

    def write(*args: Any) -> None:
        seen.append(PagePath.objects.get(path=ABOUT).due_at)
        real(*args)

    monkeypatch.setattr(store, "write", write)
    moment = timezone.now() + timedelta(hours=1)
    stored_until(moment, monkeypatch)

    assert seen == [moment]


def test_a_purge_calls_a_moment_off(about: SitePage, monkeypatch: pytest.MonkeyPatch) -> None:
    stored_until(timezone.now() + timedelta(hours=1), monkeypatch)

    purge([ABOUT])

    assert PagePath.objects.get(path=ABOUT).due_at is None


# Rows --------------------------------------------------------------------------------------


def test_a_purge_counts_each_path_once_and_leaves_odd_ones() -> None:
    purge([ABOUT, ABOUT, "/", "/topic/F_16/", "nonsense", ""])
    purge(["/"])

    rows = PagePath.objects.exclude(path="*").values_list("path", "version")
    assert dict(rows) == {"/": 2, ABOUT: 1}


def test_a_purge_costs_one_statement_however_many_paths(
    django_assert_max_num_queries: Any,
) -> None:
    with django_assert_max_num_queries(3):  # With the savepoint's two.
        purge([f"/{number}/" for number in range(200)])


def test_a_version_raised_meanwhile_is_not_marked_as_purged(committing: Committing) -> None:
    purge([ABOUT])
    with committing():
        purge([ABOUT])
        PagePath.objects.filter(path=ABOUT).update(version=7)

    assert PagePath.objects.unfinished().values_list("path", flat=True).get() == ABOUT


def test_publishing_and_purging_need_no_broker(
    committing: Committing, settings: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    settings.CELERY_BROKER_URL = "redis://127.0.0.1:1/0"
    site = Site()
    site.stored("/latest/")

    with committing():
        article: Article = make_article(headline="Nine ships")

    assert article.path
    assert b"Nine ships" in site.get("/latest/").body
    assert not PagePath.objects.unfinished().exists()
