"""Two content security policies: one for pages that may be stored, one for the desk."""

from django.conf import settings
from django.http import HttpRequest, HttpResponse
from django.middleware.csp import ContentSecurityPolicyMiddleware

DESK_PATHS = ("/admin/", "/accounts/")


class PolicyMiddleware(ContentSecurityPolicyMiddleware):
    """Django's own, with the desk's policy on the desk's and the account pages.

    A stored page cannot carry a nonce (W3C CSP 3, section 7.1), so only pages that are
    never stored get one.
    """

    def process_response(self, request: HttpRequest, response: HttpResponse) -> HttpResponse:
        if request.path.startswith(DESK_PATHS) and not hasattr(response, "_csp_config"):
            response._csp_config = settings.SECURE_CSP_DESK  # type: ignore[attr-defined]  # Where Django's middleware looks.
        return super().process_response(request, response)
