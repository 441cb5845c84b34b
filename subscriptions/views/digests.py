"""The general digests as pages and as a feed, and the last mail that went to everyone."""

from datetime import date
from urllib.parse import urlsplit

from django.conf import settings
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils.csp import CSP
from django.utils.dateformat import format as format_date
from django.utils.feedgenerator import Rss201rev2Feed
from django.utils.html import format_html_join
from django.utils.translation import gettext as _
from django.views.decorators.csp import csp_override
from django.views.decorators.http import require_safe

from articles.feeds.channel import legal
from articles.models import Article
from articles.social import newest_photo
from newsroom.kit.links import absolute
from newsroom.kit.models import Site
from newsroom.mail.messages import PREFERENCES, UNSUBSCRIBE
from newsroom.press.stored import stored
from subscriptions.models import Edition
from subscriptions.services import editions, last_general_mail

SHOWN = 60  # Editions on the page of all, and in the feed.
OF_A_MAIL: dict[str, list[str]] = {  # A mail's style stands in its elements.
    "default-src": [CSP.NONE],
    "style-src": [CSP.SELF, CSP.UNSAFE_INLINE],
    "img-src": [CSP.SELF, settings.SITE_URL],
    "font-src": [CSP.SELF],
    "form-action": [CSP.SELF],
    "base-uri": [CSP.NONE],
    "frame-ancestors": [CSP.NONE],
}


def told(edition: Edition) -> tuple[Edition, list[Article]]:
    """The edition with its stories as readers see them now, the newest first."""
    stories = edition.articles.published().newest_first().for_cards()
    return edition, list(stories.defer("live__body"))


@stored
@require_safe
def digests(request: HttpRequest) -> HttpResponse:
    """The editions, the newest first."""
    shown = {"editions": [told(edition) for edition in editions()[:SHOWN]]}
    return render(request, "subscriptions/digests.html", shown | _address(request))


@stored
@require_safe
def digest(request: HttpRequest, day: date) -> HttpResponse:
    """The edition of a day, and that of the week which ended with it."""
    of_day = [told(edition) for edition in editions().filter(on=day)]
    if not of_day:
        raise Http404
    photo = newest_photo(story for _edition, stories in of_day for story in stories)
    shown = {"day": day, "editions": of_day, "social_image": photo}
    return render(request, "subscriptions/digest.html", shown | _address(request))


def _address(request: HttpRequest) -> dict[str, str]:
    return {"canonical": absolute(request.path), "feed": reverse("subscriptions:digests_feed")}


@stored
@require_safe
def digests_feed(request: HttpRequest) -> HttpResponse:
    """RSS 2.0, an entry per edition; its id never changes (a tag: URI, RFC 4151)."""
    site = Site.current()
    feed = Rss201rev2Feed(
        title=legal(_("%(name)s: daily and weekly editions") % {"name": site.name}),
        link=absolute(reverse("subscriptions:digests")),
        description=legal(site.tagline or site.name),
        language="en",
        feed_url=absolute(reverse("subscriptions:digests_feed")),
    )
    host = urlsplit(settings.SITE_URL).hostname
    for edition, stories in map(told, editions()[:SHOWN]):
        feed.add_item(
            title=f"{edition.title}, {format_date(edition.on, 'j F Y')}",
            link=absolute(edition.get_absolute_url()),
            description=_listed(stories),
            pubdate=edition.ends_at,
            unique_id=f"tag:{host},{edition.on}:digest/{edition.cadence}",
            unique_id_is_permalink=False,
        )
    return HttpResponse(
        feed.writeString("utf-8"), content_type="application/rss+xml; charset=utf-8"
    )


def _listed(stories: list[Article]) -> str:
    rows = (
        (
            absolute(story.get_absolute_url()),
            legal(story.live.headline),
            legal(story.live.standfirst),
        )
        for story in stories
        if story.live is not None
    )
    return format_html_join("\n", '<p><a href="{}">{}</a><br>{}</p>', rows)


@require_safe
def last_mail(request: HttpRequest) -> HttpResponse:
    """The last mail that went to everyone, as it was sent but for what was one reader's."""
    parts = last_general_mail()
    if parts is None:
        return render(request, "subscriptions/no_last_mail.html", status=404)
    return _as_sent(request, str(parts["html"]))


@csp_override(OF_A_MAIL)
def _as_sent(request: HttpRequest, html: str) -> HttpResponse:
    for marker in (PREFERENCES, UNSUBSCRIBE):
        html = html.replace(marker, reverse("subscriptions:mail_link"))
    answer = HttpResponse(html)
    answer["X-Robots-Tag"] = "noindex"
    return answer
