"""What the demo made, row by row, so that it can be taken away and nothing else."""

import hashlib
from collections.abc import Iterable

from django.db.models import Model

from newsroom.desk.models import DemoItem

# What changes without anybody editing: signing in, a picture made or laid out again.
NOT_EDITING = {
    "last_login", "placed", "public", "changed_at",
    "making", "making_tries", "making_until", "failure", "card",
}  # fmt: skip


def digest(row: Model) -> str:
    """Of every column of the row that only editing changes."""
    values = [
        f"{column.name}={column.value_from_object(row)!r}"
        for column in row._meta.concrete_fields
        if column.name not in NOT_EDITING
    ]
    return hashlib.sha256("\n".join(values).encode()).hexdigest()


def record(rows: Iterable[Model]) -> None:
    """Remember that the demo made these rows, as they now stand in the database."""
    for row in rows:
        row.refresh_from_db()
        DemoItem.objects.create(model=row._meta.label, object_id=row.pk, digest=digest(row))
