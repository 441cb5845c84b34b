"""The project: settings, addresses, and what all apps share."""

from newsroom.celery import app as celery_app

__all__ = ["celery_app"]
