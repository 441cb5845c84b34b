"""Rows made inside the database, so that a million of them never pass through Python."""

from collections.abc import Sequence
from typing import Any

from django.db import connections, models, router


def insert_from(
    rows: models.QuerySet[Any, Any], model: type[models.Model], columns: Sequence[str]
) -> int:
    """INSERT ... SELECT the rows into the model's table; how many were new.

    `rows` selects one value per column, in order. Rows that would break a unique
    constraint are left out, so a second run adds only what the first did not. Runs on
    SQLite (3.24 or newer) and PostgreSQL.
    """
    using = router.db_for_write(model)
    connection = connections[using]
    select, params = rows.using(using).query.get_compiler(connection=connection).as_sql()
    quote = connection.ops.quote_name
    table, names = quote(model._meta.db_table), ", ".join(map(quote, columns))
    with connection.cursor() as cursor:
        cursor.execute(
            f"INSERT INTO {table} ({names}) {select} ON CONFLICT DO NOTHING",
            params,
        )
        return int(cursor.rowcount)
