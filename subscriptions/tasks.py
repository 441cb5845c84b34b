"""What runs in workers. Each takes ids and calls one service; each may run twice."""

from celery import shared_task

from subscriptions import services


@shared_task(ignore_result=True)
def announce(article_id: int) -> None:
    """Mail one story to everyone it is owed to, or go on where a killed worker stopped."""
    services.announce(article_id)


@shared_task(ignore_result=True)
def sweep() -> None:
    """Set those whose pause is over going again, and finish what nobody finished."""
    services.resume_ended_pauses()
    for article_id in services.unfinished_announcements():
        announce.delay(article_id)
