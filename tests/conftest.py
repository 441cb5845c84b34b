"""What every test may ask for."""

from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager
from importlib import import_module
from pathlib import Path
from typing import Any

import pytest
from django.conf import settings
from django.core.cache import cache
from django.db import connection
from django.test import TestCase, TransactionTestCase
from pytest_django.plugin import DjangoDbBlocker

from articles.context import sections_in
from newsroom.kit.context import site_in
from newsroom.kit.templatetags.kit import parts_in
from subscriptions.templatetags.subscriptions import pace_in

Committing = Callable[[], AbstractContextManager[list[Callable[[], object]]]]


def pytest_collection_modifyitems(config: pytest.Config, items: list[pytest.Item]) -> None:
    """On PostgreSQL only what uses a database: all else has run beside SQLite, and is the same."""
    if connection.vendor != "sqlite":
        config.hook.pytest_deselected(items=[item for item in items if not _uses_database(item)])
        items[:] = filter(_uses_database, items)


def _uses_database(item: pytest.Item) -> bool:
    if item.get_closest_marker("django_db") or issubclass(
        getattr(item, "cls", None) or object, TransactionTestCase
    ):
        return True
    return not {"db", "transactional_db"}.isdisjoint(getattr(item, "fixturenames", ()))


@pytest.fixture(scope="session")
def django_db_setup(django_db_setup: None, django_db_blocker: DjangoDbBlocker) -> None:
    """Tables without migrations, and the search index, which no model describes."""
    search = import_module("articles.migrations.0003_search_and_related")
    with django_db_blocker.unblock(), connection.schema_editor() as editor:
        search.make_index(None, editor)


@pytest.fixture(autouse=True)
def fresh_cache() -> Iterator[None]:
    """Limits counted by one test do not hold in the next."""
    cache.clear()
    yield
    cache.clear()


@pytest.fixture(autouse=True)
def fresh_store(tmp_path_factory: pytest.TempPathFactory, settings: Any) -> Path:
    """Pages stored by one test are not found by the next."""
    folder: Path = tmp_path_factory.mktemp("pages", numbered=True)
    settings.PAGES_DIR = folder
    site_in.cache_clear()
    sections_in.cache_clear()
    pace_in.cache_clear()
    parts_in.cache_clear()
    return folder


@pytest.fixture
def committing() -> Committing:
    """Run the on_commit hooks at the end of the block, as a request would."""
    return lambda: TestCase.captureOnCommitCallbacks(execute=True)


@pytest.fixture
def real_material() -> Path:
    """The folder of real stories, mails and pictures; skips where it is absent."""
    folder: Path = settings.TEST_DATA
    if not folder.is_dir():
        pytest.skip(f"TEST_DATA: no folder {folder}")
    return folder
