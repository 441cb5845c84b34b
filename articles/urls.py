"""The addresses of the public pages."""

from django.urls import path, re_path

from articles import machines, staff, views
from articles.models import SitePage

app_name = "articles"
urlpatterns = [
    path("", views.front, name="front"),
    path("<story:path>/", views.detail, name="detail"),
    path("<story:path>/history/", views.history, name="history"),
    path("section/<slug:slug>/", views.section, name="section"),
    path("topic/<slug:slug>/", views.topic, name="topic"),
    path("author/<slug:slug>/", views.author, name="author"),
    path("latest/", views.latest, name="latest"),
    path("search/", views.search, name="search"),
    path("reading-list/", views.reading_list, name="reading_list"),
    path("feed/", machines.feed, name="feed"),
    path("robots.txt", machines.robots, name="robots"),
    path("favicon.ico", machines.favicon, name="favicon"),
    path("desk/renditions/<str:name>", staff.rendition, name="staff_rendition"),
    re_path(rf"^(?P<slug>{'|'.join(SitePage.Slug.values)})/$", views.site_page, name="site_page"),
]
