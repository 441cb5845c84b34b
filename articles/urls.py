from django.urls import path

from articles import staff, views

app_name = "articles"
urlpatterns = [
    path("", views.front, name="front"),
    path("<story:path>/", views.detail, name="detail"),
    path("section/<slug:slug>/", views.section, name="section"),
    path("topic/<slug:slug>/", views.topic, name="topic"),
    path("author/<slug:slug>/", views.author, name="author"),
    path("latest/", views.latest, name="latest"),
    path("search/", views.search, name="search"),
    path("feed/", views.feed, name="feed"),
    path("robots.txt", views.robots, name="robots"),
    path("favicon.ico", views.favicon, name="favicon"),
    path("desk/renditions/<str:name>", staff.rendition, name="staff_rendition"),
    *(
        path(f"{slug}/", views.site_page, {"slug": slug}, name=f"page-{slug}")
        for slug in ("about", "contact", "staff", "ethics", "privacy", "comment-guidelines")
    ),
]
