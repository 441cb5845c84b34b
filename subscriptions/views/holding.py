"""The page behind a fresh link: download, erase, move; and the page that the new address gets."""

from http import HTTPStatus

from django.http import HttpRequest, HttpResponse, JsonResponse
from django.shortcuts import render

from newsroom.kit.limits import Limit
from newsroom.mail.models import Address
from subscriptions import services
from subscriptions.forms import AddressForm
from subscriptions.links import DATA_FOR, preferences_path, read_data, read_moving
from subscriptions.models import Subscriber
from subscriptions.views.asking import may_ask
from subscriptions.views.doors import link_page

MOVES = Limit("subscription-move", times=3, seconds=3600)


@link_page(lives=DATA_FOR)
def data(request: HttpRequest, token: str) -> HttpResponse:
    """GET shows three buttons; POST does what its button names."""
    subscriber = read_data(token)
    match request.POST.get("do", "") if request.method == "POST" else "":
        case "download":
            return _download(subscriber)
        case "erase" if "sure" not in request.POST:
            return _page(request, subscriber, not_sure=True)
        case "erase":
            services.erase(subscriber)
            return render(request, "subscriptions/erased.html")
        case "move":
            return _move(request, subscriber)
    return _page(request, subscriber)


def _page(
    request: HttpRequest,
    subscriber: Subscriber,
    *,
    form: AddressForm | None = None,
    not_sure: bool = False,
) -> HttpResponse:
    choices = preferences_path(subscriber.address)
    shown = {"subscriber": subscriber, "form": form, "not_sure": not_sure, "choices": choices}
    status = HTTPStatus.UNPROCESSABLE_ENTITY if form or not_sure else HTTPStatus.OK
    return render(request, "subscriptions/data.html", shown, status=status)


def _download(subscriber: Subscriber) -> HttpResponse:
    answer = JsonResponse(services.everything_held(subscriber), json_dumps_params={"indent": 2})
    answer["Content-Disposition"] = 'attachment; filename="my-subscription.json"'
    return answer


def _move(request: HttpRequest, subscriber: Subscriber) -> HttpResponse:
    """One page for every address: whether it is known is its owner's affair."""
    form = AddressForm(request.POST)
    if not form.is_valid():
        return _page(request, subscriber, form=form)
    if MOVES.allows(str(subscriber.pk)) and may_ask(request, form):
        services.request_move(subscriber, form.cleaned_data["email"])
    shown = {"typed": form.cleaned_data["email"], "subscriber": subscriber}
    return render(request, "subscriptions/move_asked.html", shown)


@link_page(lives=DATA_FOR)
def move(request: HttpRequest, token: str) -> HttpResponse:
    """GET asks, POST moves; a second press shows the same page.

    An address that is subscribed itself stays as it is, and its owner, whom the link was
    mailed to, is told why.
    """
    subscriber, address = read_moving(token)
    shown: dict[str, object] = {"address": address, "choices": preferences_path(address)}
    if _is_taken(address, subscriber):
        conflict = HTTPStatus.CONFLICT
        return render(request, "subscriptions/move_taken.html", shown, status=conflict)
    if request.method == "POST":
        subscriber = services.move(subscriber, address)
    shown["moved"] = subscriber.address_id == address.pk
    return render(request, "subscriptions/move.html", shown)


def _is_taken(address: Address, subscriber: Subscriber) -> bool:
    there = Subscriber.objects.filter(address=address).exclude(pk=subscriber.pk).first()
    return there is not None and there.is_subscribed
