"""Statements that join thousands of rows."""

from collections.abc import Iterator
from contextlib import contextmanager

from django.db import connection, transaction

NAMES = ("enable_nestloop", "jit")
READ = "SELECT " + ", ".join(f"current_setting('{name}')" for name in NAMES)
WRITE = "SELECT " + ", ".join(f"set_config('{name}', %s, true)" for name in NAMES)


@contextmanager
def joins_of_many() -> Iterator[None]:
    """In a transaction of its own or the one there is: PostgreSQL does not look up one row for
    each of another table.

    Of rows written since its last ANALYZE its planner knows nothing. It takes a table that was
    empty then for one of a single row, and so compares each row with each: hours for what takes
    a second. A hash join costs the same whatever is known. SQLite plans by the indexes alone.
    """
    if connection.vendor != "postgresql":
        yield
        return
    with transaction.atomic(savepoint=False), connection.cursor() as cursor:
        cursor.execute(READ)
        before = cursor.fetchone()
        cursor.execute(WRITE, ["off", "off"])
        yield
        cursor.execute(WRITE, before)  # Not after an error: that ends the transaction.
