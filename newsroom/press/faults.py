"""The answers to what cannot be answered, in the site's design."""

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render


def bad_request(request: HttpRequest, exception: Exception) -> HttpResponse:
    """A request that makes no sense: another host's name, too many fields, a broken upload.

    Django's own page for it has no context, so that it could not show the site's head.
    """
    return render(request, "400.html", status=400)
