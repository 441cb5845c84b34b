"""What pages say of themselves to machines: JSON-LD in the words of schema.org.

Addresses are of SITE_URL, whatever host was asked. A page's nodes are made of what the page
shows anyway, its template's context, so that they cost no query.
"""

from collections.abc import Mapping
from datetime import UTC, datetime
from typing import Any

from django.conf import settings
from django.urls import reverse
from django.utils.translation import gettext as _

from articles.lists.pictures import Shown
from articles.models import Article, Author, Correction, Kind, Revision, SitePage
from articles.text import Source
from newsroom.kit.links import absolute
from newsroom.kit.models import Site
from newsroom.kit.social import SocialImage

Node = dict[str, Any]
CONTEXT = "https://schema.org"
LONGEST_HEADLINE = 110  # Characters; some readers of this data show no more.
TYPES = {
    Kind.NEWS: "NewsArticle",
    Kind.ANALYSIS: "AnalysisNewsArticle",
    Kind.OPINION: "OpinionNewsArticle",
    Kind.EXPLAINER: "BackgroundNewsArticle",
    Kind.PRESS_RELEASE: "Article",
}


def nodes_of(page: str, shown: Mapping[str, Any]) -> list[Node]:
    """The nodes of a page type ("story", "list", "archive", ...) in its template's context."""
    site: Site = shown["this_site"]
    match page:
        case "story":
            return story_nodes(site, shown)
        case "list":
            return author_nodes(shown["author"]) if "author" in shown else list_nodes(shown)
        case "archive":
            return archive_nodes(shown)
        case "site_page":
            return site_page_nodes(shown)
        case "front":
            return front_nodes(site)
    raise ValueError(f"There is no page type {page!r}.")


def story_nodes(site: Site, shown: Mapping[str, Any]) -> list[Node]:
    """A story and the way to it. A typing error moves no date, as readers are told of none."""
    article: Article = shown["article"]
    revision: Revision = shown["revision"]
    image: SocialImage | None = shown["social_image"]
    address = absolute(article.get_absolute_url())
    story: Node = {
        "@context": CONTEXT,
        "@type": TYPES[Kind(revision.kind)],
        "@id": f"{address}#story",
        "url": address,
        "mainEntityOfPage": address,
        "headline": revision.headline[:LONGEST_HEADLINE],
        "description": revision.standfirst,
        "articleSection": revision.section.name,
        "keywords": [topic.name for topic in shown["topics"]],
        "wordCount": shown["word_count"],
        "timeRequired": f"PT{shown['minutes']}M",
        "inLanguage": settings.LANGUAGE_CODE,
        "isAccessibleForFree": True,
        "datePublished": _moment(article.first_published_at),
        "dateModified": _moment(shown["updated_at"] or article.first_published_at),
        "author": [person(author) for author in shown["authors"]],
        "publisher": organisation(site),
        "image": [*([_quoted(image)] if image else []), *shown["gallery_images"]],
        "citation": [_citation(source) for source in shown["text"].sources],
        "correction": [_correction(row) for row in shown["corrections"]],
    }
    if story["@type"] != "Article":  # Only news has a dateline in that vocabulary.
        story["dateline"] = revision.dateline
    crumbs = [
        (revision.section.name, revision.section.get_absolute_url()),
        (revision.headline, ""),
    ]
    return [_without_empty(story), breadcrumbs(crumbs)]


def list_nodes(shown: Mapping[str, Any]) -> list[Node]:
    """A page of a list, what stands on it, and the way to it."""
    listing, rows = shown["listing"], shown["page"].rows
    stories = [row.article if isinstance(row, Correction) else row for row in rows]
    page = _collection(shown["canonical"], listing.title, listing.about)
    page["mainEntity"] = {
        "@type": "ItemList",
        "itemListElement": [
            {"@type": "ListItem", "position": position, "url": absolute(row.get_absolute_url())}
            for position, row in enumerate(stories, start=1)
        ],
    }
    if "topic" in shown:
        page["about"] = {"@type": "Thing", "name": listing.title}
    if "pictures" in shown:
        page["@type"] = "ImageGallery"
        page["associatedMedia"] = [_image(picture) for picture in shown["pictures"]]
    above = [(_("Archive"), reverse("articles:archives"))] if "neighbours" in shown else []
    return [_without_empty(page), breadcrumbs([*above, (listing.title, "")])]


def archive_nodes(shown: Mapping[str, Any]) -> list[Node]:
    """The months that have stories."""
    title = _("Archive")
    page = _collection(shown["canonical"], title, "")
    months = [month for year in shown["years"] for month in year.months]
    page["hasPart"] = [
        {"@type": "CollectionPage", "url": absolute(month.path)} for month in months
    ]
    return [_without_empty(page), breadcrumbs([(title, "")])]


def site_page_nodes(shown: Mapping[str, Any]) -> list[Node]:
    """A page about the title."""
    page: SitePage = shown["page"]
    types = {SitePage.Slug.ABOUT: "AboutPage", SitePage.Slug.CONTACT: "ContactPage"}
    node = {
        "@context": CONTEXT,
        "@type": types.get(SitePage.Slug(page.slug), "WebPage"),
        "url": shown["canonical"],
        "name": page.title,
        "description": shown["about"],
        "dateModified": _moment(page.changed_at),
        "inLanguage": settings.LANGUAGE_CODE,
        "publisher": organisation(shown["this_site"]),
    }
    return [node, breadcrumbs([(page.title, "")])]


def _collection(address: str, title: str, about: str) -> Node:
    return {
        "@context": CONTEXT,
        "@type": "CollectionPage",
        "url": address,
        "name": title,
        "description": about,
        "inLanguage": settings.LANGUAGE_CODE,
        "isPartOf": {"@id": f"{absolute(reverse('articles:front'))}#site"},
    }


def _image(picture: Shown) -> Node:
    rendition = picture.photo.rendition
    node = {
        "@type": "ImageObject",
        "contentUrl": absolute(rendition.url) if rendition and rendition.public else "",
        "caption": picture.caption or picture.alt,
        "creditText": picture.photo.credit,
    }
    return _without_empty(node)


def author_nodes(author: Author) -> list[Node]:
    """An author's own page."""
    page = {"@context": CONTEXT, "@type": "ProfilePage", "mainEntity": person(author)}
    return [page, breadcrumbs([(author.name, "")])]


def front_nodes(site: Site) -> list[Node]:
    """The title itself, and how it is searched."""
    home = absolute(reverse("articles:front"))
    search = absolute(reverse("articles:search"))
    page: Node = {
        "@context": CONTEXT,
        "@type": "WebSite",
        "@id": f"{home}#site",
        "url": home,
        "name": site.name,
        "description": site.tagline,
        "inLanguage": settings.LANGUAGE_CODE,
        "publisher": organisation(site),
        "potentialAction": {
            "@type": "SearchAction",
            "target": {"@type": "EntryPoint", "urlTemplate": f"{search}?q={{search_term_string}}"},
            "query": "required name=search_term_string",
        },
    }
    return [_without_empty(page)]


def organisation(site: Site) -> Node:
    """Who publishes."""
    home = absolute(reverse("articles:front"))
    return _without_empty(
        {
            "@type": "NewsMediaOrganization",
            "@id": f"{home}#publisher",
            "name": site.name,
            "legalName": site.publisher,
            "url": home,
            "logo": absolute(site.logo_path) if site.logo else "",
            "email": site.contact_email,
            "correctionsPolicy": absolute(reverse("articles:site_page", args=["ethics"])),
            "ethicsPolicy": absolute(reverse("articles:site_page", args=["ethics"])),
            "masthead": absolute(reverse("articles:site_page", args=["staff"])),
        }
    )


def person(author: Author) -> Node:
    """An author, as bylines and the author's page say it."""
    address = absolute(author.get_absolute_url())
    return _without_empty(
        {
            "@type": "Person",
            "@id": f"{address}#person",
            "name": author.name,
            "url": address,
            "jobTitle": author.role,
            "knowsAbout": author.expertise,
            "email": author.contact,
        }
    )


def breadcrumbs(steps: list[tuple[str, str]]) -> Node:
    """The way from the front page: (name, path) pairs; the page itself has no path."""
    home = (_("Front page"), reverse("articles:front"))
    items = [
        _without_empty(
            {
                "@type": "ListItem",
                "position": position,
                "name": name,
                "item": absolute(path) if path else "",
            }
        )
        for position, (name, path) in enumerate([home, *steps], start=1)
    ]
    return {"@context": CONTEXT, "@type": "BreadcrumbList", "itemListElement": items}


def _citation(source: Source) -> Node:
    return _without_empty({"@type": "CreativeWork", "name": source.line, "url": source.address})


def _quoted(image: SocialImage) -> Node:
    return {
        "@type": "ImageObject",
        "url": image.url,
        "width": image.width,
        "height": image.height,
        "caption": image.alt,
    }


def _correction(row: Correction) -> Node:
    return {
        "@type": "CorrectionComment",
        "text": f"{row.wrong} {row.right}",
        "datePublished": _moment(row.at),
    }


def _moment(moment: datetime | None) -> str:
    return moment.astimezone(UTC).isoformat(timespec="seconds") if moment else ""


def _without_empty(node: Node) -> Node:
    return {name: value for name, value in node.items() if value not in ("", None, [])}
