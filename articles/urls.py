"""The addresses of the public pages."""

from django.urls import path, re_path

from articles import staff, views
from articles.feeds import views as feeds
from articles.machines import views as machines
from articles.models import SitePage
from newsroom.press.stored import stored

MONTH = "(?P<year>[12][0-9]{3})-(?P<month>0[1-9]|1[0-2])"
PART = "-(?P<part>[2-9]|[1-9][0-9])"  # The first part of a map has no number.

app_name = "articles"
urlpatterns = [
    path("", views.front, name="front"),
    path("<story:path>/", views.detail, name="detail"),
    path("<story:path>/history/", views.history, name="history"),
    path("section/<slug:slug>/", views.section, name="section"),
    path("topic/<slug:slug>/", views.topic, name="topic"),
    path("author/<slug:slug>/", views.author, name="author"),
    path("latest/", views.latest, name="latest"),
    path("archive/", views.archive, name="archives"),
    path("archive/<month:month>/", views.month, name="month"),
    path("corrections/", views.corrections, name="corrections"),
    path("pictures/", views.pictures, name="pictures"),
    path("search/", views.search, name="search"),
    path("feed/", feeds.site_rss, name="feed"),
    path("feed/atom/", feeds.site_atom, name="atom"),
    path("feed/json/", feeds.site_json, name="json_feed"),
    path("section/<slug:slug>/feed/", feeds.section, name="section_feed"),
    path("topic/<slug:slug>/feed/", feeds.topic, name="topic_feed"),
    path("author/<slug:slug>/feed/", feeds.author, name="author_feed"),
    path("latest/feed/", feeds.latest, name="latest_feed"),
    path("archive/<month:month>/feed/", feeds.month, name="month_feed"),
    path("corrections/feed/", feeds.corrections, name="corrections_feed"),
    path("pictures/feed/", feeds.pictures, name="pictures_feed"),
    path("sitemap.xml", machines.sitemap, name="sitemap"),
    path("sitemap-pages.xml", stored(machines.sitemap_pages), name="sitemap_pages"),
    re_path(rf"^sitemap-{MONTH}\.xml$", stored(machines.sitemap_month), name="sitemap_month"),
    # Further parts are for more than 50,000 addresses; nobody purges them, so nobody stores them.
    re_path(rf"^sitemap-pages{PART}\.xml$", machines.sitemap_pages, name="sitemap_pages"),
    re_path(rf"^sitemap-{MONTH}{PART}\.xml$", machines.sitemap_month, name="sitemap_month"),
    path("news-sitemap.xml", machines.news_sitemap, name="news_sitemap"),
    path("reading-list/", views.reading_list, name="reading_list"),
    path("robots.txt", machines.robots, name="robots"),
    path(".well-known/security.txt", machines.security, name="security"),
    path("favicon.ico", machines.favicon, name="favicon"),
    path("apple-touch-icon.png", machines.touch_icon, name="touch_icon"),
    path("site.webmanifest", machines.manifest, name="manifest"),
    re_path(
        r"^desk/renditions/(?P<name>[a-z0-9]+\.[a-z0-9]+)$",
        staff.rendition,
        name="staff_rendition",
    ),
    re_path(rf"^(?P<slug>{'|'.join(SitePage.Slug.values)})/$", views.site_page, name="site_page"),
]
