"""Addresses of the post room's background work. Each may run twice, and at once."""

import logging
from functools import partial
from typing import Any

from celery import shared_task
from celery.signals import worker_ready
from kombu.exceptions import OperationalError

logger = logging.getLogger(__name__)


@shared_task(ignore_result=True)
def send_transactional(delivery_id: int) -> None:
    """Try one letter."""
    from newsroom.mail import sending  # noqa: PLC0415 - The ledger enqueues these tasks.

    sending.send_letter(delivery_id)


@shared_task(ignore_result=True)
def send_letters() -> None:
    """Try the letters that wait; go on in another task while some are left."""
    from newsroom.mail import sending  # noqa: PLC0415 - As above.

    if sending.send_letters():
        send_letters.delay()


@shared_task(ignore_result=True)
def send_mailing(mailing_id: int) -> None:
    """Send what two seconds allow of a mailing; go on in another task while some is left.

    That task is there before this one is over, so every idle worker takes part: each that
    begins leaves one behind, and the last finds nothing to do.
    """
    from newsroom.mail import sending  # noqa: PLC0415 - As above.

    go_on = partial(_go_on_with, mailing_id)
    if sending.send_some(mailing_id, another=go_on):
        go_on()


def _go_on_with(mailing_id: int) -> None:
    """If the broker is away for a moment the sweep goes on with it; this turn must not end."""
    try:
        send_mailing.delay(mailing_id)
    except OperationalError as error:
        logger.warning("no task to go on with a mailing: %s", error)


@shared_task(ignore_result=True)
def sweep() -> None:
    """Find what a killed worker or a lost hint left behind."""
    from newsroom.mail import sweeping  # noqa: PLC0415 - As above.

    sweeping.sweep()


@shared_task(ignore_result=True)
def forget_notices() -> None:
    """Delete bounces and complaints that were kept long enough, and words that came late."""
    from newsroom.mail import ledger  # noqa: PLC0415 - As above.
    from newsroom.mail.bounces import policy  # noqa: PLC0415 - As above.

    policy.forget_old_notices()
    ledger.forget_late_words()


@worker_ready.connect
def sweep_at_start(**_: Any) -> None:
    """A worker starts, perhaps for one that was killed: look soon for what that one left.

    After the seconds for which a mailing counts as being worked on (`sending.BUSY`).
    """
    sweep.apply_async(countdown=3)
