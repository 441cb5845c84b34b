from django.urls import path

from newsroom.mail import views
from newsroom.mail.bounces.views import hook

app_name = "mail"
urlpatterns = [
    path("unsubscribe/<str:token>/", views.unsubscribe, name="unsubscribe"),
    path("hooks/mail/<slug:provider>/", hook, name="hook"),
    path("outbox/", views.outbox_list, name="outbox"),
    path("outbox/<str:name>/", views.outbox_letter, name="outbox_letter"),
    path("outbox/<str:name>/html/", views.outbox_html, name="outbox_html"),
]
