"""Drawn cards: what those who quote a story without a photo show in its place.

The row, and with it the address that the page names, is written when the story is published; the
file is drawn just after the commit, or by the sweep if that process was killed. A card whose words
have changed is never drawn over: a new one takes its place, under a new name. Words that many
cards share are looked at by the sweep, a few cards at a time.
"""

import hashlib
import json
import logging
from functools import partial

from django.db import transaction
from django.db.models import QuerySet

from articles import shown
from articles.models import Article, StoryCard
from articles.pictures.drawing import draw_card
from articles.services.placing import place, remove_files, rendition_file, write_whole
from articles.services.renditions import new_name
from newsroom.kit.models import Site
from newsroom.press.services import purge

SWEPT = 100  # Cards that one sweep draws: some three seconds of work.

logger = logging.getLogger(__name__)


def refresh_card(article: Article) -> None:
    """Promise the card of a public story without a photo; take away every other one it had.

    Called inside the transaction that changes what readers see of the story.
    """
    digest = _digest(article)
    cards = StoryCard.objects.filter(article=article)
    cards.exclude(drawn_from=digest).filter(public=True).update(public=False, placed=True)
    if digest:
        card, made = cards.get_or_create(
            article=article, drawn_from=digest, defaults={"name": new_name("jpg"), "public": True}
        )
        if not made:
            cards.filter(pk=card.pk, public=False).update(public=True, placed=False)
    transaction.on_commit(partial(place_cards, article.pk), robust=True)


def renew_cards(stories: QuerySet[Article]) -> None:
    """The name of the title or of a section is another: have the sweep look at these cards.

    Called inside the transaction of that change.
    """
    StoryCard.objects.filter(public=True, article__in=stories).update(placed=False)


def _digest(article: Article) -> str:
    """Of the words that its card has to have; empty where it has none."""
    words = _words(article) if article.is_public else None
    return hashlib.sha256(json.dumps(words).encode()).hexdigest() if words else ""


def _words(article: Article) -> dict[str, str] | None:
    """What is written on the card; None where the story has a photo."""
    revision = article.live
    if revision is None or revision.lead_photo_id is not None:
        return None
    return {
        "name": Site.current().name, "above": revision.section.name, "headline": revision.headline,
    }  # fmt: skip


def place_cards(article_id: int) -> None:
    """Draw what is not drawn, and bring the public folder to what the database says."""
    _renew(article_id)
    for card in StoryCard.objects.filter(article=article_id).select_related("article"):
        if card.public:
            _draw(card)
        place(StoryCard, card.pk)


@transaction.atomic
def _renew(article_id: int) -> None:
    """Promise another card where the one that is there says what is no longer so."""
    held = Article.objects.select_for_update(of=("self",)).select_related("live__section")
    article = held.filter(pk=article_id).first()
    if article is None:
        return
    public = StoryCard.objects.filter(article=article, public=True)
    if public.exclude(drawn_from=_digest(article)).exists():
        refresh_card(article)
        purge(shown.card_changed(article))


def _draw(card: StoryCard) -> None:
    file, words = rendition_file(card.name), _words(card.article)
    if file.exists() or words is None:
        return
    made = draw_card(**words)
    write_whole(file, made.content)
    StoryCard.objects.filter(pk=card.pk).update(bytes=len(made.content))


@transaction.atomic
def delete_cards(article_id: int) -> None:
    """Delete a story's cards with their files: before its own row goes."""
    cards = StoryCard.objects.filter(article=article_id)
    names = list(cards.values_list("name", flat=True))
    cards.delete()
    transaction.on_commit(partial(remove_files, names), robust=True)


def sweep_cards() -> None:
    """Draw and place the cards that a killed process left; one that fails stops no other."""
    left = StoryCard.objects.misplaced().values_list("article_id", flat=True)
    for article_id in set(left[:SWEPT]):
        try:
            place_cards(article_id)
        except OSError:
            logger.exception("card not placed", extra={"article_id": article_id})
