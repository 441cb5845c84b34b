"""The addresses of the feeds.

They carry no Last-Modified: an author's new name changes the bytes and no moment. Programs that
ask again by the ETag are told truthfully (RFC 9110, section 8.8.1).
"""

from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404
from django.urls import reverse

from articles import lists
from articles.feeds.atom import as_atom
from articles.feeds.channel import Channel
from articles.feeds.entries import corrections_channel, list_channel, site_channel
from articles.feeds.json_feed import as_json
from articles.feeds.rss import as_rss
from articles.models import Author, Section
from articles.moved import follows_slugs
from newsroom.kit.methods import only_read
from newsroom.press.stored import stored


@stored
@only_read
def site_rss(request: HttpRequest) -> HttpResponse:
    """The newest stories with their whole text, as RSS."""
    return _rss(site_channel(reverse("articles:feed")))


@stored
@only_read
def site_atom(request: HttpRequest) -> HttpResponse:
    """The same as Atom."""
    text = as_atom(site_channel(reverse("articles:atom")))
    return HttpResponse(text, content_type="application/atom+xml; charset=utf-8")


@stored
@only_read
def site_json(request: HttpRequest) -> HttpResponse:
    """The same as JSON Feed."""
    text = as_json(site_channel(reverse("articles:json_feed")))
    return HttpResponse(text, content_type="application/feed+json; charset=utf-8")


@stored
@only_read
@follows_slugs
def section(request: HttpRequest, slug: str) -> HttpResponse:
    """A section's newest stories."""
    return _rss(list_channel(lists.section_list(get_object_or_404(Section, slug=slug))))


@stored
@only_read
@follows_slugs
def topic(request: HttpRequest, slug: str) -> HttpResponse:
    """A topic's newest stories; none for a topic that readers do not know of."""
    _topic, listing = lists.topic_list(slug)
    return _rss(list_channel(listing))


@stored
@only_read
@follows_slugs
def author(request: HttpRequest, slug: str) -> HttpResponse:
    """An author's newest stories."""
    return _rss(list_channel(lists.author_list(get_object_or_404(Author, slug=slug))))


@stored
@only_read
def latest(request: HttpRequest) -> HttpResponse:
    """The newest stories, below the list of all."""
    return _rss(list_channel(lists.latest_list()))


@stored
@only_read
def month(request: HttpRequest, month: str) -> HttpResponse:
    """A month's newest stories."""
    return _rss(list_channel(lists.month_list(month)))


@stored
@only_read
def corrections(request: HttpRequest) -> HttpResponse:
    """The newest corrections."""
    return _rss(corrections_channel(lists.corrections_list()))


@stored
@only_read
def pictures(request: HttpRequest) -> HttpResponse:
    """The newest stories with a photo."""
    return _rss(list_channel(lists.pictures_list()))


def _rss(channel: Channel) -> HttpResponse:
    return HttpResponse(as_rss(channel), content_type="application/rss+xml; charset=utf-8")
