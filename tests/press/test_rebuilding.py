"""Every page into the store at once, and what a deployment leaves behind."""

import sys
from collections.abc import Iterator
from io import StringIO
from pathlib import Path
from typing import Any

import pytest
from django.core.management import CommandError, call_command
from django.db import OperationalError

from articles import pages, shown
from articles.models import Article
from newsroom.press import release, store
from newsroom.press.models import PagePath
from newsroom.press.services import forget_pages, open_store, sweep
from tests.makers import make_article, make_draft
from tests.press.asking import Site, kept_connections

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def _kept_connections() -> Iterator[None]:
    with kept_connections():
        yield


def rebuild(*options: str) -> str:
    out = StringIO()
    call_command("rebuild_pages", *options, stdout=out)
    return out.getvalue()


def test_every_page_is_stored_and_drafts_are_not() -> None:
    article, draft = make_article(headline="Seven ships"), make_draft(headline="A secret")

    said = rebuild()

    site = Site()
    for path in ("/", "/latest/", "/robots.txt", "/feed/", article.get_absolute_url()):
        assert site.get(path).from_store, path
    assert " pages rendered, 0 were there" in said
    stored = [file for root in store.roots() for file in root.rglob("*") if file.is_file()]
    assert not [file for file in stored if b"A secret" in file.read_bytes()]
    assert draft.path is None


def test_what_is_stored_already_is_not_rendered_again() -> None:
    make_article()
    first = rebuild()

    assert rebuild().startswith(f"0 pages rendered, {first.split()[0]} were there")
    assert not rebuild("--anew").startswith("0 pages")


def test_a_page_that_fails_is_told_and_the_others_are_rendered(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    asked: list[str] = []

    def ask(site: Any, path: str) -> int:
        asked.append(path)
        return 500 if path == "/latest/" else 200

    monkeypatch.setattr(pages, "_ask", ask)

    with pytest.raises(CommandError, match="1 pages could not be rendered"):
        rebuild()
    assert asked == list(shown.every_page())


def test_a_bar_shows_how_far_it_is(monkeypatch: pytest.MonkeyPatch) -> None:
    terminal = StringIO()
    monkeypatch.setattr(terminal, "isatty", lambda: True)
    monkeypatch.setattr(sys, "stderr", terminal)

    rebuild()

    total = len(list(shown.every_page()))
    assert terminal.getvalue().endswith(f"[{'#' * 30}] {total} of {total}\n")


# Deployments -------------------------------------------------------------------------------


@pytest.fixture
def another_release(monkeypatch: pytest.MonkeyPatch) -> Any:
    return lambda name: monkeypatch.setattr(store, "release", lambda: name)


def test_a_deployment_serves_no_page_of_the_one_before(another_release: Any) -> None:
    Site().stored("/latest/")

    another_release("aaaaaaaaaaaa")
    site = Site()

    assert not site.get("/latest/").from_store
    assert site.get("/latest/").from_store


def test_a_process_on_its_way_out_stores_nothing_that_is_served(another_release: Any) -> None:
    old = Site()
    another_release("aaaaaaaaaaaa")
    new = Site()
    another_release("bbbbbbbbbbbb")  # As it was called when the old one started.

    for _ in range(2):
        assert not old.get("/latest/").from_store

    assert not new.get("/latest/").from_store


def test_the_sweep_of_an_old_process_leaves_the_new_release_served(another_release: Any) -> None:
    another_release("aaaaaaaaaaaa")
    Site()
    another_release("bbbbbbbbbbbb")

    sweep()

    assert store.current().readlink().name.startswith("aaaaaaaaaaaa-")


def test_old_roots_are_removed_by_the_sweep(another_release: Any) -> None:
    for name in ("aaaaaaaaaaaa", "bbbbbbbbbbbb"):
        another_release(name)
        Site().stored("/latest/")
    assert len(store.roots()) == 2

    sweep()

    assert [root.name[:12] for root in store.roots()] == ["bbbbbbbbbbbb"]
    assert not list(store.folder().glob(".gone-*"))


def test_a_release_is_called_the_same_until_something_changes(
    settings: Any, tmp_path: Path
) -> None:
    settings.STATIC_ROOT = tmp_path
    names = [fresh_name()]
    assert fresh_name() == names[0]
    settings.SITE_URL = "https://www.example.org"
    names.append(fresh_name())
    (tmp_path / "staticfiles.json").write_text("{}")
    names.append(fresh_name())

    assert len(set(names)) == 3
    assert all(len(name) == 12 for name in names)


def fresh_name() -> str:
    return release.release.__wrapped__()


def test_a_database_put_back_brings_no_page_of_another_day() -> None:
    Site().stored("/latest/")
    stored = store.roots()
    generation = PagePath.objects.generation()

    forget_pages()

    assert stored
    assert not store.roots()
    assert PagePath.objects.generation() == generation + 1
    assert not Site().get("/latest/").from_store


def test_without_a_database_nothing_is_served_from_the_store(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    site = Site()
    site.stored("/latest/")

    def away(*_: object) -> int:
        raise OperationalError("away")

    with monkeypatch.context() as patch:
        patch.setattr(type(PagePath.objects.all()), "generation", away)
        open_store()

    assert not site.get("/latest/").from_store
    sweep()
    assert site.get("/latest/").from_store


def test_a_page_from_the_store_needs_no_database(monkeypatch: pytest.MonkeyPatch) -> None:
    article: Article = make_article(headline="Seven ships")
    site = Site()
    site.stored(article.get_absolute_url())

    with monkeypatch.context() as patch:
        patch.setattr("django.db.backends.utils.CursorWrapper.execute", None)
        assert b"Seven ships" in site.get(article.get_absolute_url()).body
