"""The messages of the comments room, returned unsent."""

from django.template.loader import render_to_string
from django.urls import reverse
from django.utils.translation import ngettext

from newsroom.kit.links import absolute
from newsroom.kit.models import Site
from newsroom.mail.letters import Letter


def comments_wait(count: int) -> Letter:
    """To a moderator: how many comments wait, and where. Nothing that a stranger wrote."""
    site = Site.current()
    subject = ngettext(
        "%(count)d comment waits on %(site)s", "%(count)d comments wait on %(site)s", count
    ) % {"count": count, "site": site.name}
    context = {
        "subject": subject,
        "count": count,
        "site": site,
        "queue": absolute(reverse("admin:comments_comment_changelist")),
    }
    return Letter(
        subject=subject,
        text=render_to_string("comments/mail/waiting.txt", context),
        html=render_to_string("comments/mail/waiting.html", context),
    )
