"""The lists: what stands on them, in which order, and on which page."""

import re
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from articles import lists
from articles.models import Article, Author, Correction, Photo, Section, Topic
from articles.services import (
    GalleryPicture,
    PublicChange,
    publish_changes,
    save_revision,
    withdraw,
)
from newsroom.kit.links import absolute
from tests.articles.markup import Page
from tests.makers import (
    make_article,
    make_author,
    make_draft,
    make_photo,
    make_section,
    make_topic,
    make_words,
)

pytestmark = pytest.mark.django_db

NOW = datetime(2026, 11, 20, 12, tzinfo=UTC)
COUNT = re.compile(r'pictures__count">(.*?)</span>', re.DOTALL)


def read(path: str) -> str:
    response = Client().get(path)
    assert response.status_code == 200, (path, response.status_code)
    return response.content.decode()


def link(html: str, rel: str, tag: str = "a") -> str:
    """Where the first link of that kind leads; empty if there is none."""
    found = (entry["href"] for entry in Page(html).all(tag) if entry.get("rel") == rel)
    return next(found, "") or ""


def walk(path: str) -> list[str]:
    """The pages of a list, from its first, as a reader turns them."""
    pages = []
    while path:
        pages.append(read(path))
        path = link(pages[-1], "next")
    return pages


def numbers(html: str) -> list[int]:
    """The stories on the page by their number, in order."""
    return [n for n in range(200) if f"Story number {n:03}." in html]


class Title:
    """A title with stories of one section, topic and author, all with a photo."""

    def __init__(self) -> None:
        self.shared: dict[str, Any] = {
            "section": make_section("Sea"),
            "topics": (make_topic("Mines"),),
            "bylines": (make_author("Ada Berg"),),
            "lead_photo": make_photo(),
        }

    def publish(self, number: int, moment: datetime, **words: Any) -> Article:
        headline = f"Story number {number:03}."
        return make_article(headline=headline, moment=moment, **(self.shared | words))

    def paths(self) -> dict[str, str]:
        shared = self.shared
        rows = (shared["section"], *shared["topics"], *shared["bylines"])
        named = {str(row._meta.model_name): row.get_absolute_url() for row in rows}
        return named | {
            "latest": "/latest/",
            "month": "/archive/2026/11/",
            "pictures": "/pictures/",
        }


LISTS = ["section", "topic", "author", "latest", "month", "pictures"]


@pytest.fixture
def small_pages(monkeypatch: pytest.MonkeyPatch) -> None:
    """Pages of five, so that few stories make many pages."""
    monkeypatch.setattr("articles.lists.kinds.MONTH_SIZE", 5)
    monkeypatch.setattr("articles.lists.kinds.PICTURES", 5)
    monkeypatch.setattr("articles.lists.kinds.STORIES", 5)


# Order and pages ---------------------------------------------------------------------------


@pytest.mark.parametrize("name", LISTS)
def test_nothing_is_skipped_or_doubled_while_stories_come_and_go(
    name: str, small_pages: None
) -> None:
    title = Title()
    stories = [title.publish(n, NOW - timedelta(minutes=n)) for n in range(14)]
    path = title.paths()[name]

    first = read(path)
    title.publish(100, NOW + timedelta(minutes=1))
    title.publish(101, NOW + timedelta(minutes=2))
    second = read(link(first, "next"))
    title.publish(102, NOW + timedelta(minutes=3))
    third = read(link(second, "next"))

    assert [numbers(page) for page in (first, second, third)] == [
        [0, 1, 2, 3, 4],
        [5, 6, 7, 8, 9],
        [10, 11, 12, 13],
    ]
    assert link(third, "next") == ""
    assert numbers(read(link(second, "prev")))[:2] == [0, 1]  # Page 1 of now: the news is there.
    assert stories


@pytest.mark.parametrize("name", LISTS)
def test_equal_times_stand_in_one_order_and_are_parted_once(name: str, small_pages: None) -> None:
    title = Title()
    for n in range(12):
        title.publish(n, NOW)

    pages = walk(title.paths()[name])

    assert [numbers(page) for page in pages] == [[7, 8, 9, 10, 11], [2, 3, 4, 5, 6], [0, 1]]


def test_a_page_goes_on_though_the_story_it_began_with_was_withdrawn(small_pages: None) -> None:
    title = Title()
    stories = [title.publish(n, NOW - timedelta(minutes=n)) for n in range(8)]
    second = link(read("/latest/"), "next")

    withdraw(stories[0].pk, editor=None, note="Wrong.")

    assert numbers(read(second)) == [6, 7]


@pytest.mark.parametrize("number", ["abc", "0", "-1", "99999", "51", "1.5", "", "٢", "2%00", "+2"])
def test_a_page_that_is_none_is_not_found_in_our_design(number: str) -> None:
    title = Title()
    title.publish(1, NOW)
    tell_correction(title.publish(2, NOW))

    for path in [*title.paths().values(), "/corrections/"]:
        response = Client().get(f"{path}?page={number}")

        assert response.status_code == 404, path
        assert "There is no page here" in response.content.decode()


@pytest.mark.parametrize("start", ["abc", "0", "-1", "9" * 24, "77777", str(2**63), "%00"])
def test_a_page_from_a_story_that_is_none_is_not_found(start: str) -> None:
    make_article()

    for path in ("/latest/", "/corrections/", "/pictures/"):
        assert Client().get(f"{path}?page=2&from={start}").status_code == 404


def test_a_page_from_a_story_that_is_not_public_tells_nothing(small_pages: None) -> None:
    title = Title()
    for n in range(8):
        title.publish(n, NOW - timedelta(minutes=n))
    hidden = title.publish(50, NOW)
    Article.objects.filter(pk=hidden.pk).update(embargo_until=timezone.now() + timedelta(hours=1))

    for secret in (make_draft(), hidden):
        assert Client().get(f"/latest/?page=2&from={secret.pk}").status_code == 404


@pytest.mark.parametrize("name", ["section", "topic", "author", "latest", "pictures"])
def test_after_the_last_page_the_archive_goes_on(
    name: str, small_pages: None, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("articles.lists.kinds.LAST_PAGE", 2)
    title = Title()
    for n in range(11):
        title.publish(n, NOW - timedelta(days=n * 3))
    pages = walk(title.paths()[name])

    response = Client().get(f"{title.paths()[name]}?page=3")

    assert response.status_code == 404
    assert len(pages) == 2
    assert '<a class="button button--quiet" href="/archive/2026/10/">' in pages[-1]


def test_later_pages_have_an_address_of_their_own_and_are_not_indexed(small_pages: None) -> None:
    title = Title()
    for n in range(6):
        title.publish(n, NOW - timedelta(minutes=n))
    first = read("/latest/")

    second = read(link(first, "next", "link"))

    assert link(first, "canonical", "link") == absolute("/latest/")
    assert link(second, "canonical", "link") == absolute("/latest/?page=2")
    assert link(second, "prev", "link") == "/latest/"
    assert 'content="noindex, follow"' in second
    assert "noindex" not in first
    assert "<title>Latest stories, page 2 | Newsroom</title>" in second


# What stands where -------------------------------------------------------------------------


def test_a_list_shows_what_the_live_version_says() -> None:
    here, there, topic = make_section("Here"), make_section("There"), make_topic("Mines")
    article = make_article(headline="It moved", section=here, topics=(topic,))
    save_revision(
        article.pk, make_words(headline="It moved", section=there), editor=None, began_from=1
    )

    publish_changes(article.pk, PublicChange("update"), editor=None)

    assert "It moved" in read(there.get_absolute_url())
    assert "It moved" not in read(here.get_absolute_url())
    assert Client().get(topic.get_absolute_url()).status_code == 404


def test_a_story_that_comes_back_stands_in_its_lists_at_its_old_place() -> None:
    from articles.services import publish

    topic = make_topic("Mines")
    old = make_article(headline="The old one", topics=(topic,), moment=NOW)
    make_article(headline="The new one", topics=(topic,), moment=NOW + timedelta(hours=1))
    withdraw(old.pk, editor=None, note="Wrong.")

    publish(old.pk, editor=None)

    html = read(topic.get_absolute_url())
    assert html.index("The new one") < html.index("The old one")


def test_an_empty_list_says_so() -> None:
    section, author = make_section(), make_author()

    assert "Nothing has been published in this section yet." in read(section.get_absolute_url())
    assert "No story by this author" in read(author.get_absolute_url())
    assert "Nothing is published yet" in read("/latest/")
    assert "Nothing is published yet" in read("/archive/")
    assert "No story with a photo" in read("/pictures/")
    assert "needed a correction so far" in read("/corrections/")
    assert "Nothing is published yet" in read("/")


@pytest.mark.parametrize("below", ["", "feed/"])
def test_a_topic_without_a_public_story_does_not_exist(below: str) -> None:
    topic = make_topic("Embargoed missile")
    make_draft(topics=(topic,))
    withdraw(make_article(topics=(topic,)).pk, editor=None, note="Wrong.")

    response = Client().get(f"{topic.get_absolute_url()}{below}")

    assert response.status_code == 404
    assert "Embargoed missile" not in response.content.decode()
    assert "Embargoed missile" not in read("/sitemap-pages.xml")


def test_a_topic_says_its_kind_and_what_it_is() -> None:
    topic = make_topic("Aurelia", kind="equipment", description="A late frigate.")
    make_article(topics=(topic,))

    html = read(topic.get_absolute_url())

    assert "Equipment" in html
    assert 'content="A late frigate."' in html
    assert "A late frigate.</p>" in html


def test_a_topic_leads_to_those_it_is_often_together_with() -> None:
    mines, ships, once, secret = (
        make_topic(name) for name in ("Mines", "Ships", "Once", "Secret")
    )
    for extra in ((), (once,)):
        make_article(topics=(mines, ships, *extra))
    make_draft(topics=(mines, secret))

    html = read(mines.get_absolute_url())

    assert f'Often together with\n      <a href="{ships.get_absolute_url()}">Ships</a>' in html
    assert "Once" not in html
    assert "Secret" not in html


def test_an_author_page_says_who_writes() -> None:
    portrait = make_photo(caption="", alt="Ada at the quay.")
    author = make_author(
        "Ada Berg",
        role="Naval editor",
        expertise="Frigates",
        bio="Twenty years at sea.",
        contact="ada@example.org",
        portrait=portrait,
    )
    make_article(bylines=(author,), lead_photo=portrait)

    html = read(author.get_absolute_url())

    for words in ("Naval editor", "Frigates", "Twenty years at sea.", "mailto:ada@example.org"):
        assert words in html
    assert "author__portrait" in html
    assert 'alt="Ada at the quay."' in html
    Photo.objects.update(alt="")
    assert 'alt="Ada Berg"' in read(author.get_absolute_url())


# The archive -------------------------------------------------------------------------------


def test_the_archive_counts_public_stories_by_month() -> None:
    for moment in (NOW, NOW, datetime(2026, 1, 5, tzinfo=UTC), datetime(2024, 2, 29, tzinfo=UTC)):
        make_article(moment=moment)
    make_draft()
    withdraw(make_article(moment=datetime(2025, 6, 1, tzinfo=UTC)).pk, editor=None, note="Wrong.")

    years = lists.archive_years()

    assert [(year.year, year.stories) for year in years] == [("2026", 3), ("2024", 1)]
    assert [(month.name, month.stories) for month in years[0].months] == [
        ("January", 1),
        ("November", 2),
    ]
    assert 'href="/archive/2024/02/"' in read("/archive/")


def test_a_month_is_of_the_titles_zone_as_the_addresses_are(settings: Any) -> None:
    settings.TIME_ZONE = "Pacific/Auckland"  # 13 hours before UTC at that time.
    article = make_article(headline="New year", moment=datetime(2025, 12, 31, 12, tzinfo=UTC))

    assert article.path == "2026/01/new-year"
    html = read("/archive/2026/01/")
    assert "New year" in html
    assert "Thursday 1 January 2026" in html
    assert "01:00 NZDT" in html
    assert Client().get("/archive/2025/12/").status_code == 404


def test_a_month_leads_to_those_around_it_that_have_stories() -> None:
    for month in (3, 7, 9):
        make_article(moment=datetime(2026, month, 15, tzinfo=UTC))

    html = read("/archive/2026/07/")

    assert 'href="/archive/2026/03/">← March 2026</a>' in html
    assert 'href="/archive/2026/09/">September 2026 →</a>' in html
    assert "months-around__after" not in read("/archive/2026/09/")


@pytest.mark.parametrize(
    "month", ["2026/10", "2026/13", "2026/00", "0000/01", "9999/12", "2999/12", "26/11", "2026/1"]
)
def test_a_month_without_stories_is_not_found(month: str) -> None:
    make_article(moment=NOW)

    for below in ("", "feed/"):
        assert Client().get(f"/archive/{month}/{below}").status_code == 404


@pytest.mark.parametrize("name", ["section", "topic", "author"])
def test_what_has_a_page_of_its_own_can_be_had_by_mail_from_there(name: str) -> None:
    title = Title()
    title.publish(1, NOW)
    path = title.paths()[name]

    address = f"/subscribe/?{name}={path.split('/')[2]}"
    assert f'href="{address}"' in read(path)
    assert 'value="all" checked' not in read(address)


# Corrections and pictures ------------------------------------------------------------------


def tell_correction(article: Article, kind: str = "correction", **said: str) -> Correction:
    number = article.revisions.count()
    words = make_words(headline=f"{article.live} again", section=article.section)
    save_revision(article.pk, words, editor=None, began_from=number)
    told: dict[str, Any] = {
        "reason": "Why.",
        "wrong": "Seven ships.",
        "right": "Eight ships.",
    } | said
    publish_changes(article.pk, PublicChange(kind, **told), editor=None)
    return Correction.objects.filter(article=article)[0]


def test_corrections_say_what_was_wrong_and_what_is_right_and_lead_to_the_story() -> None:
    article = make_article(headline="Fleet sails", moment=NOW)
    tell_correction(article, "clarification", wrong="<b>Seven</b>", right="Eight & more")

    html = read("/corrections/")

    for words in ("Clarification", "&lt;b&gt;Seven&lt;/b&gt;", "Eight &amp; more", "Fleet sails"):
        assert words in html
    assert f'href="{article.get_absolute_url()}"' in html
    assert f'href="{article.get_absolute_url()}history/"' in html


@pytest.mark.parametrize("below", ["", "feed/"])
def test_corrections_of_stories_that_are_not_public_are_not_shown(below: str) -> None:
    shown, gone = make_article(headline="Shown"), make_article(headline="Gone")
    for article in (shown, gone):
        tell_correction(article)
    withdraw(gone.pk, editor=None, note="Wrong.")

    html = read(f"/corrections/{below}")

    assert "Shown again" in html
    assert "Gone again" not in html


def test_corrections_are_parted_into_pages_too(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("articles.lists.kinds.STORIES", 2)
    articles = [make_article(headline=f"Story number {n:03}.") for n in range(5)]
    at = timezone.now()
    for article in articles:
        Correction.objects.filter(pk=tell_correction(article).pk).update(at=at)

    pages = walk("/corrections/")

    assert [numbers(page) for page in pages] == [[3, 4], [1, 2], [0]]


def test_pictures_lead_to_their_stories_with_the_words_they_have_there() -> None:
    photo = make_photo(caption="The frigate.", credit="Photo: A. Berg", alt="A ship.")
    article = make_article(headline="Frigate sails", lead_photo=photo, lead_caption="At the quay.")
    make_article(headline="Without a photo")
    make_draft(headline="Secret keel", lead_photo=make_photo(caption="Not yet."))

    html = read("/pictures/")

    for words in ("At the quay.", "Photo: A. Berg", 'alt="A ship."', "Frigate sails"):
        assert words in html
    assert f'href="{article.get_absolute_url()}"' in html
    for words in ("Without a photo", "Secret keel", "Not yet."):
        assert words not in html


def test_pictures_of_galleries_stand_among_the_pictures_as_their_stories_show_them() -> None:
    lead, other = make_photo(alt="The quay."), make_photo(caption="A crane.", alt="A crane, tall.")
    gallery = [GalleryPicture(other, "The crane here."), GalleryPicture(lead)]
    make_article(
        headline="Quay opens", lead_photo=lead, lead_alt="The quay, wide.", gallery=gallery
    )
    make_article(headline="Gallery alone", gallery=[GalleryPicture(make_photo(alt="A hull."))])
    make_draft(headline="Secret keel", gallery=[GalleryPicture(make_photo(alt="Not yet."))])

    html = read("/pictures/")

    for words in ('alt="The quay, wide."', "The crane here.", 'alt="A hull."', "Gallery alone"):
        assert words in html, words
    assert [" ".join(count.split()) for count in COUNT.findall(html)] == ["1 of 2", "2 of 2"]
    assert "Not yet." not in html
    assert "Secret keel" not in html


def test_a_gallery_repeats_no_picture_that_stands_on_the_page() -> None:
    ship, quay = make_photo(alt="A hull."), make_photo(alt="The quay.")
    make_article(headline="Hull laid", lead_photo=ship, moment=NOW - timedelta(days=1))
    make_article(gallery=[GalleryPicture(quay)], moment=NOW - timedelta(hours=1))
    gallery = [GalleryPicture(ship), GalleryPicture(quay), GalleryPicture(make_photo(alt="Rust."))]
    make_article(headline="Hull rusts", gallery=gallery, moment=NOW)

    html = read("/pictures/")

    for alt in ("A hull.", "The quay.", "Rust."):
        assert html.count(f'alt="{alt}"') == 1, alt
    assert "2 of 3" in html
    assert "Hull laid" in html


def test_a_long_gallery_leaves_room_for_the_pictures_of_others() -> None:
    make_article(gallery=[GalleryPicture(make_photo(alt=f"Hull {n}.")) for n in range(6)])

    html = read("/pictures/")

    assert [f'alt="Hull {n}."' in html for n in range(6)] == [True] * 4 + [False] * 2
    assert "4 of 6" in html


# What it costs -----------------------------------------------------------------------------


MOST = {"section": 9, "topic": 11, "author": 11, "latest": 8, "month": 11, "pictures": 12}


@pytest.mark.parametrize("name", LISTS)
def test_a_list_costs_the_same_for_two_stories_and_for_twenty(name: str) -> None:
    costs = []
    title = Title()
    for start, count in ((0, 2), (2, 18)):
        for n in range(start, start + count):
            gallery = [GalleryPicture(make_photo())]
            title.publish(n, NOW - timedelta(minutes=n), lead_photo=make_photo(), gallery=gallery)
        with CaptureQueriesContext(
            connection,
        ) as queries:
            read(title.paths()[name])
        costs.append(len(queries))

    assert costs[0] == costs[1]
    assert costs[0] <= MOST[name]


def test_corrections_cost_the_same_for_one_and_for_ten(
    django_assert_max_num_queries: Callable[[int], Any],
) -> None:
    for count in (1, 9):
        for _ in range(count):
            tell_correction(make_article())

        with django_assert_max_num_queries(6):
            read("/corrections/")


@pytest.mark.parametrize("name", ["section", "topic", "author", "latest", "month"])
def test_the_newest_of_a_list_stand_first_in_its_index(name: str) -> None:
    title = Title()
    title.publish(1, NOW)
    found: dict[str, Callable[[], lists.Listing[Article]]] = {
        "section": lambda: lists.section_list(Section.objects.get()),
        "topic": lambda: lists.topic_list(Topic.objects.get().slug)[1],
        "author": lambda: lists.author_list(Author.objects.get()),
        "latest": lists.latest_list,
        "month": lambda: lists.month_list("2026/11"),
    }
    listing = found[name]()
    if connection.vendor != "sqlite":
        pytest.skip("PostgreSQL chooses by what the table holds.")

    plan = listing.ordered.newest_first()[:21].explain()

    index = {"section": "article_by_section", "topic": "topic_latest", "author": "author_latest"}
    assert f"articles_{index.get(name, 'article_latest')}" in plan
    assert "TEMP B-TREE" not in plan
