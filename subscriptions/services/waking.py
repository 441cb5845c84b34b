"""Who sleeps when mail that was promised while they were awake leaves at last."""

from collections.abc import Collection
from datetime import datetime

from django.utils import timezone

from newsroom.mail.models import Mailing
from subscriptions.models import Subscriber
from subscriptions.schedule import end_of_quarter, is_quiet, next_daily, zone_of
from subscriptions.services.correcting import KEY as CORRECTION


def quiet_until(mailing: Mailing, addresses: Collection[int]) -> dict[int, datetime]:
    """Of the readers at these addresses (ids) those in whose quiet hours it is now, and when
    these end.

    Nobody while no clock shows another hour than when the filling began: it knew who was awake.
    A correction goes to everybody at once.
    """
    now, began = timezone.now(), max(mailing.created_at, mailing.not_before or mailing.created_at)
    if now < end_of_quarter(began) or mailing.key.startswith(CORRECTION):
        return {}
    readers = Subscriber.objects.filter(address__in=addresses, quiet_from__isnull=False)
    found = {}
    for address, name, quiet_from, quiet_to in readers.values_list(
        "address", "zone", "quiet_from", "quiet_to"
    ):
        zone = zone_of(name)
        if quiet_to is not None and is_quiet(now.astimezone(zone).hour, quiet_from, quiet_to):
            found[address] = next_daily(now, quiet_to, zone)
    return found
