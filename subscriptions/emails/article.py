"""A story as a mail of its own."""

from collections.abc import Sequence
from functools import partial
from typing import Any

import nh3
from django.conf import settings

from articles.models import Article, Revision
from articles.text import sources_of, with_dateline
from newsroom.kit import html as clean
from newsroom.kit.links import absolute
from newsroom.kit.models import Site
from newsroom.mail.letters import Letter
from subscriptions.emails.making import MOST_BYTES, make_letter
from subscriptions.plain import story_text
from subscriptions.reasons import reasons_of
from subscriptions.stories import first_part

PICTURE_WIDTH = 600  # Pixels: the width of the column.


def article_letter(
    article: Article, why: Sequence[str] = ("all",), *, for_the_desk: bool = False
) -> Letter:
    """The live text of a story, with the post room's markers in its foot.

    The whole story, or its first part with a link if the HTML would pass 90 KB. `why`: the
    words of the wishes it answers, which its foot names. `for_the_desk`: with its picture at
    the address that only staff may open, if it is not public yet. Raises ValueError for a
    story that was never published.
    """
    revision = article.live
    if revision is None:
        raise ValueError("A story that was never published has no letter.")
    dated = with_dateline(clean.clean_html(revision.body), revision.dateline)
    body = _with_whole_links(dated)
    picture = _picture(revision, private=for_the_desk)
    make = partial(_article_letter, article, revision, reasons_of(why), picture)
    letter = make(body, is_cut=False)
    room = MOST_BYTES
    while len(letter.html.encode()) > MOST_BYTES:
        room //= 2
        letter = make(first_part(body, room), is_cut=True)
    return letter


def _article_letter(
    article: Article,
    revision: Revision,
    reasons: list[str],
    picture: dict[str, Any] | None,
    body: str,
    *,
    is_cut: bool,
) -> Letter:
    sources = [] if is_cut else sources_of(revision)  # They stand where the text ends.
    return make_letter(
        "article",
        " ".join(revision.headline.split()),
        Site.current(),
        article=article,
        revision=revision,
        bylines=[str(row.author) for row in revision.byline_rows.select_related("author")],
        picture=picture,
        body=body,
        sources=sources,
        story=story_text(body, [source.line for source in sources]),
        opening=clean.plain_text(body),
        is_cut=is_cut,
        is_breaking=article.mail_choice == Article.MailChoice.BREAKING,
        reasons=reasons,
        link=absolute(article.get_absolute_url()),
    )


def _picture(revision: Revision, *, private: bool) -> dict[str, Any] | None:
    """Address and size of the lead picture, as wide as the column; None if there is none."""
    rendition = revision.lead_photo.rendition if revision.lead_photo else None
    if rendition is None or not (rendition.public or private):
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
