"""What the desk's pages of a story say of its mail."""

from datetime import datetime
from typing import Any

from django import template
from django.conf import settings
from django.template.context import Context
from django.utils.formats import number_format
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from articles.models import Article
from newsroom.mail.letters import Letter
from newsroom.mail.models import Delivery
from subscriptions import services
from subscriptions.services.counting import Audience, Going, audience_of
from subscriptions.services.previewing import letter_before
from subscriptions.services.telling import told_of

register = template.Library()


@register.simple_tag
def audience_before(article: Article) -> Audience:
    """Who would get the newest words if they were published now."""
    if article.newest is None:
        return Audience([])
    mailing = services.to_take_up(article)
    moment = services.end_of_hold(Article.MailChoice.AT_ONCE)
    return audience_of(article.newest, moment, since=mailing.created_at if mailing else None)


@register.filter
def going_with(audience: Audience, choice: str) -> Going:
    """How many get it how with this mail choice."""
    return audience.going(choice)


@register.simple_tag
def mail_hold() -> dict[str, Any]:
    """How long mail is held after publishing, in minutes, and until when if it were now."""
    end: datetime = services.end_of_hold(Article.MailChoice.AT_ONCE)
    return {"minutes": settings.MAIL_HOLD_MINUTES, "end": end}


@register.simple_tag
def mail_preview(article: Article) -> Letter:
    """The mail that would be sent, with subject and text."""
    return letter_before(article)


@register.simple_tag
def mail_is_open(article: Article) -> bool:
    """Whether publishing the story decides about its mail."""
    return article.first_published_at is None or services.to_take_up(article) is not None


@register.simple_tag
def mail_comes_back(article: Article) -> str:
    """What becomes of the mail of a withdrawn story that is published again."""
    mailing = services.to_take_up(article)
    if mailing is None:
        return _("A story that comes back is not mailed again.")
    left = mailing.deliveries.exclude(state=Delivery.State.CANCELLED).count()
    if left:
        return ngettext(
            "Its mail was called off when %(n)s message had left. Nobody gets it twice; the"
            " others who had subscribed when it was first published get it now, as you say below.",
            "Its mail was called off when %(n)s messages had left. Nobody gets it twice; the"
            " others who had subscribed when it was first published get it now, as you say below.",
            left,
        ) % {"n": number_format(left, force_grouping=True)}
    return _(
        "Its mail was called off before any was sent, so it is mailed now: as you say below,"
        " to those who had subscribed when it was first published."
    )


@register.inclusion_tag("admin/articles/_mail_told.html", takes_context=True)
def mail_of_story(context: Context, article: Article) -> dict[str, Any]:
    """When and to how many the story was mailed, and what may still be done about it."""
    return {
        "article": article,
        "told": told_of(article),
        "perms": context["perms"],
    }
