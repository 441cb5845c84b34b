from django.urls import include, path

from newsroom.accounts import views

own = [
    path("", views.profile, name="profile"),
    path("invitation/<str:token>/", views.invitation, name="invitation"),
]

urlpatterns = [
    path("", include((own, "accounts"))),
    path("", include("allauth.urls")),
]
