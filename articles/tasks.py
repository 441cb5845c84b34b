"""Addresses of the articles room's background work."""

from celery import shared_task

from articles import services


@shared_task(ignore_result=True)
def sweep_pictures() -> None:
    """Place the pictures that a killed process left where they must not be."""
    services.sweep_pictures()
