"""A house per test, in a folder of its own; nothing of it outlives the test."""

from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest

from tests.processes.house import House

MakeHouse = Callable[..., House]


@pytest.fixture
def make_house(tmp_path: Path, settings: Any) -> Iterator[MakeHouse]:
    """Make the house; keyword arguments are its environment variables."""
    settings.DATA_DIR = tmp_path  # Where the commands of its processes look.
    houses: list[House] = []

    def make(**variables: str) -> House:
        houses.append(House(tmp_path, **variables))
        return houses[-1]

    yield make
    for house in houses:
        house.close()
