"""The mail of a story before it is published, and a test of it to whoever asks for one."""

import base64
import copy
import secrets
from dataclasses import replace
from datetime import timedelta

from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _

from articles.models import Article
from articles.services import rendition_file
from articles.slugs import slug_of
from newsroom.kit.limits import Limit
from newsroom.kit.links import absolute
from newsroom.mail.letters import Letter
from newsroom.mail.models import Delivery
from newsroom.mail.services import promise_letter
from subscriptions.emails import article_letter

LIFE = timedelta(hours=1)  # A test that has not left by then is not wanted any more.
TESTS = Limit("mail-tests", times=20, seconds=3600)
MARKERS = ("%%UNSUBSCRIBE%%", "%%PREFERENCES%%")


class TooManyTestsError(Exception):
    """One person asked for more tests than anybody reads."""


def letter_before(article: Article) -> Letter:
    """The letter as it would be if the newest words were published now; its foot acts on nobody."""
    return harmless(article_letter(as_published(article)))


def preview(article: Article) -> Letter:
    """The same for the desk's eyes, with a picture that is not public yet.

    It stands in the HTML as data: the frame it is shown in has no session.
    """
    letter = harmless(article_letter(as_published(article), for_the_desk=True))
    return replace(letter, html=_with_picture(article, letter.html))


def as_published(article: Article) -> Article:
    """A copy, never saved, of how the story would stand."""
    planned = copy.copy(article)
    planned.live = article.newest
    planned.first_published_at = article.first_published_at or timezone.now()
    if planned.path is None:
        headline = article.newest.headline if article.newest else ""
        slug = article.slug or slug_of(headline) or f"story-{article.pk}"
        planned.path = f"{timezone.localtime():%Y/%m}/{slug}"
    return planned


def _with_picture(article: Article, html: str) -> str:
    photo = article.newest.lead_photo if article.newest else None
    rendition = photo.rendition if photo else None
    if rendition is None or rendition.public:
        return html
    file = rendition_file(rendition.name)
    if not file.is_file():  # The sweep finds it lost, and has it made again.
        return html
    data = base64.b64encode(file.read_bytes()).decode()
    return html.replace(absolute(rendition.url), f"data:image/jpeg;base64,{data}")


def harmless(letter: Letter) -> Letter:
    """With the links of its foot leading to the page where anybody asks for their own."""
    nowhere = absolute(reverse("subscriptions:mail_link"))
    text, html = letter.text, letter.html
    for marker in MARKERS:
        text, html = text.replace(marker, nowhere), html.replace(marker, nowhere)
    return replace(letter, text=text, html=html)


def send_test(letter: Letter, email: str, about: str) -> Delivery:
    """Promise the letter to this one address, marked as a test; its foot acts on nobody.

    `about` names what is tested, for the ledger. Raises TooManyTestsError, AddressError.
    """
    if not TESTS.allows(email):
        raise TooManyTestsError
    subject = _("Test: %(subject)s") % {"subject": letter.subject}
    key = f"test:{about}:{secrets.token_hex(8)}"
    expires_at = timezone.now() + LIFE
    return promise_letter(
        key, email, replace(harmless(letter), subject=subject), expires_at=expires_at
    )
