"""Addresses of the press's background work."""

from celery import shared_task

from newsroom.press import services


@shared_task(ignore_result=True)
def sweep() -> None:
    """Remove the pages whose moment has come, and what a killed process left."""
    services.sweep()
