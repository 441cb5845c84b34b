"""What we got wrong in a story that was mailed, to those who got it."""

from django.urls import reverse
from django.utils.translation import gettext as _

from articles.models import Correction
from newsroom.kit.links import absolute
from newsroom.kit.models import Site
from newsroom.mail.letters import Letter
from subscriptions.emails.making import make_letter


def correction_letter(correction: Correction) -> Letter:
    """What was wrong, what is right, and the ways to the story and its public record.

    With the post room's markers in its foot. Raises ValueError for a story that was never
    published.
    """
    article = correction.article
    if article.live is None:
        raise ValueError("A story that was never published has no correction.")
    headline = " ".join(article.live.headline.split())
    return make_letter(
        "correction",
        _("Correction: %(headline)s") % {"headline": headline},
        Site.current(),
        article=article,
        correction=correction,
        headline=headline,
        reason=correction.revision.reason,
        link=absolute(article.get_absolute_url()),
        history=absolute(reverse("articles:history", args=[article.path])),
    )
