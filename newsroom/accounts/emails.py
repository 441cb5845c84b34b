"""The messages of the account room, returned unsent."""

from django.core.mail import EmailMessage
from django.template.loader import render_to_string
from django.urls import reverse
from django.utils.translation import gettext as _

from newsroom.accounts.models import Invitation
from newsroom.kit.links import absolute
from newsroom.kit.models import Site


def invitation(invitation: Invitation, token: str) -> EmailMessage:
    """Asks someone to the desk; holds the link and nothing that a stranger typed."""
    site = Site.current()
    context = {
        "site": site,
        "role": invitation.get_role_display(),
        "link": absolute(reverse("accounts:invitation", args=[token])),
    }
    subject = _("You are invited to the desk of %(name)s") % {"name": site.name}
    text = render_to_string("accounts/invitation.txt", context)
    return EmailMessage(subject, text, to=[invitation.email])
