"""The smallest valid row of each kind; a test spells out only what matters to it."""

import io
from datetime import datetime, timedelta
from itertools import count
from typing import Any

from django.core.files.base import ContentFile
from django.utils import timezone
from PIL import Image

from articles.models import Article, Author, Photo, Section, Topic
from articles.services import Words, add_photo, create_article, publish
from comments.digests import writer_digest
from comments.models import Comment
from comments.services import PRIVACY_WORDS
from newsroom.accounts.models import User
from newsroom.mail.services import digest, find_or_make_address
from subscriptions.models import Subscriber
from subscriptions.services import set_wish

_number = count(1)

# People ------------------------------------------------------------------------------------


def make_user(email: str = "", **fields: Any) -> User:
    return User.objects.create_user(email or f"person{next(_number)}@example.org", **fields)


def make_staff(email: str = "", **fields: Any) -> User:
    return make_user(email, is_staff=True, is_superuser=True, **fields)


# Articles ----------------------------------------------------------------------------------


def make_section(name: str = "", **fields: Any) -> Section:
    n = next(_number)
    return Section.objects.create(
        **({"name": name or f"Section {n}", "slug": f"section-{n}", "position": n} | fields)
    )


def make_topic(name: str = "", **fields: Any) -> Topic:
    n = next(_number)
    return Topic.objects.create(**({"name": name or f"Topic {n}", "slug": f"topic-{n}"} | fields))


def make_author(name: str = "", **fields: Any) -> Author:
    n = next(_number)
    return Author.objects.create(
        **({"name": name or f"Author {n}", "slug": f"author-{n}"} | fields)
    )


def make_words(**words: Any) -> Words:
    n = next(_number)
    smallest = {"headline": f"Headline {n}", "body": f"<p>Body of story {n}.</p>"}
    if "section" not in words:
        words["section"] = make_section()
    if "bylines" not in words:
        words["bylines"] = (make_author(),)
    return Words(**(smallest | words))


def make_draft(**words: Any) -> Article:
    return create_article(make_words(**words), editor=None)


def make_article(
    *,
    moment: datetime | None = None,
    announce: bool = False,
    mail_choice: str = "at_once",
    **words: Any,
) -> Article:
    """A published story, through the same service that editors use."""
    draft = create_article(make_words(**words), editor=None, mail_choice=mail_choice)
    return publish(draft.pk, editor=None, moment=moment, announce=announce)


def picture_file(width: int = 64, height: int = 40, kind: str = "PNG") -> ContentFile[bytes]:
    content = io.BytesIO()
    Image.new("RGB", (width, height), "teal").save(content, kind)
    return ContentFile(content.getvalue(), name="picture")


def make_photo(**said: Any) -> Photo:
    return add_photo(picture_file(), **({"caption": "A ship.", "alt": "A grey ship."} | said))


# Comments ----------------------------------------------------------------------------------


def make_comment(article: Article, **fields: Any) -> Comment:
    """A guest's published comment, as screening and a moderator leave it."""
    n = next(_number)
    moment = fields.get("created_at") or timezone.now()
    usual = {
        "article": article,
        "name": f"Reader {n}",
        "body": f"Comment {n}.",
        "state": Comment.State.PUBLISHED,
        "privacy_words": PRIVACY_WORDS,
        "key": f"made-{n}",
        "created_at": moment,
    }
    row: dict[str, Any] = usual | fields
    if row["state"] == Comment.State.PUBLISHED:
        row.setdefault("published_at", moment)
    if row.get("email"):
        row.setdefault("writer", writer_digest(None, row["email"]))
    return Comment.objects.create(**row)


# Subscriptions -----------------------------------------------------------------------------


def make_subscriber(
    email: str = "",
    *,
    state: str = "confirmed",
    wishes: dict[str, str] | None = None,
    **fields: Any,
) -> Subscriber:
    """Someone who confirmed an hour ago, unless pending. `wishes`: each wish's word and rhythm,
    as `subscriptions.services` takes them; every story at once if none are given."""
    an_hour_ago = timezone.now() - timedelta(hours=1)
    moments: dict[str, Any] = {"consent_at": an_hour_ago}
    if state != "pending":
        moments |= {"confirmed_at": an_hour_ago, "wants_since": an_hour_ago}
    if state == "paused":
        moments["paused_until"] = timezone.now() + timedelta(days=30)
    if state == "left":
        moments["left_at"] = timezone.now()
    address = find_or_make_address(email or f"reader{next(_number)}@example.org")
    moments["fingerprint"] = digest(address.compared or "")
    subscriber = Subscriber.objects.create(address=address, state=state, **(moments | fields))
    if state != "pending":
        for word, cadence in (wishes or {"all": "at_once"}).items():
            set_wish(subscriber, word, cadence)
    return subscriber
