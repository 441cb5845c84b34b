"""The admin site of the desk."""

from typing import Any

from django.conf import settings
from django.contrib.admin import AdminSite
from django.contrib.auth.views import redirect_to_login
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.template.response import TemplateResponse
from django.urls import URLPattern, URLResolver, path
from django.utils.translation import gettext_lazy as _

from newsroom.desk.doors import keep_what_was_typed
from newsroom.desk.overview import overview


class DeskSite(AdminSite):
    """Django's admin: signing in is allauth's, and the index says what there is to do."""

    site_header = _("Desk")
    site_title = _("Desk")
    index_title = _("Today")
    index_template = "admin/desk_index.html"
    enable_nav_sidebar = False

    def get_urls(self) -> list[URLResolver | URLPattern]:
        from newsroom.desk import story_mail  # noqa: PLC0415 - It imports the admin.
        from newsroom.desk.views import this_site  # noqa: PLC0415 - As above.

        own = path("this-site/", self.admin_view(this_site), name="this_site")
        return [own, *story_mail.urls(self.admin_view), *super().get_urls()]

    def admin_view(self, view: Any, cacheable: bool = False) -> Any:  # noqa: FBT001, FBT002 - Django's signature.
        """Every page of the desk, with nothing lost when the session has ended."""
        return keep_what_was_typed(super().admin_view(view, cacheable))

    def login(self, request: HttpRequest, extra_context: Any = None) -> HttpResponse:
        """To allauth's page; whoever is signed in and not of the desk is told so."""
        if request.user.is_authenticated:
            return render(request, "admin/not_of_the_desk.html", status=403)
        return redirect_to_login(request.GET.get("next", request.path), settings.LOGIN_URL)

    def index(
        self, request: HttpRequest, extra_context: dict[str, Any] | None = None
    ) -> TemplateResponse:
        return super().index(request, (extra_context or {}) | overview(request))
