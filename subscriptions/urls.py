from django.urls import path

from subscriptions import views

app_name = "subscriptions"
urlpatterns = [
    path("subscribe/", views.subscribe, name="subscribe"),
    path("subscribe/confirm/<token>/", views.confirm, name="confirm"),
    path("subscription/", views.mail_link, name="mail_link"),
    path("subscription/<token>/", views.preferences, name="preferences"),
]
