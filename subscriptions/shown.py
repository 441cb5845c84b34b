"""What shows what: the addresses of this room's stored pages that a fact changes."""

from collections.abc import Iterable, Iterator
from datetime import date

from django.urls import reverse

from subscriptions.models import Edition


def editions_changed(days: Iterable[date]) -> set[str]:
    """Editions of these days came, or show other words: their pages, the list and the feed."""
    pages = {reverse("subscriptions:digest", args=[day]) for day in days}
    if not pages:
        return set()
    return pages | {reverse("subscriptions:digests"), reverse("subscriptions:digests_feed")}


def every_page() -> Iterator[str]:
    """The list of editions, its feed, and each edition, the newest first."""
    yield from (reverse("subscriptions:digests"), reverse("subscriptions:digests_feed"))
    days = Edition.objects.order_by("-on").values_list("on", flat=True).distinct()
    for day in days.iterator():
        yield reverse("subscriptions:digest", args=[day])


def stories_changed(article_ids: Iterable[int]) -> set[str]:
    """These stories came, left, or look otherwise in a list."""
    rows = Edition.objects.filter(articles__in=list(article_ids)).order_by()
    return editions_changed(rows.values_list("on", flat=True).distinct())
