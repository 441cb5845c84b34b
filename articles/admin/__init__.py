"""The newsroom at the desk."""

from articles.admin import article, lists  # noqa: F401 - They register themselves.
