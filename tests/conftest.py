"""What every test may ask for."""

from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager
from pathlib import Path
from typing import Any

import pytest
from django.conf import settings
from django.core.cache import cache
from django.test import TestCase

from articles.context import sections_in
from newsroom.kit.context import site_in

Committing = Callable[[], AbstractContextManager[list[Callable[[], object]]]]


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
