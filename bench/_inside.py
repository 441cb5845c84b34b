"""The page types of the house this runs in: only it can sign links and sessions.

`bench._pages` runs it in the measured house, by `manage.py shell`.
"""

import json
from collections.abc import Iterator
from dataclasses import asdict
from datetime import timedelta
from typing import Any
from urllib.parse import urlsplit

from django.conf import settings
from django.contrib.auth import get_user_model
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from articles.models import Article, Author, Kind, Section, SitePage, Topic
from bench._pages import BEGIN, PageType
from comments.models import Comment
from comments.services import Written, post_comment
from comments.views import RECEIPT
from newsroom.kit.links import make_token
from newsroom.mail.links import address_token
from newsroom.mail.services import preferences_token
from subscriptions.consent import Consent
from subscriptions.links import confirmation_link, data_link
from subscriptions.models import Edition, Subscriber
from subscriptions.services import request_subscription


def say() -> None:
    """Print the page types of the house this runs in."""
    print(BEGIN + json.dumps([asdict(page) for page in pages()]))


def pages() -> list[PageType]:
    """One page of every type that answers 200, of a furnished title."""
    # The link to one's data first: it lives half an hour.
    plain = [*_lists(), *_stories(), *_fixed(), *_digests(), *_mailed(), *_sent()]
    return [_data(), *plain, *_signed_in()]


def session_of(email: str) -> str:
    """A cookie with which a browser is signed in as that person."""
    client = Client()
    user = get_user_model().objects.get(email=email)
    client.force_login(user, backend=settings.AUTHENTICATION_BACKENDS[0])
    name = settings.SESSION_COOKIE_NAME
    return f"{name}={client.cookies[name].value}"


def _lists() -> Iterator[PageType]:
    public = Article.objects.published()
    for model in (Section, Topic, Author):
        row: Any = model.objects.filter(articles__in=public).first()
        yield PageType(model.__name__.lower(), row.get_absolute_url())


def _stories() -> Iterator[PageType]:
    public = Article.objects.published()
    for kind in Kind.values:
        for photo in (True, False):
            story = public.filter(kind=kind, live__lead_photo__isnull=not photo).first()
            if story is not None:
                name = f"story: {kind}{'' if photo else ', without photo'}"
                yield PageType(name, story.get_absolute_url())
    corrected = public.filter(corrections__isnull=False)[0]
    yield PageType("story with a correction", corrected.get_absolute_url())
    with_gallery = public.filter(live__gallery_rows__isnull=False)[0]
    yield PageType("story with a gallery", with_gallery.get_absolute_url())
    sourced = public.exclude(live__sources="")[0]
    yield PageType("story with sources", sourced.get_absolute_url())
    yield PageType("history", reverse("articles:history", args=[corrected.path]), indexed=False)
    talked = Comment.objects.published()[0].article
    conversation = reverse("comments:post", args=[talked.path])
    yield PageType("conversation", conversation, indexed=False)


def _fixed() -> Iterator[PageType]:
    yield PageType("front", "/")
    yield PageType("latest", "/latest/")
    yield PageType("archive", "/archive/")
    newest = Article.objects.published().newest_first()[0]
    yield PageType("month", reverse("articles:month", args=[str(newest.path)[:7]]))
    yield PageType("corrections", "/corrections/")
    yield PageType("pictures", "/pictures/")
    for page in SitePage.objects.all():
        yield PageType(f"site page {page.slug}", page.get_absolute_url())
    yield PageType("subscribe", "/subscribe/")
    yield PageType("search", "/search/", indexed=False)
    yield PageType("search with hits", "/search/?q=frigate", indexed=False)
    yield PageType("search without hits", "/search/?q=zeppelinette", indexed=False)
    yield PageType("reading list", "/reading-list/", indexed=False)
    yield PageType("mail me my link", "/subscription/", indexed=False)
    for name in ("account_login", "account_signup", "account_reset_password"):
        yield PageType(name, reverse(name), indexed=False)


def _data() -> PageType:
    """Where a subscriber downloads, moves and erases what is kept."""
    subscriber = Subscriber.objects.filter(state="confirmed")[0]
    return PageType("data", urlsplit(data_link(subscriber.address)).path, indexed=False)


def _digests() -> Iterator[PageType]:
    """What everyone may read of the mail; a young title has had no general digest yet."""
    now = timezone.now()
    if not Edition.objects.exists():
        edition = Edition.objects.create(
            on=timezone.localdate(),
            cadence="daily",
            begins_at=now - timedelta(days=1),
            ends_at=now,
        )
        edition.articles.set(Article.objects.published().newest_first()[:4])
    newest = Edition.objects.latest("on")
    yield PageType("digests", reverse("subscriptions:digests"))
    yield PageType("digest", newest.get_absolute_url())


def _mailed() -> Iterator[PageType]:
    """What links in mails lead to."""
    subscriber = Subscriber.objects.filter(state="confirmed")[0]
    token = preferences_token(subscriber.address)
    preferences = reverse("subscriptions:preferences", args=[token])
    yield PageType("preferences", preferences, indexed=False)
    leaving = reverse("mail:unsubscribe", args=[address_token("unsubscribe", subscriber.address)])
    yield PageType("leave", leaving, indexed=False)
    request_subscription("waiting@example.org", consent=Consent(page="/"))
    waiting = Subscriber.objects.filter(state="pending")[0]
    path = urlsplit(confirmation_link(waiting)).path
    yield PageType("confirm", path, indexed=False)


def _sent() -> Iterator[PageType]:
    """What forms answer: the page after signing up, and the writer's own view of a comment."""
    email = {"email": "new@example.org"}
    yield PageType(
        "after subscribing", reverse("subscriptions:subscribe"), indexed=False, sends=email
    )
    story = Article.objects.published().filter(comment_policy="open")[0]
    written = Written("Well seen, and well drawn.", name="Ida", email="ida@example.org")
    comment = post_comment(story.pk, written)
    token = make_token(RECEIPT, str(comment.pk))
    receipt = reverse("comments:receipt", kwargs={"path": story.path, "token": token})
    yield PageType("comment sent", receipt, indexed=False)


def _signed_in() -> Iterator[PageType]:
    reader = get_user_model().objects.filter(is_staff=False)[0]
    cookie = session_of(reader.email)
    for route in ("accounts:profile", "account_email", "account_change_password", "mfa_index"):
        yield PageType(f"signed in: {route}", reverse(route), indexed=False, cookie=cookie)
