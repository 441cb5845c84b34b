from django.urls import path

from comments import views

app_name = "comments"
urlpatterns = [
    path("<story:path>/comments/", views.conversation, name="post"),
    path("<story:path>/comments/<int:pk>/", views.comment, name="comment"),
    path("<story:path>/comments/<str:token>/", views.receipt, name="receipt"),
]
