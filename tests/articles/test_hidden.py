"""What readers may not see is nowhere: every page that a stranger finds is read through."""

import re
from collections import deque
from collections.abc import Callable
from datetime import timedelta
from html import unescape

import pytest
from django.conf import settings
from django.test import Client
from django.utils import timezone

from articles.models import Article, Author, Photo, Redirect, Section, Topic
from articles.services import (
    GalleryPicture,
    Words,
    create_article,
    publish,
    publish_changes,
    refresh_pictures,
    save_revision,
    send_for_review,
    withdraw,
)
from articles.services.publishing import PublicChange
from comments.models import Comment
from tests.conftest import Committing
from tests.makers import (
    make_article,
    make_author,
    make_photo,
    make_section,
    make_topic,
    make_words,
)

pytestmark = pytest.mark.django_db

LINK = re.compile(r'(?:href|src|action|content|url)="([^"#]+)')
MACHINES = ("/feed/", "/feed/atom/", "/feed/json/", "/robots.txt", "/sitemap.xml",
            "/news-sitemap.xml", "/latest/", "/corrections/", "/pictures/",
            "/search/?q=secret", "/search/?q=open")  # fmt: skip
SECRET = "zanzibar"  # Stands in every part of the hidden story, and nowhere else.


class House:
    """An open story, and a hidden one that shares its section, one topic and its author."""

    def __init__(self) -> None:
        self.section: Section = make_section("Sea")
        self.topic: Topic = make_topic("Frigates")
        self.hidden_topic: Topic = make_topic(f"Topic {SECRET}")
        self.author: Author = make_author("Ada Berg")
        self.photos: list[Photo] = [make_photo(caption=f"Photo {SECRET}") for _ in range(2)]

    def words(self) -> Words:
        return make_words(
            headline=f"Secret {SECRET}",
            standfirst=f"Standfirst {SECRET}",
            body=f"<p>Body {SECRET}.</p>",
            dateline=f"Dateline {SECRET}",
            sources=f"Source {SECRET}",
            section=self.section,
            topics=(self.topic, self.hidden_topic),
            bylines=(self.author,),
            lead_photo=self.photos[0],
            gallery=[GalleryPicture(self.photos[1], f"Caption {SECRET}")],
        )

    def open_story(self, see_also: tuple[Article, ...] = ()) -> Article:
        return make_article(
            headline="Open story",
            section=self.section,
            topics=(self.topic,),
            bylines=(self.author,),
            see_also=see_also,
        )


def draft(words: Words) -> Article:
    return create_article(words, editor=None)


def in_review(words: Words) -> Article:
    return send_for_review(draft(words).pk, editor=None)


def scheduled(words: Words) -> Article:
    return set_columns(draft(words), state="scheduled", publish_at=timezone.now())


def published(words: Words) -> Article:
    return publish(draft(words).pk, editor=None, announce=False)


def embargoed(words: Words) -> Article:
    later = timezone.now() + timedelta(hours=1)
    return set_columns(published(words), embargo_until=later)


def of_tomorrow(words: Words) -> Article:
    return set_columns(published(words), first_published_at=timezone.now() + timedelta(days=1))


def withdrawn(words: Words) -> Article:
    return withdraw(published(words).pk, editor=None, note="It was wrong.")


def set_columns(article: Article, **columns: object) -> Article:
    """What the screens for it will do, when there are any: the row, and its pictures."""
    Article.objects.filter(pk=article.pk).update(**columns)
    refresh_pictures(Photo.objects.values_list("pk", flat=True))
    return Article.objects.get(pk=article.pk)


HIDING = [draft, in_review, scheduled, embargoed, of_tomorrow, withdrawn]
hidden_in_every_way = pytest.mark.parametrize("hide", HIDING)


def read_everything(start: list[str]) -> dict[str, str]:
    """Each page that a stranger finds by links from there, as text."""
    waiting, read = deque(start), dict[str, str]()
    while waiting:
        path = waiting.popleft()
        if path in read:
            continue
        answer = Client().get(path)
        content = getattr(answer, "content", b"").decode()
        read[path] = content if answer.status_code != 404 else ""
        waiting += [
            link for link in map(local, LINK.findall(content)) if link and link not in read
        ]
    return read


def local(link: str) -> str:
    path = unescape(link).removeprefix(settings.SITE_URL)
    elsewhere = ("/static/", "/media/", "/admin/", "/accounts/", "//")
    return path if path.startswith("/") and not path.startswith(elsewhere) else ""


@hidden_in_every_way
def test_no_page_that_a_stranger_finds_names_it(
    hide: Callable[[Words], Article], committing: Committing
) -> None:
    house = House()
    with committing():
        hidden = hide(house.words())
        house.open_story(see_also=(hidden,))

    pages = read_everything(["/", *MACHINES])

    assert len(pages) > 15
    assert [path for path, text in pages.items() if SECRET in text.lower()] == []
    names = [row.renditions.get().name for row in house.photos]
    assert not [path for path, text in pages.items() if any(name in text for name in names)]


def test_the_same_pages_do_name_a_story_that_is_public(committing: Committing) -> None:
    house = House()
    with committing():
        article = published(house.words())
        house.open_story(see_also=(article,))

    pages = read_everything(["/", *MACHINES])

    naming = {path for path, text in pages.items() if SECRET in text.lower()}
    for path in ("/", "/feed/", "/latest/", article.get_absolute_url(),
                 house.section.get_absolute_url(), house.topic.get_absolute_url(),
                 house.hidden_topic.get_absolute_url(), house.author.get_absolute_url()):  # fmt: skip
        assert path in naming, path


@hidden_in_every_way
def test_its_pictures_are_at_no_public_address(
    hide: Callable[[Words], Article], committing: Committing
) -> None:
    house = House()

    with committing():
        hide(house.words())

    for photo in house.photos:
        rendition = photo.renditions.get()
        assert not rendition.public
        assert not (settings.MEDIA_DIR / rendition.name).exists()
        assert Client().get(rendition.url).status_code == 404


@hidden_in_every_way
def test_its_topic_counts_as_none(hide: Callable[[Words], Article]) -> None:
    house = House()
    hide(house.words())
    house.open_story()

    assert Client().get(house.hidden_topic.get_absolute_url()).status_code == 404
    assert SECRET not in Client().get(house.topic.get_absolute_url()).content.decode()


@hidden_in_every_way
def test_nobody_comments_on_it(hide: Callable[[Words], Article]) -> None:
    hidden = hide(House().words())
    path = hidden.path or f"2026/11/secret-{SECRET}"

    client = Client(headers={"Sec-Fetch-Site": "same-origin"})
    answers = [
        client.get(f"/{path}/comments/"),
        client.post(
            f"/{path}/comments/", {"name": "Ida", "email": "i@example.org", "body": "Hi."}
        ),
    ]

    assert {answer.status_code for answer in answers} <= {404, 410}
    assert not any(SECRET in answer.content.decode().replace(path, "") for answer in answers)
    assert not Comment.objects.exists()


@pytest.mark.parametrize("hide", [draft, in_review, scheduled, embargoed, of_tomorrow])
def test_its_address_is_as_if_it_never_existed(hide: Callable[[Words], Article]) -> None:
    hidden = hide(House().words())
    path = hidden.path or f"2026/11/secret-{SECRET}"
    Redirect.objects.create(old_path="2025/01/old", article=hidden)

    for address in (path, "2025/01/old"):
        for page in ("", "history/"):
            answer = Client().get(f"/{address}/{page}")
            assert answer.status_code == 404
            assert SECRET not in answer.content.decode().replace(path, "")


def test_what_was_public_answers_gone_with_its_note_at_every_page() -> None:
    hidden = withdrawn(House().words())
    path = str(hidden.path)

    for page in ("", "history/"):
        answer = Client().get(f"/{path}/{page}")
        assert answer.status_code == 410
        assert "It was wrong." in answer.content.decode()
        assert SECRET not in answer.content.decode().replace(path, "")


def test_changes_that_are_not_published_are_on_no_page(committing: Committing) -> None:
    house = House()
    with committing():
        article = house.open_story()
        save_revision(article.pk, house.words(), editor=None, began_from=1)

    pages = read_everything(["/", *MACHINES])

    assert article.get_absolute_url() in pages
    assert [path for path, text in pages.items() if SECRET in text.lower()] == []


def test_words_that_were_published_and_replaced_are_in_the_record_alone(
    committing: Committing,
) -> None:
    house = House()
    with committing():
        article = publish(draft(house.words()).pk, editor=None, announce=False)
        article.refresh_from_db()
        words = make_words(headline="Open", section=house.section, bylines=(house.author,))
        save_revision(article.pk, words, editor=None, began_from=1)
        publish_changes(article.pk, PublicChange("update"), editor=None)

    pages = read_everything(["/", *MACHINES])

    naming = [
        path
        for path, text in pages.items()
        if SECRET in text.lower().replace(f"secret-{SECRET}", "")
    ]
    assert naming == [f"{article.get_absolute_url()}history/"]
    assert not any(
        (settings.MEDIA_DIR / photo.renditions.get().name).exists() for photo in house.photos
    )
