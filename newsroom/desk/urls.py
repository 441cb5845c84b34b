from django.urls import URLPattern, path

from newsroom.desk import status

app_name = "desk"
urlpatterns: list[URLPattern] = [
    path("healthz", status.healthz, name="healthz"),
    path("readyz", status.readyz, name="readyz"),
]
