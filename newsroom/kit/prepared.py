"""Query sets that are compiled once: building and compiling one costs more than asking it."""

from collections.abc import Callable
from copy import copy
from datetime import UTC, datetime, timedelta
from functools import update_wrapper
from itertools import count
from typing import Any

from django.db import connections
from django.db.models import QuerySet
from django.db.models.sql.compiler import SQLCompiler

Value = int | str | datetime | tuple[int | str, ...] | None
FIRST_STAND_IN = 2**31 - 2**16  # No constant of ours, and within what a column of numbers takes.
FIRST_MOMENT = datetime(9000, 1, 1, tzinfo=UTC)  # Beyond every moment that a page asks for.


class Prepared[Row]:
    """A function that builds a query set from some values, asked as a list.

    The values are keys, strings, moments, or tuples of keys or strings for an `in`. The function
    sees them only the first time, as stand-ins whose places in the statement are then known: it
    may hand them to filters, and nothing else. A tuple of another length is another statement,
    and so is None in the place of a value.
    """

    def __init__(self, build: Callable[..., QuerySet[Any, Row]]) -> None:
        self.build = build
        self.compiled: dict[tuple[object, ...], _Compiled] = {}
        update_wrapper(self, build)

    def __call__(self, *values: Value) -> list[Row]:
        """The rows; the same as `list(build(*values))`."""
        return [] if () in values else self._compiled(values).ask(values)

    def statement(self, *values: Value) -> tuple[str, tuple[Any, ...]]:
        """The SQL and the values of its placeholders, for a statement that it is a part of."""
        compiled = self._compiled(values)
        return compiled.sql, compiled.given(values)

    def _compiled(self, values: tuple[Value, ...]) -> "_Compiled":
        shape = tuple(len(value) if isinstance(value, tuple) else type(value) for value in values)
        if shape not in self.compiled:
            self.compiled[shape] = _Compiled(self.build, values)
        return self.compiled[shape]


class _Compiled:
    """One statement, and where in it each value stands."""

    def __init__(
        self, build: Callable[..., QuerySet[Any, Any]], values: tuple[Value, ...]
    ) -> None:
        stand_ins = _stand_ins(values)
        self.rows = build(*stand_ins)
        numbers = {value: number for number, value in enumerate(self._flat(stand_ins))}
        self.compiler: SQLCompiler = self.rows.query.get_compiler(using=self.rows.db)
        self.sql, params = self.compiler.as_sql()
        columns = self.compiler.select[: self.compiler.col_count]
        self.converters = self.compiler.get_converters([column for column, *_ in columns])
        self.params = [(numbers.get(value), value) for value in params]
        missing = set(range(len(numbers))) - {number for number, _ in self.params}
        if missing:
            raise ValueError(f"{build.__qualname__} does not hand on all its values")

    def ask(self, values: tuple[Value, ...]) -> list[Any]:
        params = self.given(values)
        compiler = copy(self.compiler)
        compiler.connection = connections[self.rows.db]  # Each thread has its own.
        compiler.as_sql = lambda *_args, **_kwargs: (self.sql, params)  # type: ignore[method-assign]  # That is the point.
        compiler.get_converters = lambda *_args: self.converters  # type: ignore[method-assign]  # As above.
        rows = self.rows.all()
        rows.query.get_compiler = lambda *_args, **_kwargs: compiler  # type: ignore[method-assign]  # As above.
        return list(rows)

    def given(self, values: tuple[Value, ...]) -> tuple[Any, ...]:
        """The statement's own values, with these in the places of their stand-ins."""
        flat = self._flat(values)
        return tuple(value if number is None else flat[number] for number, value in self.params)

    def _flat(self, values: tuple[Value, ...]) -> list[Any]:
        """One after the other, as the statement has them; a database may write moments its way."""
        ops = connections[self.rows.db].ops
        return [
            ops.adapt_datetimefield_value(one) if isinstance(one, datetime) else one
            for value in values
            for one in (value if isinstance(value, tuple) else (value,))
            if one is not None
        ]


def prepared[Row](build: Callable[..., QuerySet[Any, Row]]) -> Prepared[Row]:
    """See `Prepared`."""
    return Prepared(build)


def _stand_ins(values: tuple[Value, ...]) -> tuple[Value, ...]:
    """Values of the same kinds that nothing else in the statement can be."""
    numbers = count()
    made: list[Value] = []
    for value in values:
        if isinstance(value, tuple):
            made.append(tuple(_stand_in(one, next(numbers)) for one in value))
        elif isinstance(value, datetime):
            made.append(FIRST_MOMENT + timedelta(seconds=next(numbers)))
        else:
            made.append(value if value is None else _stand_in(value, next(numbers)))
    return tuple(made)


def _stand_in(value: int | str, number: int) -> int | str:
    return FIRST_STAND_IN + number if isinstance(value, int) else f"stand-in-{number}"
