"""What every test of the post room may count on."""

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from newsroom.mail import connections


@pytest.fixture(autouse=True)
def fresh_journals(tmp_path_factory: pytest.TempPathFactory, settings: Any) -> Path:
    """Journals of one test are not replayed by the next."""
    folder: Path = tmp_path_factory.mktemp("data", numbered=True)
    settings.DATA_DIR = folder
    return folder


@pytest.fixture(autouse=True)
def no_kept_connections() -> Iterator[None]:
    """No connection outlives the test whose server it leads to."""
    yield
    connections.end_all()
