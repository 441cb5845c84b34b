"""One page of every type that readers meet, asked for as a reader asks."""

from collections.abc import Callable, Iterator
from datetime import date
from typing import Any
from urllib.parse import urlsplit

from django.core.management import call_command
from django.http.response import HttpResponseBase
from django.test import Client, RequestFactory
from django.urls import reverse
from django.utils import timezone
from django.views.defaults import server_error

from articles.models import Article, Author, Kind, Section, SitePage, Topic
from articles.services import PublicChange, publish_changes, save_revision, withdraw
from articles.services.drafts import newest_of
from comments.models import Comment
from newsroom.mail.links import address_token
from newsroom.mail.services import find_or_make_address, preferences_token
from subscriptions.links import confirmation_link, data_link, moving_link
from subscriptions.models import Edition, Subscriber
from tests.makers import make_article, make_subscriber, make_user, make_words

SAME_ORIGIN = {"Sec-Fetch-Site": "same-origin"}
CROSS_SITE = {"Sec-Fetch-Site": "cross-site"}
BROKEN = "broken"  # Made without the database, which alone knows the title's name.


def furnish() -> None:
    """The demonstration title, and the few rows that it has none of."""
    call_command("seed_demo", verbosity=0)
    make_article(headline="Without a photo")
    withdraw(make_article(headline="Withdrawn").pk, editor=None, note="It was wrong.")
    changed = make_article(headline="Changed")
    words = make_words(headline="Changed again", section=changed.section)
    save_revision(changed.pk, words, editor=None, began_from=newest_of(changed).number)
    change = PublicChange("correction", "A figure was wrong.", "Seven ships.", "Eight ships.")
    publish_changes(changed.pk, change, editor=None)


def pages() -> Iterator[tuple[str, HttpResponseBase]]:
    """The name of each page type and the answer to an anonymous reader."""
    client = Client()
    for name, path in addresses():
        yield name, client.get(path)
    yield from sent()
    yield from failed()
    member = Client()
    member.force_login(make_user("member@example.org", password="a long passphrase"))
    for name, path in signed_in():
        yield name, member.get(path)


def signed_in() -> Iterator[tuple[str, str]]:
    """What a GET shows to who is signed in."""
    for name in ("accounts:profile", "account_email", "account_change_password", "mfa_index"):
        yield f"signed in: {name}", reverse(name)


def addresses() -> Iterator[tuple[str, str]]:
    """What a GET shows."""
    public = Article.objects.published()
    for row in (Section.objects.all()[0], Topic.objects.filter(articles__in=public)[0]):
        yield row._meta.model_name or "", row.get_absolute_url()
    yield "author", Author.objects.filter(articles__in=public)[0].get_absolute_url()
    yield from _stories()
    yield "withdrawn", Article.objects.filter(state="withdrawn")[0].get_absolute_url()
    for page in SitePage.objects.all():
        yield f"site page {page.slug}", page.get_absolute_url()
    yield from _fixed()
    subscriber = make_subscriber()
    token = preferences_token(subscriber.address)
    yield "preferences", reverse("subscriptions:preferences", args=[token])
    leaving = address_token("unsubscribe", subscriber.address)
    yield "leave", reverse("mail:unsubscribe", args=[leaving])
    yield "dead link", reverse("mail:unsubscribe", args=["nonsense"])
    yield from _of_mail(subscriber)
    waiting = make_subscriber(state=Subscriber.State.PENDING)
    yield "confirm", urlsplit(confirmation_link(waiting)).path


def stored_pages() -> dict[str, list[str]]:
    """The addresses of pages that are kept as files, by the name of their route: at least one
    of each, and one for each form that a page of the route takes."""
    public = Article.objects.published()
    rows: list[Section | Topic | Author] = [
        Section.objects.all()[0],
        Topic.objects.filter(articles__in=public)[0],
        Author.objects.exclude(portrait=None).filter(articles__in=public)[0],
    ]
    month = str(public.newest_first()[0].path)[:7]
    year, _slash, number = month.partition("/")
    silent = public.filter(comments=None)
    told = public.filter(corrections__isnull=False)
    talks = [Comment.objects.published()[0].article, *silent.filter(comment_policy="open")[:1]]
    talks += public.filter(comment_policy="closed")[:1]
    plain = ("front", "latest", "archives", "corrections", "pictures", "reading_list", "robots",
             "feed", "atom", "json_feed", "latest_feed", "corrections_feed", "pictures_feed",
             "sitemap", "sitemap_pages", "news_sitemap")  # fmt: skip
    found = {f"articles:{name}": [reverse(f"articles:{name}")] for name in plain}
    for row in rows:
        address = row.get_absolute_url()
        found[f"articles:{row._meta.model_name}"] = [address]
        found[f"articles:{row._meta.model_name}_feed"] = [f"{address}feed/"]
    for name in ("month", "month_feed"):
        found[f"articles:{name}"] = [reverse(f"articles:{name}", args=[month])]
    sitemap = reverse("articles:sitemap_month", kwargs={"year": year, "month": number})
    stories = {path for name, path in _stories() if name.startswith("story")}
    records = [story.path for story in (*told[:1], *public.filter(corrections=None)[:1])]
    pages = [page.get_absolute_url() for page in SitePage.objects.all()]
    return found | {
        "articles:sitemap_month": [sitemap],
        "articles:detail": sorted(stories),
        "articles:history": [reverse("articles:history", args=[path]) for path in records],
        "articles:site_page": pages,
        "comments:post": [reverse("comments:post", args=[story.path]) for story in talks],
        "subscriptions:digest": [_edition()],
        "subscriptions:digests": [reverse("subscriptions:digests")],
        "subscriptions:digests_feed": [reverse("subscriptions:digests_feed")],
    }


def _of_mail(subscriber: Subscriber) -> Iterator[tuple[str, str]]:
    """One's own page in each state, one's data, and what everyone may read of the mail."""
    for state in ("paused", "left", "pending"):
        token = preferences_token(make_subscriber(state=state).address)
        yield f"preferences: {state}", reverse("subscriptions:preferences", args=[token])
    topic = Topic.objects.filter(articles__in=Article.objects.published())[0]
    several = make_subscriber(wishes={"all": "daily", f"topic:{topic.pk}": "at_once"})
    token = preferences_token(several.address)
    yield "preferences: several", reverse("subscriptions:preferences", args=[token])
    yield "data", urlsplit(data_link(subscriber.address)).path
    elsewhere = find_or_make_address("elsewhere@example.org")
    yield "move", urlsplit(moving_link(subscriber, elsewhere)).path
    yield "move to a subscribed address", urlsplit(moving_link(subscriber, several.address)).path
    yield "subscribe to a topic", f"/subscribe/?topic={topic.slug}"
    yield "digests", reverse("subscriptions:digests")
    yield "digest", _edition()


def _edition() -> str:
    """The address of a day with a general edition."""
    now = timezone.now()
    edition, _ = Edition.objects.get_or_create(
        on=date(2026, 11, 25), cadence="daily", defaults={"begins_at": now, "ends_at": now}
    )
    edition.articles.set(Article.objects.published()[:3])
    return "/digests/2026-11-25/"


def _stories() -> Iterator[tuple[str, str]]:
    public = Article.objects.published()
    for kind in Kind.values:
        story = public.filter(kind=kind).first()
        if story is not None:
            yield f"story: {kind}", story.get_absolute_url()
    yield "story without photo", public.filter(live__lead_photo=None)[0].get_absolute_url()
    corrected = public.filter(corrections__isnull=False)[0]
    yield "story with a correction", corrected.get_absolute_url()
    with_gallery = public.filter(live__gallery_rows__isnull=False)[0]
    yield "story with a gallery", with_gallery.get_absolute_url()
    sourced = public.exclude(live__sources="")[0]
    yield "story with sources", sourced.get_absolute_url()
    yield "history", reverse("articles:history", args=[corrected.path])
    talked = Comment.objects.published()[0].article
    conversation = reverse("comments:post", args=[talked.path])
    yield "conversation", conversation
    comment = Comment.objects.published().filter(article=talked)[0]
    yield "reply form", f"{conversation}?parent={comment.pk}"


def _fixed() -> Iterator[tuple[str, str]]:
    yield "front", "/"
    yield "latest", "/latest/"
    yield "archive", "/archive/"
    newest = Article.objects.published().newest_first()[0]
    yield "month", reverse("articles:month", args=[str(newest.path)[:7]])
    yield "corrections", "/corrections/"
    yield "pictures", "/pictures/"
    yield "latest, page 2", "/latest/?page=2"
    yield "bad page", "/latest/?page=abc"
    yield "search with hits", "/search/?q=frigate"
    yield "search without hits", "/search/?q=zeppelinette"
    yield "search", "/search/"
    section = Section.objects.filter(articles__in=Article.objects.published())[0]
    filters = f"section={section.slug}&kind=news&within=year&sort=date"
    yield "search with filters", f"/search/?q=the&{filters}"
    yield "search that the filters empty", f"/search/?q=frigate&{filters}&until=2001-01-01"
    yield "search, misspelt", "/search/?q=frigatte"
    yield "search, hard to read", "/search/?q=%22frigate+-the&since=nonsense&kind=none"
    yield "reading list", "/reading-list/"
    yield "subscribe", "/subscribe/"
    yield "mail me my link", "/subscription/"
    yield "not found", "/nowhere/"
    for name in ("account_login", "account_signup", "account_reset_password"):
        yield name, reverse(name)


def sent() -> Iterator[tuple[str, HttpResponseBase]]:
    """What a form answers."""
    post: Callable[..., Any] = Client(headers=SAME_ORIGIN).post
    yield "after subscribing", post("/subscribe/", {"email": "new@example.org"}, follow=True)
    yield "subscribe again", post("/subscribe/", {"email": "nobody"})
    story = Article.objects.published().filter(comment_policy="open")[0]
    address = reverse("comments:post", args=[story.path])
    typed = {"name": "Ida", "email": "ida@example.org", "body": "Well seen."}
    yield "comment sent", post(address, typed, follow=True)
    yield "comment again", post(address, {"body": ""})
    yield "refused", post("/latest/", {"a": "b"})
    yield (
        "form of another site",
        Client(headers=CROSS_SITE).post("/subscribe/", {"email": "a@b.c"}),
    )
    yield "form from nowhere", Client().post("/subscribe/", {"email": "a@b.c"})


def failed() -> Iterator[tuple[str, HttpResponseBase]]:
    """What is said where the site or the request is wrong."""
    yield "bad host", Client(headers={"Host": "elsewhere.example"}).get("/")
    staff = Client()
    staff.force_login(make_user("nobody@example.org", is_staff=True))
    yield "not allowed", staff.get(reverse("admin:this_site"))
    guarded = Client(enforce_csrf_checks=True)
    yield "form open too long", guarded.post(reverse("account_login"), {"login": "a@b.c"})
    yield BROKEN, server_error(RequestFactory().get("/"))
