"""The newsroom at the desk."""

from articles.admin import article, front, lists  # noqa: F401 - They register themselves.
