"""The box that invites readers to subscribe, for any page."""

from typing import Any

from django import template
from django.template.context import Context

from subscriptions.consent import CURRENT_WORDS, WORDS
from subscriptions.forms import AddressForm
from subscriptions.reasons import sentence

register = template.Library()


@register.filter
def in_a_sentence(told: list[str]) -> str:
    """`a, b and c`"""
    return sentence(told)


@register.inclusion_tag("subscriptions/_box.html", takes_context=True)
def subscribe_box(context: Context) -> dict[str, Any]:
    """Heading, one field, one button. It fits its column, and once on a page."""
    page = context["request"].path if "request" in context else ""
    return {"this_site": context["this_site"], "page": page, "words": WORDS[CURRENT_WORDS]}


@register.inclusion_tag("subscriptions/_form.html")
def subscribe_form(page: str = "", form: AddressForm | None = None) -> dict[str, Any]:
    """The form alone, with what was typed; `page` is where it stands, without any token."""
    return {
        "form": form,
        "page": page,
        "id": "subscribe-email",
        "words": WORDS[CURRENT_WORDS],
    }
