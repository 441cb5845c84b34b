"""The box that invites readers to subscribe, for any page."""

from functools import lru_cache
from typing import Any

from django import template
from django.template.context import Context
from django.urls import reverse
from django.utils.http import urlencode

from articles.models import Author, Section, Topic
from newsroom.kit.context import generation_of
from subscriptions.consent import CURRENT_WORDS, WORDS
from subscriptions.forms import AddressForm
from subscriptions.models import Pace
from subscriptions.reasons import sentence

register = template.Library()


@register.filter
def in_a_sentence(told: list[str]) -> str:
    """`a, b and c`"""
    return sentence(told)


@register.filter
def any_of(choices: list[tuple[str, str]], ticked: set[str]) -> bool:
    """Whether one of these stands ticked."""
    return any(word in ticked for word, _name in choices)


@register.filter
def only_of(choices: list[tuple[str, str]], ticked: set[str]) -> list[tuple[str, str]]:
    """Those of them that stand ticked."""
    return [choice for choice in choices if choice[0] in ticked]


def pace_of(context: Context) -> Pace | None:
    """How often mail comes: read once for all stored pages of a generation, which it begins."""
    generation = generation_of(context["request"]) if "request" in context else 0
    return pace_in(generation) if generation else Pace.objects.first()


@lru_cache(maxsize=2)
def pace_in(generation: int) -> Pace | None:
    """As every page of that generation says it."""
    return Pace.objects.first()


@register.inclusion_tag("subscriptions/_box.html", takes_context=True)
def subscribe_box(context: Context) -> dict[str, Any]:
    """Heading, one field, one button. It fits its column, and once on a page.

    How often mail comes is read from a row: a stored page must not change with the clock.
    """
    page = context["request"].path if "request" in context else ""
    return {
        "this_site": context["this_site"],
        "page": page,
        "words": WORDS[CURRENT_WORDS],
        "pace": pace_of(context),
    }


@register.inclusion_tag("subscriptions/_pace.html")
def mail_pace() -> dict[str, Any]:
    """How often mail comes, with the last one to look at; nothing before the first."""
    return {"pace": Pace.objects.first()}


@register.inclusion_tag("subscriptions/_form.html")
def subscribe_form(page: str = "", form: AddressForm | None = None) -> dict[str, Any]:
    """The form alone, with what was typed; `page` is where it stands, without any token."""
    return {
        "form": form,
        "page": page,
        "id": "subscribe-email",
        "words": WORDS[CURRENT_WORDS],
    }


@register.inclusion_tag("subscriptions/_follow_link.html")
def follow_link(thing: Section | Topic | Author) -> dict[str, Any]:
    """The way from a section's, topic's or author's page to the form with it ticked."""
    kind = str(thing._meta.model_name)
    query = urlencode({kind: thing.slug})
    return {
        "kind": kind,
        "name": str(thing),
        "path": f"{reverse('subscriptions:subscribe')}?{query}",
    }
