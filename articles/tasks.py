"""Addresses of the articles room's background work."""

from celery import shared_task

from articles import services


@shared_task(ignore_result=True)
def make_renditions(photo_id: int) -> None:
    """Make a photo's renditions, unless they are there or somebody is making them."""
    services.make_renditions(photo_id)


@shared_task(ignore_result=True)
def sweep_pictures() -> None:
    """Do with pictures what a killed process left undone."""
    services.sweep_pictures()
    services.sweep_cards()
    services.sweep_title_pictures()
    for photo_id in services.waiting_photos():
        make_renditions.delay(photo_id)
