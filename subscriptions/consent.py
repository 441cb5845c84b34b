"""What is kept of a person's asking: the page, and the words they agreed to."""

from dataclasses import dataclass

from django.urls import Resolver404, resolve, reverse
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

# Never alter a sentence that readers have seen: add a version, and make it the current one.
WORDS: dict[str, Promise] = {
    "2026-11": _(
        "We send you each new story when it is published, after you have confirmed your address."
        " You can pause or leave at any time, by a link in every mail."
    ),
    "2026-11-chosen": _(
        "We send you what you chose here, as often as you chose, after you have confirmed your"
        " address. You can change it, pause or leave at any time, by a link in every mail."
    ),
    "2026-11-listed": _(
        "We send you what is listed here, as often as it says, from the next story on. You can"
        " change it, pause or leave at any time, by a link in every mail."
    ),
}
CURRENT_WORDS = "2026-11"  # Beside the form with one field.
CHOSEN_WORDS = "2026-11-chosen"  # Beside the form in which one chooses what and how often.
LISTED_WORDS = "2026-11-listed"  # On one's own page, where one subscribes again.
ROOMS = {"articles", "subscriptions"}  # Whose pages bear such forms.


@dataclass(frozen=True)
class Consent:
    """The page the form stood on, and the version of the words beside it."""

    page: str
    words: str = CURRENT_WORDS


def page_of_form(path: str) -> str:
    """The path if it is a page that may bear the form, at most 200 characters; else empty.

    The form names its own page, so anyone may write anything there, and addresses of the desk
    and of accounts hold any text. Tokens in a path are a person's keys and are not kept.
    """
    try:
        match = resolve(path)
    except Resolver404:
        return ""
    if match.app_name not in ROOMS:
        return ""
    if "token" in match.kwargs:
        return reverse(match.view_name, kwargs=match.kwargs | {"token": "-"})
    return path[:200]
