"""What the desk's own pages show on each of them."""

from django.conf import settings
from django.http import HttpRequest


def desk(request: HttpRequest) -> dict[str, object]:
    """`mail_stays_here`: whether mail goes to the local outbox only."""
    return {"mail_stays_here": settings.MAIL_STAYS_HERE}
