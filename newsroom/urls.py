"""All addresses of the site; docs/addresses.md lists those that others may rely on."""

from django.contrib import admin
from django.urls import URLPattern, URLResolver, include, path, register_converter

from newsroom.kit.converters import MonthConverter, StoryPathConverter

register_converter(StoryPathConverter, "story")
register_converter(MonthConverter, "month")

urlpatterns: list[URLPattern | URLResolver] = [
    path("admin/", admin.site.urls),
    path("accounts/", include("newsroom.accounts.urls")),
    path("", include("newsroom.desk.urls")),
    path("", include("newsroom.mail.urls")),
    path("", include("subscriptions.urls")),
    path("", include("comments.urls")),
    path("", include("articles.urls")),
]

handler400 = (
    "newsroom.press.faults.bad_request"  # The other faults are Django's, with our templates.
)
