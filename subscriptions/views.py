"""The doors: the form, the page after it, the confirmation, and one's own choices."""

import logging
from collections.abc import Callable
from functools import wraps
from http import HTTPStatus
from typing import Any

from django.conf import settings
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import redirect, render
from django.urls import reverse
from django.views.decorators.csrf import csrf_exempt
from django.views.decorators.http import require_http_methods

from newsroom.kit.client import network_of
from newsroom.kit.limits import Limit
from newsroom.kit.links import LinkError
from newsroom.kit.origin import same_origin_post
from newsroom.mail.services import compared_form, suppression_of
from subscriptions import services
from subscriptions.consent import Consent
from subscriptions.forms import AddressForm, consent_of
from subscriptions.links import own_path, preferences_path, subscriber_of
from subscriptions.models import Subscriber

logger = logging.getLogger(__name__)
View = Callable[..., HttpResponse]

PER_ADDRESS = Limit("subscribe-address", times=5, seconds=3600)
PER_NETWORK = Limit("subscribe-network", times=30, seconds=3600)
PER_HOUR = Limit("subscribe-hour", times=1000, seconds=3600)  # Many machines, many victims.

door = require_http_methods(["GET", "HEAD", "POST"])


def private(view: View) -> View:
    """A page that shows what one person typed or holds the key to: kept and indexed nowhere."""

    @wraps(view)
    def shown(request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        response = view(request, *args, **kwargs)
        response.headers["Cache-Control"] = "private, no-store"
        response.headers["X-Robots-Tag"] = "noindex"
        return response

    return shown


def link_page(view: View) -> View:
    """A page behind a mailed link: the token is all it needs, and a bad one is told plainly."""

    @wraps(view)
    def opened(request: HttpRequest, token: str) -> HttpResponse:
        try:
            return view(request, token)
        except LinkError:
            return render(request, "subscriptions/link_dead.html", status=HTTPStatus.GONE)

    return csrf_exempt(door(private(opened)))


@door
@same_origin_post
def subscribe(request: HttpRequest) -> HttpResponse:
    if request.method == "POST":
        return _asked(request)
    return render(request, "subscriptions/subscribe.html", {"page": request.path})


@private
def _asked(request: HttpRequest) -> HttpResponse:
    """One page for every address, known or not, limited or not: it must tell nothing."""
    form = AddressForm(request.POST)
    consent = consent_of(request.POST)
    if not form.is_valid():
        shown = {"form": form, "page": consent.page}
        status = HTTPStatus.UNPROCESSABLE_ENTITY
        return render(request, "subscriptions/subscribe.html", shown, status=status)
    if _may_ask(request, form):
        services.request_subscription(form.cleaned_data["email"], consent=consent)
    shown = _answer(form, page=consent.page, again=reverse("subscriptions:subscribe"))
    return render(request, "subscriptions/asked.html", shown)


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
    if _may_ask(request, form):
        services.request_preferences(form.cleaned_data["email"])
    shown = _answer(form, page="", again=reverse("subscriptions:mail_link"))
    return render(request, "subscriptions/link_asked.html", shown)


@link_page
def confirm(request: HttpRequest, token: str) -> HttpResponse:
    """GET and HEAD change nothing, for link scanners open every link; the button's POST confirms."""
    use = services.confirm if request.method == "POST" else services.wish_of
    subscriber = use(token)
    shown = {"subscriber": subscriber, "choices": preferences_path(subscriber.address)}
    page = "confirmed" if subscriber.is_subscribed else "confirm"
    return render(request, f"subscriptions/{page}.html", shown)


@link_page
def preferences(request: HttpRequest, token: str) -> HttpResponse:
    subscriber = subscriber_of(token)
    if request.method == "POST":
        _choose(request.POST.get("do", ""), subscriber)
        return HttpResponseRedirect(request.path, status=HTTPStatus.SEE_OTHER)
    shown = {
        "subscriber": subscriber,
        "wishes": subscriber.subscriptions.all(),
        "stopped": suppression_of(subscriber.address),
        "choices_of_state": f"subscriptions/_{subscriber.state}_choices.html",
    }
    return render(request, "subscriptions/preferences.html", shown)


def _choose(what: str, subscriber: Subscriber) -> None:
    """Anything else than the four buttons send changes nothing."""
    match what:
        case "pause":
            services.pause(subscriber.pk)
        case "resume":
            services.resume(subscriber.pk)
        case "leave":
            services.leave(subscriber.pk)
        case "come-back":
            consent = Consent(page=reverse("subscriptions:mail_link"))
            services.come_back(subscriber.pk, consent=consent)


def _may_ask(request: HttpRequest, form: AddressForm) -> bool:
    """Whether anything is done at all: not for programs, nor past the limits."""
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
