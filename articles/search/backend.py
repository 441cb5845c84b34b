"""The two ways to ask the index; tests/articles/test_search_contract.py holds them alike."""

from types import ModuleType

from django.db import connection

from articles.search import postgresql, sqlite


def backend() -> ModuleType:
    """The module that speaks to the database at hand: `EACH`, `STORY`, `newest`, `newest_counted`, `how_many`, `closest`, `sharing`, `begins`, `mend`."""
    return sqlite if connection.vendor == "sqlite" else postgresql
