"""The stories that a text points to already."""

import re
from html import unescape
from urllib.parse import urljoin, urlsplit

from django.conf import settings
from django.db.models import Q
from django.http.request import split_domain_port, validate_host

from articles.models import Article

HREF = re.compile(r'href="([^"]*)"')
STORY = re.compile(r"/([0-9]{4}/[0-9]{2}/[a-z0-9-]+)(?:/|$)")


def paths_in(body: str, path: str | None) -> set[str]:
    """The paths of this site's stories that links in a text lead to; `path` is its own story's.

    A link may be relative to that, or name any host that this site answers at.
    """
    base = f"{settings.SITE_URL}/{path}/" if path else f"{settings.SITE_URL}/"
    paths = set()
    for href in HREF.findall(body):
        try:
            address = urlsplit(urljoin(base, unescape(href)))
        except ValueError:
            continue  # No address at all; it leads to no story.
        story = STORY.match(address.path)
        if story and _is_here(address.netloc):
            paths.add(story[1])
    return paths


def _is_here(netloc: str) -> bool:
    """Whether it names this site. A star among the hosts admits all, and names none."""
    domain, _port = split_domain_port(netloc)
    return validate_host(domain, [host for host in settings.ALLOWED_HOSTS if host != "*"])


def linked_from(article: Article) -> set[int]:
    """Keys of the stories that the live text names under "see also" or links to."""
    if article.live is None:
        return set()
    pointed_at = Q(pointed_at_by__revision=article.live)
    paths = paths_in(article.live.body, article.path)
    if paths:
        pointed_at |= Q(path__in=paths) | Q(redirects__old_path__in=paths)
    return set(Article.objects.filter(pointed_at).values_list("pk", flat=True))
