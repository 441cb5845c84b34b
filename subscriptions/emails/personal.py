"""Letters to one person, about their own mail."""

from django.utils.translation import gettext as _

from newsroom.kit.models import Site
from newsroom.mail.letters import Letter
from newsroom.mail.messages import PREFERENCES
from newsroom.mail.models import Address
from subscriptions.emails.making import make_letter
from subscriptions.links import (
    CONFIRM_FOR,
    DATA_FOR,
    confirmation_link,
    data_link,
    moving_link,
    preferences_link,
)
from subscriptions.models import Cadence, Subscriber


def confirmation(subscriber: Subscriber) -> Letter:
    """Asks whether the wish is meant; nothing in it was written by whoever asked."""
    site = Site.current()
    subject = _("Confirm that you want mail from %(name)s") % {"name": site.name}
    link = confirmation_link(subscriber)
    return make_letter("confirmation", subject, site, link=link, days=CONFIRM_FOR.days)


def already_subscribed(subscriber: Subscriber) -> Letter:
    """Someone asked again for an address that is subscribed: here are its choices."""
    site = Site.current()
    subject = _("You are subscribed to %(name)s") % {"name": site.name}
    opening = _(
        "Someone, we hope you, asked for mail from %(name)s with this address. It is subscribed"
        " already, so there is nothing to confirm. Here you can see what you get, pause or leave."
    )
    if subscriber.state == Subscriber.State.PAUSED:
        opening = _(
            "Someone, we hope you, asked for mail from %(name)s with this address. It is"
            " subscribed, and paused for now. Here you can end the pause, or leave."
        )
    link = preferences_link(subscriber.address)
    return make_letter("choices", subject, site, opening=opening % {"name": site.name}, link=link)


def link_to_choices(address: Address) -> Letter:
    """The way back to one's own page, for someone who asked for it."""
    site = Site.current()
    subject = _("Your choices at %(name)s") % {"name": site.name}
    opening = _("Here you can see what %(name)s sends you, pause it, or leave.")
    link = preferences_link(address)
    return make_letter("choices", subject, site, opening=opening % {"name": site.name}, link=link)


def welcome(subscriber: Subscriber) -> Letter:
    """What was confirmed, said once: what comes, how often, and where to change it."""
    site = Site.current()
    wishes = list(subscriber.subscriptions.standing().select_related("section", "topic", "author"))
    return make_letter(
        "welcome",
        _("Welcome to %(name)s") % {"name": site.name},
        site,
        wishes=wishes,
        link=preferences_link(subscriber.address),
    )


def imported_welcome(cadence: str) -> Letter:
    """To everyone whom a list from elsewhere brought: the same words, sent as list mail."""
    site = Site.current()
    rhythm = str(Cadence(cadence).label)
    subject = _("Your mail from %(name)s") % {"name": site.name}
    return make_letter("imported", subject, site, rhythm=rhythm, link=PREFERENCES)


def key_to_data(subscriber: Subscriber) -> Letter:
    """A fresh link to what is held about a person, for who asked on their own page."""
    site = Site.current()
    subject = _("Your data at %(name)s") % {"name": site.name}
    opening = _(
        "Someone, we hope you, asked to download or erase what %(name)s holds about this address,"
        " or to have the mail sent elsewhere. The link works for %(minutes)d minutes."
    ) % {"name": site.name, "minutes": DATA_FOR.total_seconds() // 60}
    return make_letter(
        "choices", subject, site, opening=opening, link=data_link(subscriber.address), to_data=True
    )


def new_address(subscriber: Subscriber, address: Address) -> Letter:
    """To the new address: whether mail shall come here from now on."""
    site = Site.current()
    subject = _("Shall mail from %(name)s come here?") % {"name": site.name}
    opening = _(
        "Someone, we hope you, asked %(name)s to send their mail to this address from now on."
        " The link opens a page where you confirm it, and works for %(minutes)d minutes."
    ) % {"name": site.name, "minutes": DATA_FOR.total_seconds() // 60}
    link = moving_link(subscriber, address)
    return make_letter("choices", subject, site, opening=opening, link=link, to_move=True)


def left_from_elsewhere(subscriber: Subscriber, before: Address, *, keeps: bool) -> Letter:
    """Somebody left by a link that had been mailed to an earlier address of the reader's.

    `keeps`: other wishes stand.
    """
    site = Site.current()
    subject = _("You have left %(name)s") % {"name": site.name}
    opening = _(
        "A link in a mail that %(name)s had sent to %(before)s, your address at that time, was used"
        " to leave. No more stories come to this address. Here are your choices."
    )
    if keeps:
        subject = _("You get less mail from %(name)s") % {"name": site.name}
        opening = _(
            "A link in a mail that %(name)s had sent to %(before)s, your address at that time, was"
            " used to leave what that mail was sent for. Your other wishes stand. Here they are."
        )
    opening %= {"name": site.name, "before": before.typed}
    link = preferences_link(subscriber.address)
    return make_letter("choices", subject, site, opening=opening, link=link, left=True)
