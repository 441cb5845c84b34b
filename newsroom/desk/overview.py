"""What there is to do at the desk today."""

from typing import Any

from django.http import HttpRequest

from articles.models import Article
from comments.models import Comment
from newsroom.mail.models import Delivery
from subscriptions.models import Subscriber

SHOWN = 8


def overview(request: HttpRequest) -> dict[str, Any]:
    """Stories under way and lately published, comments that wait, what the post room needs."""
    stories = Article.objects.select_related("newest", "live", "newest__section")
    unfinished = stories.filter(state__in=["draft", "in_review"]).order_by("-newest__created_at")
    return {
        "unfinished": unfinished[:SHOWN],
        "latest": stories.published().newest_first()[:SHOWN],
        "waiting_count": Comment.objects.waiting().count(),
        "oldest_waiting": Comment.objects.waiting().select_related("article").first(),
        "subscriber_count": Subscriber.objects.filter(state="confirmed").count(),
        "in_doubt_count": Delivery.objects.filter(state="in_doubt").count(),
    }
