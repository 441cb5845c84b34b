"""One's own page: what comes, how often, pausing and leaving; with the mailed link alone."""

from http import HTTPStatus
from typing import Any

from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import render
from django.utils.http import urlencode

from newsroom.kit.limits import Limit
from newsroom.mail.services import suppression_of
from subscriptions import services
from subscriptions.consent import LISTED_WORDS, WORDS, Consent, page_of_form
from subscriptions.forms import ChoicesForm, PauseForm
from subscriptions.links import subscriber_of
from subscriptions.models import Subscriber, Subscription
from subscriptions.reasons import with_rhythms
from subscriptions.services.choosing import wishes_on_return
from subscriptions.views.doors import link_page

PAUSES = {"7": 7, "30": 30}  # Days, by what the button says.
KEYS = Limit("subscription-data", times=5, seconds=3600)


@link_page()
def preferences(request: HttpRequest, token: str) -> HttpResponse:
    """GET shows; POST does the one thing that its button `do` names."""
    subscriber = subscriber_of(token)
    if request.method == "POST":
        return _press(request, subscriber)
    return _page(request, subscriber)


def _page(
    request: HttpRequest,
    subscriber: Subscriber,
    *,
    form: ChoicesForm | None = None,
    pause: PauseForm | None = None,
) -> HttpResponse:
    bound = [shown for shown in (form, pause) if shown is not None]
    shown: dict[str, Any] = {
        "subscriber": subscriber,
        "stopped": suppression_of(subscriber.address),
        "choices_of_state": f"subscriptions/_{subscriber.state}_choices.html",
        "asked": _asked(subscriber),
        "words": WORDS[LISTED_WORDS],
        "form": form or ChoicesForm(subscriber=subscriber),
        "pause": pause or PauseForm(zone=subscriber.zone),
        "saved": request.GET.get("saved", "") if not bound else "",
        "left": _left(request, subscriber),
        "key_sent": "key" in request.GET,
    }
    status = HTTPStatus.UNPROCESSABLE_ENTITY if bound else HTTPStatus.OK
    return render(request, "subscriptions/preferences.html", shown, status=status)


def _asked(subscriber: Subscriber) -> list[tuple[str, str]]:
    """What "Subscribe" would bring to whoever gets nothing now."""
    return [] if subscriber.is_subscribed else with_rhythms(wishes_on_return(subscriber))


def _left(request: HttpRequest, subscriber: Subscriber) -> Subscription | None:
    """The wish that was just left."""
    word = request.GET.get("left", "")
    rows = subscriber.subscriptions.exclude(left_at=None)
    return next((row for row in rows if row.word == word), None)


def _press(request: HttpRequest, subscriber: Subscriber) -> HttpResponse:
    match request.POST.get("do", ""):
        case "choose":
            return _choose(request, subscriber)
        case "pause":
            return _pause(request, subscriber)
        case "leave-wish":
            return _leave_wish(request, subscriber)
        case "send-key":
            return _send_key(request, subscriber)
    _do(request, subscriber)
    return _back(request)


def _do(request: HttpRequest, subscriber: Subscriber) -> None:
    """Anything else than what the buttons send changes nothing."""
    match request.POST.get("do", ""):
        case "resume":
            services.resume(subscriber.pk)
        case "leave":
            services.leave(subscriber.pk)
        case "come-back":
            consent = Consent(page=page_of_form(request.path), words=LISTED_WORDS)
            services.come_back(subscriber.pk, consent=consent)
        case "take-back":
            services.take_back(subscriber, {request.POST.get("wish", "")})


def _back(request: HttpRequest, **said: str) -> HttpResponse:
    query = f"?{urlencode(said)}" if said else ""
    return HttpResponseRedirect(f"{request.path}{query}", status=HTTPStatus.SEE_OTHER)


def _choose(request: HttpRequest, subscriber: Subscriber) -> HttpResponse:
    form = ChoicesForm(request.POST, subscriber=subscriber)
    if not form.is_valid():
        return _page(request, subscriber, form=form)
    services.choose(subscriber.pk, form.wishes, form.hours)
    return _back(request, saved="1")


def _pause(request: HttpRequest, subscriber: Subscriber) -> HttpResponse:
    """For seven or thirty days by a button, or until the day that was typed."""
    span = request.POST.get("days", "30")
    if span in PAUSES:
        services.pause(subscriber.pk, days=PAUSES[span])
        return _back(request)
    form = PauseForm(request.POST, zone=subscriber.zone)
    if not form.is_valid():
        return _page(request, subscriber, pause=form)
    services.pause(subscriber.pk, until=form.cleaned_data["until"])
    return _back(request)


def _leave_wish(request: HttpRequest, subscriber: Subscriber) -> HttpResponse:
    """One wish less; the last one is leaving altogether."""
    word = request.POST.get("wish", "")
    standing = {wish.word for wish in subscriber.subscriptions.standing()}
    if word not in standing:
        return _back(request)
    if len(standing) == 1:
        services.leave(subscriber.pk)
        return _back(request)
    services.leave_wishes(subscriber, {word})
    return _back(request, left=word)


def _send_key(request: HttpRequest, subscriber: Subscriber) -> HttpResponse:
    """Mail a fresh link to the page of one's data, a few an hour at most."""
    if KEYS.allows(str(subscriber.pk)):
        services.send_key(subscriber)
    return _back(request, key="1")
