"""Query sets that are compiled once: building and compiling one costs more than asking it."""

from collections.abc import Callable
from copy import copy
from functools import update_wrapper
from typing import Any

from django.db import connections
from django.db.models import QuerySet
from django.db.models.sql.compiler import SQLCompiler

Value = int | str | tuple[int, ...]
FIRST_STAND_IN = 2**40  # Beyond every key, and within what a database takes for one.


class Prepared[Row]:
    """A function that builds a query set from some values, asked as a list.

    The values are keys, strings, or tuples of keys for an `in`. The function sees them only the
    first time, as stand-ins whose places in the statement are then known: it may hand them to
    filters, and nothing else. A tuple of another length is another statement.
    """

    def __init__(self, build: Callable[..., QuerySet[Any, Row]]) -> None:
        self.build = build
        self.compiled: dict[tuple[object, ...], _Compiled] = {}
        update_wrapper(self, build)

    def __call__(self, *values: Value) -> list[Row]:
        """The rows; the same as `list(build(*values))`."""
        if () in values:
            return []
        shape = tuple(len(value) if isinstance(value, tuple) else type(value) for value in values)
        if shape not in self.compiled:
            self.compiled[shape] = _Compiled(self.build, values)
        return self.compiled[shape].ask(values)


class _Compiled:
    """One statement, and where in it each value stands."""

    def __init__(
        self, build: Callable[..., QuerySet[Any, Any]], values: tuple[Value, ...]
    ) -> None:
        stand_ins = _stand_ins(values)
        numbers = {value: number for number, value in enumerate(_flat(stand_ins))}
        self.rows = build(*stand_ins)
        self.compiler: SQLCompiler = self.rows.query.get_compiler(using=self.rows.db)
        self.sql, params = self.compiler.as_sql()
        columns = self.compiler.select[: self.compiler.col_count]
        self.converters = self.compiler.get_converters([column for column, *_ in columns])
        self.params = [(numbers.get(value), value) for value in params]
        missing = set(range(len(numbers))) - {number for number, _ in self.params}
        if missing:
            raise ValueError(f"{build.__qualname__} does not hand on all its values")

    def ask(self, values: tuple[Value, ...]) -> list[Any]:
        given = _flat(values)
        params = tuple(value if number is None else given[number] for number, value in self.params)
        compiler = copy(self.compiler)
        compiler.connection = connections[self.rows.db]  # Each thread has its own.
        compiler.as_sql = lambda *_args, **_kwargs: (self.sql, params)  # type: ignore[method-assign]  # That is the point.
        compiler.get_converters = lambda *_args: self.converters  # type: ignore[method-assign]  # As above.
        rows = self.rows.all()
        rows.query.get_compiler = lambda *_args, **_kwargs: compiler  # type: ignore[method-assign]  # As above.
        return list(rows)


def prepared[Row](build: Callable[..., QuerySet[Any, Row]]) -> Prepared[Row]:
    """See `Prepared`."""
    return Prepared(build)


def _stand_ins(values: tuple[Value, ...]) -> tuple[Value, ...]:
    """Values of the same kinds that nothing else in the statement can be."""
    made: list[Value] = []
    number = FIRST_STAND_IN
    for value in values:
        if isinstance(value, tuple):
            made.append(tuple(range(number, number + len(value))))
            number += len(value)
        else:
            made.append(number if isinstance(value, int) else f"stand-in-{number}")
            number += 1
    return tuple(made)


def _flat(values: tuple[Value, ...]) -> list[int | str]:
    return [one for value in values for one in (value if isinstance(value, tuple) else (value,))]
