"""Stories and corrections as entries of a feed."""

import re
from collections.abc import Iterator

from django.conf import settings
from django.db.models import QuerySet
from django.urls import reverse
from django.utils.html import format_html
from django.utils.translation import gettext as _

from articles.feeds.channel import Channel, Entry, Picture, Writer, legal
from articles.lists import Listing, Shown, latest_list, shown_in
from articles.models import Article, Correction
from articles.services import rendition_file
from articles.text import full_text
from articles.updates import with_updates
from newsroom.kit.links import absolute
from newsroom.kit.models import Site

ENTRIES = 30
OWN_LINK = re.compile(r'(<a [^>]*?href=")/(?!/)')  # As `clean_html` writes it.


def site_channel(feed_path: str) -> Channel:
    """The newest stories of the title, for a feed at that path."""
    site = Site.current()
    about = site.tagline or site.name
    stories = latest_list().ordered.newest_first()
    return _channel(site, (site.name, about), reverse("articles:front"), feed_path, stories)


def list_channel(listing: Listing[Article]) -> Channel:
    """The newest stories of a list, for the feed below it."""
    site = Site.current()
    title = f"{listing.title} | {site.name}"
    stories = listing.ordered.newest_first()
    words = (title, listing.about)
    return _channel(site, words, listing.path, f"{listing.path}feed/", stories)


def corrections_channel(listing: Listing[Correction]) -> Channel:
    """The newest corrections, for the feed below their list."""
    site = Site.current()
    return Channel(
        legal(f"{listing.title} | {site.name}"),
        legal(listing.about),
        absolute(listing.path),
        absolute(f"{listing.path}feed/"),
        _publisher(site),
        tuple(correction_entry(row) for row in listing.ordered.newest_first()[:ENTRIES]),
    )


def _channel(
    site: Site, words: tuple[str, str], page: str, feed: str, stories: QuerySet[Article]
) -> Channel:
    title, about = words
    whole = with_updates(stories.defer(None)).prefetch_related(
        "topics", "corrections", "live__gallery_rows__photo__renditions"
    )
    return Channel(
        legal(title),
        legal(about),
        absolute(page),
        absolute(feed),
        _publisher(site),
        tuple(entry for story in whole[:ENTRIES] for entry in story_entry(story)),
    )


def _publisher(site: Site) -> Writer:
    return Writer(legal(site.name), absolute(reverse("articles:front")))


def story_entry(story: Article) -> Iterator[Entry]:
    """The whole story, from a row with `updated_at`; none if it is not public."""
    revision, published = story.live, story.first_published_at
    if revision is None or published is None:
        return
    names = [str(story.section), *(topic.name for topic in story.topics.all())]
    yield Entry(
        story.feed_id or "",
        absolute(story.get_absolute_url()),
        legal(revision.headline),
        legal(revision.standfirst),
        legal(told_by(story)),
        published,
        getattr(story, "updated_at", None) or published,
        tuple(
            Writer(legal(author.name), absolute(author.get_absolute_url()))
            for author in story.bylines.all()
        ),
        tuple(legal(name) for name in names),
        tuple(picture for shown in shown_in(story) if (picture := feed_picture(shown))),
    )


def correction_entry(row: Correction) -> Entry:
    """What was wrong and what is right, with an id below the story's own."""
    article = row.article
    title = f"{row.get_kind_display()}: {article.live}"
    return Entry(
        f"{article.feed_id}/correction/{row.pk}",
        absolute(article.get_absolute_url()),
        legal(title),
        legal(row.right),
        legal(_told(row)),
        row.at,
        row.at,
        categories=(str(row.get_kind_display()),),
    )


def told_by(story: Article) -> str:
    """What the story's page shows: photo, corrections, text, gallery, sources. Its links lead
    here from anywhere."""
    if story.live is None:
        return ""
    above, gallery = _figures(story)
    told = [_told(row) for row in story.corrections.all()]
    text = OWN_LINK.sub(rf"\g<1>{settings.SITE_URL}/", full_text(story.live, gallery))
    return "".join([above, *told, text])


def feed_picture(shown: Shown) -> Picture | None:
    """The photo's JPEG as feeds name it; none while it is not public."""
    photo, rendition = shown.photo, shown.photo.rendition
    if rendition is None or not rendition.public:
        return None
    file = rendition_file(rendition.name)
    return Picture(
        absolute(rendition.url),
        file.stat().st_size if file.exists() else 0,
        rendition.width,
        rendition.height,
        legal(shown.caption),
        legal(photo.credit),
        legal(shown.alt),
    )


def _figures(story: Article) -> tuple[str, str]:
    """What stands above the text, and the gallery under a heading of its own."""
    above, gallery = "", []
    for shown in shown_in(story):
        picture = feed_picture(shown)
        if picture and story.live and shown.photo == story.live.lead_photo:
            above = _figure(picture)
        elif picture:
            gallery.append(_figure(picture))
    heading = format_html("<h2>{}</h2>", _("Pictures")) if gallery else ""
    return above, "".join([heading, *gallery])


def _figure(picture: Picture) -> str:
    words = " ".join(part for part in (picture.caption, picture.credit) if part)
    caption = format_html("<figcaption>{}</figcaption>", words) if words else ""
    return format_html(
        '<figure><img src="{}" width="{}" height="{}" alt="{}">{}</figure>',
        picture.url, picture.width, picture.height, picture.alt, caption,
    )  # fmt: skip


def _told(row: Correction) -> str:
    return format_html(
        "<p><strong>{}</strong> {} {} <strong>{}</strong> {}</p>",
        f"{row.get_kind_display()}.",
        f"{row.wrong_label}:", row.wrong, f"{row.right_label}:", row.right,
    )  # fmt: skip
