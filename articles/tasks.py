"""Addresses of the articles room's background work."""

from celery import shared_task

from articles import related, search, services
from articles.search.index import SWEPT
from articles.search.vocabulary import recount


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


@shared_task(ignore_result=True)
def lift_embargoes() -> None:
    """Bring stories before readers whose embargo is over."""
    services.lift_embargoes()


@shared_task(ignore_result=True)
def sweep_search() -> None:
    """Index public stories that are not indexed or are due, and forget what is not public.

    Goes on by itself while there are many.
    """
    if search.sweep() >= SWEPT:
        sweep_search.delay()


@shared_task(ignore_result=True)
def refresh_related() -> None:
    """Choose related stories for new texts, and where a list is short."""
    related.refresh_due()


@shared_task(ignore_result=True)
def refresh_all_related() -> None:
    """Choose anew for the oldest lists; goes on by itself until all are of this night."""
    done, _ = related.refresh_old()
    if done:
        refresh_all_related.delay()


@shared_task(ignore_result=True)
def recount_words() -> None:
    """Set right how many stories have each word."""
    recount()
