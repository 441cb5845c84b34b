"""What is known of each stored page: how often it changed, and when it will by itself."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime
from itertools import batched

from django.db import connection, models
from django.db.models import F, Q

from newsroom.press.addresses import EVERY_PAGE

AT_ONCE = 200  # Rows in one statement.


@dataclass(frozen=True)
class Stand:
    """How a page stands at one moment; if it is the same later, nothing it shows has changed."""

    version: int = 0
    generation: int = 0


class PagePathQuerySet(models.QuerySet["PagePath"]):
    """How the versions of pages are asked for and raised."""

    def stand_of(self, path: str) -> Stand:
        """How the page at this address stands now; one query."""
        rows = self.filter(path__in=[path, EVERY_PAGE]).values_list("path", "version")
        versions = dict(rows)
        return Stand(versions.get(path, 0), versions.get(EVERY_PAGE, 0))

    def generation(self) -> int:
        """How often every page was begun anew."""
        return self.stand_of(EVERY_PAGE).generation

    def raise_versions(self, paths: Sequence[str]) -> dict[str, int]:
        """Count a change of each of these pages; the new versions by path.

        A statement for each 200 paths, in the order of the paths, so that of two who raise
        the same pages neither waits for the other in a circle. What was due is off.
        """
        raised: dict[str, int] = {}
        for batch in batched(sorted(paths), AT_ONCE):
            with connection.cursor() as cursor:
                cursor.execute(_RAISE % ", ".join(["(%s, 1, 0)"] * len(batch)), batch)
                raised |= dict(cursor.fetchall())
        return raised

    def mark_purged(self, raised: dict[str, int]) -> None:
        """These versions' old files are gone. A path raised again meanwhile is left alone."""
        for batch in batched(raised.items(), AT_ONCE):
            any_of = Q()
            for path, version in batch:
                any_of |= Q(path=path, version=version)
            self.filter(any_of).update(purged_version=F("version"))

    def unfinished(self) -> "PagePathQuerySet":
        """Raised, and not known to be purged: whoever raised them is at it, or was killed."""
        return self.filter(version__gt=F("purged_version")).order_by("path")

    def set_due(self, path: str, moment: datetime | None) -> None:
        """Note when the page at this address changes by itself."""
        self.update_or_create(path=path, defaults={"due_at": moment})

    def due(self, now: datetime) -> Iterable[str]:
        """The paths whose moment has come."""
        return self.filter(due_at__lte=now).order_by("path").values_list("path", flat=True)


_RAISE = """
INSERT INTO press_pagepath (path, version, purged_version) VALUES %s
ON CONFLICT (path) DO UPDATE SET version = press_pagepath.version + 1, due_at = NULL
RETURNING path, version
"""


class PagePath(models.Model):
    """An address whose page has changed since the title began, or will by itself.

    `version` is raised in the transaction of each fact that changes the page; `purged_version`
    follows when the files of the versions before are gone. The row of `*` counts for all
    pages: its version is the generation.
    """

    path = models.CharField(max_length=200, unique=True)
    version = models.BigIntegerField(default=0)
    purged_version = models.BigIntegerField(default=0)
    due_at = models.DateTimeField(null=True)

    objects = PagePathQuerySet.as_manager()

    class Meta:
        verbose_name = "page"
        constraints = [
            models.CheckConstraint(
                condition=Q(purged_version__lte=F("version")),
                name="press_page_path_purges_what_changed",
            )
        ]
        indexes = [
            models.Index(
                fields=["path"],
                name="press_page_path_unfinished",
                condition=Q(version__gt=F("purged_version")),
            ),
            models.Index(
                fields=["due_at"],
                name="press_page_path_due",
                condition=Q(due_at__isnull=False),
            ),
        ]

    def __str__(self) -> str:
        return self.path
