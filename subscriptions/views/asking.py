"""The form, the page after it, the link to one's choices, and the confirmation."""

import logging
from http import HTTPStatus

from django.conf import settings
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse

from newsroom.kit.client import network_of
from newsroom.kit.limits import Limit
from newsroom.kit.origin import same_origin_post
from newsroom.mail.services import compared_form
from subscriptions import services
from subscriptions.choice import chosen_by_link, known_words, word_of
from subscriptions.consent import CHOSEN_WORDS, WORDS
from subscriptions.forms import AddressForm, WishesForm, consent_of
from subscriptions.links import CONFIRM_FOR, own_path, preferences_path
from subscriptions.reasons import with_rhythms
from subscriptions.views.doors import door, link_page, private

PER_ADDRESS = Limit("subscribe-address", times=5, seconds=3600)
PER_NETWORK = Limit("subscribe-network", times=30, seconds=3600)
PER_HOUR = Limit("subscribe-hour", times=1000, seconds=3600)  # Many machines, many victims.
logger = logging.getLogger(__name__)


@door
@same_origin_post
def subscribe(request: HttpRequest) -> HttpResponse:
    if request.method == "POST":
        return _asked(request)
    chosen = chosen_by_link(request.GET)
    initial = {"what": [word_of(chosen)]} if chosen else {}
    standing = {word_of(chosen): "at_once"} if chosen else {}
    wishes = WishesForm(initial=initial, standing=standing)
    return _subscribe_page(request, wishes, page=request.path)


def _subscribe_page(
    request: HttpRequest, wishes: WishesForm, *, page: str, form: AddressForm | None = None
) -> HttpResponse:
    shown = {"form": form, "page": page, "wishes": wishes, "words": WORDS[CHOSEN_WORDS]}
    status = HTTPStatus.UNPROCESSABLE_ENTITY if form else HTTPStatus.OK
    return render(request, "subscriptions/subscribe.html", shown, status=status)


@private
def _asked(request: HttpRequest) -> HttpResponse:
    """One page for every address, known or not, limited or not: it must tell nothing."""
    form = AddressForm(request.POST)
    consent = consent_of(request.POST)
    wishes = _wishes_of(request)
    if not form.is_valid() or not wishes.is_valid():
        return _subscribe_page(request, wishes, page=consent.page, form=form)
    if may_ask(request, form):
        services.request_subscription(
            form.cleaned_data["email"], consent=consent, wishes=wishes.wishes
        )
    shown = _answer(form, page=consent.page, again=reverse("subscriptions:subscribe"))
    if "what" in request.POST:  # Else "Send again" would say that more words had been read.
        shown["chosen"] = [(word, wishes.cleaned_data["cadence"]) for word in wishes.wishes]
    return render(request, "subscriptions/asked.html", shown)


def _wishes_of(request: HttpRequest) -> WishesForm:
    """What was ticked; the form with one field asks for every story at once."""
    typed = request.POST
    if "what" not in typed and "cadence" not in typed:
        return WishesForm({"what": ["all"], "cadence": "at_once"})
    known = known_words(typed.getlist("what"))
    return WishesForm(typed, standing=dict.fromkeys(known, "at_once"))


@door
@same_origin_post
def mail_link(request: HttpRequest) -> HttpResponse:
    if request.method == "POST":
        return _link_asked(request)
    path = own_path(request.user)
    if path is not None:
        return redirect(path)
    return render(request, "subscriptions/mail_link.html")


@private
def _link_asked(request: HttpRequest) -> HttpResponse:
    form = AddressForm(request.POST)
    if not form.is_valid():
        status = HTTPStatus.UNPROCESSABLE_ENTITY
        return render(request, "subscriptions/mail_link.html", {"form": form}, status=status)
    if may_ask(request, form):
        services.request_preferences(form.cleaned_data["email"])
    shown = _answer(form, page="", again=reverse("subscriptions:mail_link"))
    return render(request, "subscriptions/link_asked.html", shown)


@link_page(lives=CONFIRM_FOR)
def confirm(request: HttpRequest, token: str) -> HttpResponse:
    """GET and HEAD change nothing, for link scanners open every link; the button's POST confirms."""
    use = services.confirm if request.method == "POST" else services.wish_of
    subscriber = use(token)
    shown = {
        "subscriber": subscriber,
        "choices": preferences_path(subscriber.address),
        "asked": with_rhythms(dict(subscriber.asked or [])),
    }
    page = "confirmed" if subscriber.is_subscribed else "confirm"
    return render(request, f"subscriptions/{page}.html", shown)


def may_ask(request: HttpRequest, form: AddressForm) -> bool:
    """Whether anything is mailed to what was typed: not for programs, nor past the limits."""
    address = compared_form(form.cleaned_data["email"])
    of_network = PER_NETWORK.allows(network_of(request))
    if form.fell_into_trap or not (PER_ADDRESS.allows(address) and of_network):
        return False
    of_hour = PER_HOUR.allows()  # Last, so that one network alone cannot use it up.
    if not of_hour:
        logger.warning("too many requests for mail this hour")
    return of_hour


def _answer(form: AddressForm, *, page: str, again: str) -> dict[str, object]:
    return {
        "typed": form.cleaned_data["email"],
        "page": page,
        "again": again,
        "sender": settings.DEFAULT_FROM_EMAIL,
    }
