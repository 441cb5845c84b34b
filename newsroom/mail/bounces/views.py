"""The door for what mail providers report."""

from django.conf import settings
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseBadRequest
from django.views.decorators.csrf import csrf_exempt
from django.views.decorators.http import require_http_methods

from newsroom.mail.providers import PROVIDERS


@csrf_exempt  # A signature or a password of the provider's own is the permission.
@require_http_methods(["GET", "HEAD", "POST"])
def hook(request: HttpRequest, provider: str) -> HttpResponse:
    """404 for all providers but those with a secret (MAIL_HOOK_...), 400 for reports that are
    not proved or cannot be read, 401 to who brings no password at all: Amazon's wait to be asked
    for it. GET and HEAD, by which some try the address, change nothing."""
    secret = settings.MAIL_HOOKS.get(provider)
    if secret is None:
        raise Http404
    if request.method == "POST":
        if (
            PROVIDERS[provider].proof == "webhook_secret"
            and "Authorization" not in request.headers
        ):
            return HttpResponse(status=401, headers={"WWW-Authenticate": 'Basic realm="reports"'})
        from newsroom.mail.bounces import hooks  # noqa: PLC0415 - A slow import, for few sites.

        if not hooks.take_reports(request, provider, secret):
            return HttpResponseBadRequest()
    return HttpResponse()
