"""Every message of this room, one function each, returned unsent."""

from functools import cache
from typing import Any

import css_inline
import nh3
from django.conf import settings
from django.template.loader import render_to_string
from django.utils.translation import gettext as _

from articles.models import Article, Revision
from articles.text import sources_of, with_dateline
from newsroom.kit import html as clean
from newsroom.kit.links import absolute
from newsroom.kit.models import Site
from newsroom.mail.letters import Letter
from newsroom.mail.models import Address
from subscriptions.links import CONFIRM_FOR, confirmation_link, preferences_link
from subscriptions.models import Subscriber
from subscriptions.plain import story_text
from subscriptions.stories import first_part

PICTURE_WIDTH = 600  # Pixels: the width of the column.
MOST_BYTES = 90_000  # Gmail cuts a message's HTML off at 102 KB; the post room adds links.


def article_letter(article: Article) -> Letter:
    """The live text of a story for everyone, with the post room's markers in its foot.

    The whole story, or its first part with a link if the HTML would pass 90 KB.
    """
    revision = article.live
    if revision is None:
        raise ValueError("A story that was never published has no letter.")
    dated = with_dateline(clean.clean_html(revision.body), revision.dateline)
    body = _with_whole_links(dated)
    letter = _article_letter(article, revision, body, is_cut=False)
    room = MOST_BYTES
    while len(letter.html.encode()) > MOST_BYTES:
        room //= 2
        letter = _article_letter(article, revision, first_part(body, room), is_cut=True)
    return letter


def confirmation(subscriber: Subscriber) -> Letter:
    """Asks whether the wish is meant; nothing in it was written by whoever asked."""
    site = Site.current()
    subject = _("Confirm that you want mail from %(name)s") % {"name": site.name}
    link = confirmation_link(subscriber)
    return _letter("confirmation", subject, site, link=link, days=CONFIRM_FOR.days)


def already_subscribed(subscriber: Subscriber) -> Letter:
    """Someone asked again for an address that is subscribed: here are its choices."""
    site = Site.current()
    subject = _("You are subscribed to %(name)s") % {"name": site.name}
    opening = _(
        "Someone, we hope you, asked for mail from %(name)s with this address. It is subscribed"
        " already, so there is nothing to confirm. Here you can see what you get, pause or leave."
    )
    if subscriber.state == Subscriber.State.PAUSED:
        opening = _(
            "Someone, we hope you, asked for mail from %(name)s with this address. It is"
            " subscribed, and paused for now. Here you can end the pause, or leave."
        )
    link = preferences_link(subscriber.address)
    return _letter("choices", subject, site, opening=opening % {"name": site.name}, link=link)


def link_to_choices(address: Address) -> Letter:
    """The way back to one's own page, for someone who asked for it."""
    site = Site.current()
    subject = _("Your choices at %(name)s") % {"name": site.name}
    opening = _("Here you can see what %(name)s sends you, pause it, or leave.")
    link = preferences_link(address)
    return _letter("choices", subject, site, opening=opening % {"name": site.name}, link=link)


def _article_letter(article: Article, revision: Revision, body: str, *, is_cut: bool) -> Letter:
    sources = [] if is_cut else sources_of(revision)  # They stand where the text ends.
    return _letter(
        "article",
        " ".join(revision.headline.split()),
        Site.current(),
        article=article,
        revision=revision,
        bylines=[str(row.author) for row in revision.byline_rows.select_related("author")],
        picture=_picture(revision),
        body=body,
        sources=sources,
        story=story_text(body, [source.line for source in sources]),
        opening=clean.plain_text(body),
        is_cut=is_cut,
        link=absolute(article.get_absolute_url()),
    )


def _letter(name: str, subject: str, site: Site, **shown: Any) -> Letter:
    context = {"subject": subject, "site": site, "site_url": settings.SITE_URL} | shown
    text = render_to_string(f"subscriptions/mail/{name}.txt", context)
    html = render_to_string(f"subscriptions/mail/{name}.html", context)
    return Letter(subject=subject, text=f"{text.strip()}\n", html=_inliner().inline(html))


@cache
def _inliner() -> css_inline.CSSInliner:
    """Sets the style sheet on each element; the rules for small and dark screens stay a sheet."""
    sheet = render_to_string("subscriptions/mail/mail.css")
    return css_inline.CSSInliner(
        extra_css=sheet, keep_at_rules=True, minify_css=True, load_remote_stylesheets=False
    )


def _picture(revision: Revision) -> dict[str, Any] | None:
    """Address and size of the lead picture, as wide as the column; None if there is none."""
    rendition = revision.lead_photo.rendition if revision.lead_photo else None
    if rendition is None or not rendition.public:
        return None
    width = min(rendition.width, PICTURE_WIDTH)
    height = round(rendition.height * width / rendition.width)
    return {"src": absolute(rendition.url), "width": width, "height": height}


def _with_whole_links(body: str) -> str:
    """The story's HTML with links to this site's own pages made to work from a mail."""
    return nh3.clean(
        clean.clean_html(body),
        tags=clean.TAGS,
        attributes=clean.ATTRIBUTES,
        url_schemes=clean.SCHEMES,
        link_rel=None,
        url_relative=("rewrite_with_base", f"{settings.SITE_URL}/"),
    )
