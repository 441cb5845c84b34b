"""The picture that stands beside a page where it is quoted. A page without one of its own has the
title's card, which its template names."""

from collections.abc import Iterable

from articles.lists.pictures import Shown
from articles.models import Article, Author, Photo, Revision
from articles.pictures.making import CARD
from newsroom.kit.social import SocialImage


def social_image(article: Article, revision: Revision) -> SocialImage | None:
    """Of a story: its photo, cut, or a drawn card."""
    photo = revision.lead_photo
    if photo is None:
        return _drawn_card(article, revision)
    rendition = photo.card or photo.rendition  # A card takes a moment longer to be made.
    if rendition is None or not rendition.public:
        return None
    return SocialImage(rendition.url, rendition.width, rendition.height, revision.photo_alt)


def newest_photo(stories: Iterable[Article]) -> SocialImage | None:
    """Of a list: the photo of the first story that has one, cut. No query after `for_cards`."""
    rows = ((story.live.lead_photo, story.live.photo_alt) for story in stories if story.live)
    return _first_card(rows)


def first_picture(pictures: Iterable[Shown]) -> SocialImage | None:
    """Of a page of pictures: the first of them, cut."""
    return _first_card((shown.photo, shown.alt) for shown in pictures)


def portrait_of(author: Author) -> SocialImage | None:
    """Of an author's page: the portrait, cut. No query where its renditions are fetched."""
    portrait = author.portrait
    return _first_card([(portrait, (portrait and portrait.alt) or author.name)])


def _first_card(photos: Iterable[tuple[Photo | None, str]]) -> SocialImage | None:
    """The first of these photos that is cut and public, with what it shows."""
    for photo, alt in photos:
        card = photo.card if photo else None
        if card is not None and card.public:
            return SocialImage(card.url, card.width, card.height, alt)
    return None


def _drawn_card(article: Article, revision: Revision) -> SocialImage | None:
    card = article.drawn_cards.filter(public=True).first()
    return SocialImage(card.url, *CARD, revision.headline) if card else None
