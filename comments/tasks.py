"""What beat asks of the comments room."""

from celery import shared_task

from comments import services


@shared_task(ignore_result=True)
def remind_moderators() -> None:
    services.remind_moderators()  # At most one letter an hour each: the key is unique.


@shared_task(ignore_result=True)
def forget_addresses() -> None:
    services.forget_addresses()
