"""The title's own pictures: its sign, and the card for pages that have no picture.

Both are public as long as the title is. Their private copies lie with the renditions, so that a
backup has them and the public ones can be laid out again.
"""

import logging
from functools import partial

from django.core.files.base import File
from django.db import transaction
from django.utils.translation import gettext as _

from articles import shown
from articles.errors import PictureError
from articles.models import Article
from articles.pictures.drawing import draw_card
from articles.pictures.logo import logo_png
from articles.pictures.reading import LARGEST_FILE
from articles.pictures.refusals import SENTENCES, Refusal, RefusedError
from articles.services.cards import renew_cards
from articles.services.placing import (
    lay_out,
    public_file,
    remove_files,
    rendition_file,
    write_whole,
)
from articles.services.renditions import new_name
from newsroom.kit.models import Site
from newsroom.press.services import purge

logger = logging.getLogger(__name__)


def read_logo(upload: File[bytes]) -> bytes:
    """The sign as a PNG. Raises PictureError, with what to do."""
    try:
        if (upload.size or 0) > LARGEST_FILE:
            raise RefusedError(Refusal.TOO_HEAVY)
        return logo_png(upload.read())
    except RefusedError as error:
        raise PictureError(str(SENTENCES[error.refusal])) from error


@transaction.atomic
def title_edited(*, logo: bytes | None = None, card: bool = False) -> None:
    """What the owner typed about the title is saved: its pictures follow, and all pages begin
    anew, once for all of it. `logo`: a PNG that is the sign from now on; empty bytes take the
    sign away. `card`: whether the card is drawn anew, as after a change of name or tagline."""
    if logo is not None:
        _replace("logo", logo, "png")
    if card:
        _draw_card()
        renew_cards(Article.objects.all())
    purge(shown.site_changed())


@transaction.atomic
def draw_site_card() -> None:
    """Draw the title's card where there is none yet, or anew."""
    _draw_card()
    purge(shown.site_changed())  # The card is named on every page.


@transaction.atomic
def delete_title_pictures() -> None:
    """Delete the sign and the card with their files: before the title's own row goes."""
    for column in ("logo", "card"):
        _replace(column, b"", "")
    purge(shown.site_changed())


def _draw_card() -> None:
    site = Site.current()
    made = draw_card(name=site.name, above=_("News"), headline=site.tagline or site.name)
    _replace("card", made.content, "jpg")


def _replace(column: str, content: bytes, suffix: str) -> None:
    """New bytes under a new name: browsers keep what they have under the old one."""
    site, _made = Site.objects.select_for_update().get_or_create(pk=1)
    before, name = getattr(site, column), new_name(suffix) if content else ""
    if content:
        write_whole(rendition_file(name), content)
        lay_out(rendition_file(name), public_file(name))
    Site.objects.filter(pk=1).update(**{column: name})
    if before:
        transaction.on_commit(partial(remove_files, [before]), robust=True)


def sweep_title_pictures() -> None:
    """Lay out what is not there, and draw the card of a title that has none yet."""
    site = Site.objects.filter(pk=1).first()
    if site is None:
        return
    if not site.card:
        draw_site_card()
    for name in filter(None, (site.logo, site.card)):
        try:
            lay_out(rendition_file(name), public_file(name))
        except OSError:
            logger.exception("picture of the title not placed")
