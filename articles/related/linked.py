"""The stories that a text points to already."""

import re
from html import unescape
from urllib.parse import urlsplit

from django.conf import settings
from django.db.models import Q

from articles.models import Article

HREF = re.compile(r'href="([^"]*)"')
STORY = re.compile(r"/([0-9]{4}/[0-9]{2}/[a-z0-9-]+)(?:/|$)")


def paths_in(body: str) -> set[str]:
    """The paths of this site's stories that links in a text lead to."""
    host = urlsplit(settings.SITE_URL).netloc
    paths = set()
    for href in HREF.findall(body):
        try:
            address = urlsplit(unescape(href))
        except ValueError:
            continue  # No address at all; it leads to no story.
        story = STORY.match(address.path)
        if story and address.netloc in {"", host}:
            paths.add(story[1])
    return paths


def linked_from(article: Article) -> set[int]:
    """Keys of the stories that the live text names under "see also" or links to."""
    if article.live is None:
        return set()
    pointed_at = Q(pointed_at_by__revision=article.live)
    paths = paths_in(article.live.body)
    if paths:
        pointed_at |= Q(path__in=paths) | Q(redirects__old_path__in=paths)
    return set(Article.objects.filter(pointed_at).values_list("pk", flat=True))
