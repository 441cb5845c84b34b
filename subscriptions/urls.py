from datetime import date

from django.urls import path, register_converter

from subscriptions.views import asking, digests, holding, preferences


class DayConverter:
    """`2026-11-25`"""

    regex = "[0-9]{4}-[0-9]{2}-[0-9]{2}"

    def to_python(self, value: str) -> date:
        return date.fromisoformat(value)

    def to_url(self, value: date) -> str:
        return value.isoformat()


register_converter(DayConverter, "day")

app_name = "subscriptions"
urlpatterns = [
    path("subscribe/", asking.subscribe, name="subscribe"),
    path("subscribe/last-mail/", digests.last_mail, name="last_mail"),
    path("subscribe/confirm/<token>/", asking.confirm, name="confirm"),
    path("subscription/", asking.mail_link, name="mail_link"),
    path("subscription/<token>/", preferences.preferences, name="preferences"),
    path("subscription/data/<token>/", holding.data, name="data"),
    path("subscription/move/<token>/", holding.move, name="move"),
    path("digests/", digests.digests, name="digests"),
    path("digests/<day:day>/", digests.digest, name="digest"),
    path("digests/feed/", digests.digests_feed, name="digests_feed"),
]
