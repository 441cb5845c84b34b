"""The pages readers see."""

from datetime import UTC, datetime
from typing import Any
from urllib.parse import parse_qsl, quote, urlsplit

import pytest
from django.test import Client
from django.utils.html import escape
from pytest_django import DjangoAssertNumQueries

from articles.models import Article, Correction, Photo, Redirect, Revision
from articles.services import (
    GalleryPicture,
    PublicChange,
    create_article,
    make_first_pages,
    publish_changes,
    save_revision,
    send_for_review,
    withdraw,
)
from newsroom.kit.links import absolute
from newsroom.kit.models import Site
from newsroom.press.services import new_generation
from tests.articles.markup import Page
from tests.makers import (
    make_article,
    make_author,
    make_comment,
    make_draft,
    make_photo,
    make_section,
    make_staff,
    make_topic,
    make_user,
    make_words,
)

pytestmark = pytest.mark.django_db

FIVE = "".join(f"<p>Paragraph {n}.</p>" for n in range(1, 6))


def read(path: str, client: Client | None = None) -> str:
    response = (client or Client()).get(path)
    assert response.status_code == 200, response.status_code
    return response.content.decode()


def address(article: Article) -> str:
    return article.get_absolute_url()


def make_full_article() -> Article:
    """A story that shows everything a story can show."""
    other = make_article(headline="An older story", lead_photo=make_photo())
    topic = make_topic("Minehunters")
    make_article(headline="A related story", topics=(topic,), lead_photo=make_photo())
    return make_article(
        headline="Frigate sails",
        standfirst="After nine months.",
        body=FIVE,
        section=make_section("Sea"),
        kind="analysis",
        topics=(topic,),
        bylines=(make_author("Ada Berg", portrait=make_photo()), make_author("Bo Dahl")),
        see_also=(other,),
        lead_photo=make_photo(caption="The frigate.", credit="Photo: A. Berg", alt="A ship."),
        dateline="Altenhaven",
        sources="The yard, a statement",
        gallery=[
            GalleryPicture(make_photo(caption="A quay.", credit="Photo: B. Dahl")),
            GalleryPicture(make_photo(), "Here a crane.", "A crane."),
        ],
        moment=datetime(2026, 11, 20, 14, 5, tzinfo=UTC),
    )


# The story ---------------------------------------------------------------------------------


def test_a_story_shows_all_that_an_editor_gave_it() -> None:
    article = make_full_article()

    html = read(address(article))

    for words in (
        "Frigate sails", "After nine months.", "Sea</a>", "Analysis</span>", "Ada Berg</a>",
        "Bo Dahl</a>", 'datetime="2026-11-20T14:05:00Z">20 November 2026, 14:05 UTC<',
        "The frigate.", "Photo: A. Berg", 'alt="A ship."', "Minehunters</a>", "A related story",
        "Leave a Reply", "Discover more from", "Altenhaven</span> — Paragraph 1.", "A quay.",
        "Photo: B. Dahl", "Here a crane.", 'alt="A crane."', "2 of 2", "The yard, a statement",
        "1 minute to read",
    ):  # fmt: skip
        assert words in html, words


def test_the_mark_between_caption_and_credit_ends_a_line_and_begins_none() -> None:
    html = read(address(make_full_article()))

    assert "The frigate.&nbsp;· Photo: A. Berg" in html
    assert "A quay.&nbsp;· Photo: B. Dahl" in html


def test_moments_are_shown_in_the_zone_of_the_title(settings: Any) -> None:
    settings.TIME_ZONE = "Europe/Oslo"
    article = make_article(moment=datetime(2026, 7, 1, 22, 30, tzinfo=UTC))

    html = read(address(article))

    assert 'datetime="2026-07-01T22:30:00Z">2 July 2026, 00:30 CEST<' in html


def test_see_also_stands_between_the_third_paragraph_and_the_fourth() -> None:
    html = read(address(make_full_article()))

    places = [html.index(words) for words in ("Paragraph 3.", "An older story", "Paragraph 4.")]
    assert places == sorted(places)
    assert html.count("An older story") == 1  # And not among the related stories too.


def test_a_story_that_is_pointed_to_and_withdrawn_is_pointed_to_no_more() -> None:
    article = make_full_article()
    other = Article.objects.get(live__headline="An older story")

    withdraw(other.pk, editor=None, note="It was wrong.")

    html = read(address(article))
    assert "An older story" not in html
    assert "See also" not in html


def test_an_update_shows_its_moment_and_a_typo_does_not() -> None:
    article = make_article(body="<p>One.</p>")

    for kind, body, shown in (("typo", "<p>Two.</p>", False), ("update", "<p>Three.</p>", True)):
        save_revision(
            article.pk,
            make_words(body=body, headline="H"),
            editor=None,
            began_from=article.revisions.count(),
        )
        publish_changes(article.pk, PublicChange(kind), editor=None)

        assert ("Updated" in read(address(article))) is shown


def test_a_correction_says_what_was_wrong_and_what_is_right_and_when() -> None:
    article = make_article(moment=datetime(2026, 11, 20, 9, tzinfo=UTC))
    save_revision(article.pk, make_words(), editor=None, began_from=1)
    change = PublicChange("correction", reason="Miscounted.", wrong="Six ships.", right="Five.")

    publish_changes(article.pk, change, editor=None, moment=datetime(2026, 11, 21, 9, tzinfo=UTC))

    html = read(address(article))
    assert Correction.objects.count() == 1
    told = html[html.index('<aside class="correction') :].partition("</aside>")[0]
    parts = ("Correction,", "21 November 2026, 09:00 UTC", "What was wrong", "Six ships.",
             "What is right", "Five.")  # fmt: skip
    places = [told.index(words) for words in parts]
    assert places == sorted(places)


def told(kind: str, article: Article) -> str:
    save_revision(article.pk, make_words(), editor=None, began_from=article.revisions.count())
    change = PublicChange(kind, reason="Why.", wrong=f"Wrong: {kind}.", right=f"Right: {kind}.")
    publish_changes(article.pk, change, editor=None)
    return read(address(article))


def test_a_correction_stands_above_the_text_and_a_clarification_below_it() -> None:
    article = make_article()
    told("correction", article)

    html = told("clarification", article).partition("</head>")[2]

    words = ("What was wrong", "Wrong: correction.", 'class="story__body',
             "What could be misread", "Wrong: clarification.",
             "What is meant", "Right: clarification.", "Pass it on")  # fmt: skip
    places = [html.index(part) for part in words]
    assert places == sorted(places)


@pytest.mark.parametrize("kind", ["update", "typo"])
def test_an_update_and_a_typo_have_no_notice(kind: str) -> None:
    html = told(kind, make_article())

    assert 'class="correction' not in html


# A gallery ---------------------------------------------------------------------------------


def test_a_picture_of_a_gallery_leads_to_itself_made_large_and_from_there_on_and_back() -> None:
    page = Page(read(address(make_full_article())))
    ids = [row["id"] for _, row in page.elements if "id" in row]

    def links(name: str) -> list[str | None]:
        return [link["href"] for link in page.all("a") if link.get("class") == name]

    assert links("gallery__large") == ["#picture-1-large", "#picture-2-large"]
    assert links("lightbox__next") == ["#picture-2-large"]
    assert links("lightbox__previous") == ["#picture-1-large"]
    assert links("lightbox__back") == ["#picture-1", "#picture-2"]
    for name in ("picture-1", "picture-1-large", "picture-2", "picture-2-large"):
        assert name in ids


def test_a_picture_made_large_keeps_its_words_and_its_maker() -> None:
    html = read(address(make_full_article()))

    _, first, second = html.split('class="lightbox"')
    assert "1 of 2" in first
    assert first.index("A quay.") < first.index("Photo: B. Dahl")
    assert "Here a crane." in second
    assert second.count('alt="A crane."') == 1
    assert second.index('loading="lazy"') < second.index("Here a crane.")


def test_a_picture_with_no_description_of_its_own_has_the_photos() -> None:
    photo = make_photo(caption="Said of the photo.", alt="Seen in the photo.")

    html = read(address(make_article(gallery=[GalleryPicture(photo)])))

    assert "Said of the photo." in html
    assert 'alt="Seen in the photo."' in html


# Kinds -------------------------------------------------------------------------------------


def test_an_opinion_is_marked_and_shows_who_holds_it() -> None:
    author = make_author("Ada Berg", portrait=make_photo(), role="Columnist")
    html = read(address(make_article(kind="opinion", bylines=(author,))))

    head = html[: html.index('class="story__body')]
    assert "An opinion, not a report" in head
    assert 'class="story__portrait"' in head
    assert "Columnist" in html


def test_only_the_picture_above_the_text_is_fetched_before_all_others() -> None:
    author = make_author("Ada Berg", portrait=make_photo())
    lead = make_photo(alt="A minehunter.")
    html = read(address(make_article(kind="opinion", bylines=(author,), lead_photo=lead)))

    first = [img["alt"] for img in Page(html).all("img") if img.get("fetchpriority") == "high"]
    assert first == ["A minehunter."]


def test_a_report_shows_no_portrait_above_its_text() -> None:
    author = make_author("Ada Berg", portrait=make_photo())
    html = read(address(make_article(bylines=(author,))))

    assert "story__portrait" not in html
    assert 'class="writers__portrait"' in html


# Passing it on -----------------------------------------------------------------------------


def test_a_story_is_passed_on_by_plain_links_to_its_own_address() -> None:
    article = make_article(headline="“Two” & two = 4%?")
    there = quote(absolute(address(article)), safe="")

    links = Page(read(address(article))).all("a")

    away = [link for link in links if there in str(link["href"])]
    assert [urlsplit(str(link["href"])).netloc for link in away] == [
        "", "bsky.app", "share.joinmastodon.org", "www.linkedin.com", "wa.me", "x.com",
    ]  # fmt: skip
    assert {link.get("rel") for link in away[1:]} == {"nofollow noopener"}
    mail = urlsplit(str(away[0]["href"]))
    assert mail.scheme == "mailto"
    assert dict(parse_qsl(mail.query)) == {
        "subject": "“Two” & two = 4%?",
        "body": absolute(address(article)),
    }


def test_the_terms_of_a_picture_stand_beside_its_credit() -> None:
    photo = make_photo(credit="Photo: A. Berg")
    Photo.objects.filter(pk=photo.pk).update(licence="CC BY 4.0")

    html = read(address(make_article(lead_photo=photo)))

    assert "Photo: A. Berg, CC BY 4.0" in html


def test_changes_that_are_not_published_are_not_shown() -> None:
    article = make_article(headline="As it was", body="<p>Old words.</p>")
    save_revision(
        article.pk,
        make_words(headline="As it will be", body="<p>New words.</p>"),
        editor=None,
        began_from=1,
    )

    html = read(address(article))

    assert "As it was" in html
    assert "As it will be" not in html
    assert "New words." not in html


def test_pictures_hold_their_place_and_only_the_first_is_fetched_at_once() -> None:
    html = read(address(make_full_article()))

    lead, *others = Page(html).all("img")
    assert lead["fetchpriority"] == "high"
    assert "loading" not in lead
    assert others
    assert all(picture["loading"] == "lazy" for picture in others)


def test_a_table_stands_in_a_frame_that_the_keyboard_reaches() -> None:
    article = make_article(body="<table><tr><th>Ship</th></tr><tr><td>Aurelia</td></tr></table>")

    html = read(address(article))

    assert '<div class="table" role="group" aria-label="Table" tabindex="0"><table>' in html
    assert Page(html).faults == []


def test_what_an_editor_pasted_is_inert() -> None:
    article = make_article(headline="<script>alert(1)</script>", standfirst="<img src=x>")
    Revision.objects.filter(article=article).update(body="<p onclick='x'>Hi<script>1</script>")

    html = read(address(article))

    assert "<script>" not in html
    assert "onclick" not in html
    assert escape("<img src=x>") in html


def test_the_canonical_address_is_of_the_site_whatever_was_asked() -> None:
    article = make_full_article()

    html = Client(headers={"host": "127.0.0.1"}).get(f"{address(article)}?utm_source=x").content

    assert f'<link rel="canonical" href="{absolute(address(article))}">' in html.decode()
    assert f'property="og:image" content="{absolute("/media/")}' in html.decode()
    assert "127.0.0.1" not in html.decode()


# Who may see what --------------------------------------------------------------------------


@pytest.mark.parametrize("state", ["draft", "in review", "withdrawn"])
def test_what_is_not_public_stands_on_no_page(state: str) -> None:
    section, topic, author = make_section("Sea"), make_topic("Mines"), make_author("Ada Berg")
    words = make_words(headline="Secret keel", section=section, topics=(topic,), bylines=(author,))
    article = create_article(words, editor=None)
    if state == "in review":
        send_for_review(article.pk, editor=None)
    if state == "withdrawn":
        article = make_article(**words.__dict__)
        withdraw(article.pk, editor=None, note="We were wrong.")
    make_article(headline="Another", section=section, topics=(topic,), bylines=(author,))

    pages = ["/", "/latest/", "/feed/", "/search/?q=secret", "/search/?q=another"]
    pages += [row.get_absolute_url() for row in (section, topic, author)]

    for page in pages:
        assert "Secret keel" not in read(page), page


def test_a_topic_without_a_public_story_does_not_exist_for_readers() -> None:
    topic = make_topic("Embargoed missile")
    make_draft(topics=(topic,))

    response = Client().get(topic.get_absolute_url())

    assert response.status_code == 404
    assert "Embargoed missile" not in response.content.decode()


def test_a_withdrawn_story_leaves_its_note_and_nothing_else() -> None:
    article = make_article(headline="Six ships sunk", body="<p>All of it wrong.</p>")
    withdraw(article.pk, editor=None, note="The ships are in harbour.")

    response = Client().get(address(article))

    html = response.content.decode()
    assert response.status_code == 410
    assert "The ships are in harbour." in html
    assert "Six ships sunk" not in html
    assert "All of it wrong" not in html


def test_only_the_desk_sees_the_bar_that_leads_to_the_editor() -> None:
    article = make_article()
    save_revision(article.pk, make_words(), editor=None, began_from=1)
    staff, reader = Client(), Client()
    staff.force_login(make_staff())
    reader.force_login(make_user())

    assert "Edit this story" in read(address(article), staff)
    assert "with changes that readers do not see yet" in read(address(article), staff)
    for other in (reader, Client()):
        assert "staff-bar" not in read(address(article), other)


# Head and foot -----------------------------------------------------------------------------


def test_sections_stand_in_the_owners_order_and_the_current_one_is_marked() -> None:
    sea = make_section("Sea", position=2)
    land = make_section("Land", position=1)
    article = make_article(section=sea)

    on_section = Page(read(sea.get_absolute_url()))
    on_story = Page(read(address(article)))

    links = [link for link in on_section.all("a") if link["href"] == sea.get_absolute_url()]
    assert {link.get("aria-current") for link in links} >= {"page"}
    assert any(link.get("aria-current") == "true" for link in on_story.all("a"))
    hrefs = [link["href"] for link in on_section.all("a")]
    assert hrefs.index(land.get_absolute_url()) < hrefs.index(sea.get_absolute_url())


def test_the_six_pages_about_the_title_are_linked_and_stand() -> None:
    make_first_pages(Site.current())

    html = read("/")

    for slug in ("about", "contact", "staff", "ethics", "privacy", "comment-guidelines"):
        assert f'href="/{slug}/"' in html
        assert Page(read(f"/{slug}/")).faults == []


def test_the_foot_of_a_demonstration_says_so_and_of_a_title_does_not() -> None:
    site = Site.objects.create(name="The Watch", demo=True)
    words = "Demonstration. All countries are invented."
    assert words in read("/")

    site.demo = False
    site.save()

    assert words not in read("/")


# Moved -------------------------------------------------------------------------------------


def test_an_old_address_leads_to_the_story() -> None:
    article = make_article()
    Redirect.objects.create(old_path="2025/01/old", article=article)

    response = Client().get("/2025/01/old/")

    assert (response.status_code, response.headers["Location"]) == (301, address(article))


def test_an_old_address_of_a_story_that_is_not_public_leads_nowhere() -> None:
    Redirect.objects.create(old_path="2025/01/old", article=make_draft())

    assert Client().get("/2025/01/old/").status_code == 404


def test_an_old_address_may_lead_to_another_path() -> None:
    Redirect.objects.create(old_path="2025/01/old", new_path="ethics")

    assert Client().get("/2025/01/old/").headers["Location"] == "/ethics/"


def test_a_live_page_wins_over_a_redirect() -> None:
    article, other = make_article(headline="Here"), make_article()
    assert article.path
    Redirect.objects.create(old_path=article.path, article=other)

    assert "Here" in read(address(article))


def test_a_missing_slash_is_added() -> None:
    article = make_article()

    response = Client().get(address(article).rstrip("/"))

    assert (response.status_code, response.headers["Location"]) == (301, address(article))


# What the browser keeps --------------------------------------------------------------------


def public_pages() -> list[str]:
    article = make_full_article()
    make_first_pages(Site.current())
    rows = [article, article.section, article.topics.first(), article.bylines.first()]
    found = [row.get_absolute_url() for row in rows if row is not None]
    return [*found, "/", "/latest/", "/search/?q=frigate", "/search/?q=none", "/feed/", "/about/"]


def test_a_stranger_gets_no_cookie_and_may_ask_again_by_etag() -> None:
    for page in public_pages():
        first = Client().get(page)
        again = Client().get(page, headers={"if-none-match": first.headers["ETag"]})

        assert not first.cookies, page
        assert first.headers["Cache-Control"] == "no-cache", page
        assert (again.status_code, again.content) == (304, b""), page


def test_compressed_pages_keep_one_etag() -> None:
    article = make_article(body=FIVE * 20)
    packed = {"accept-encoding": "gzip"}
    first = Client().get(address(article), headers=packed)

    again = Client().get(
        address(article), headers=packed | {"if-none-match": first.headers["ETag"]}
    )

    assert first.headers["Content-Encoding"] == "gzip"
    assert "Accept-Encoding" in first.headers["Vary"]
    assert again.status_code == 304


def test_no_old_etag_is_answered_after_a_change() -> None:
    article = make_article()
    etag = Client().get(address(article)).headers["ETag"]

    withdraw(article.pk, editor=None, note="Gone.")

    assert Client().get(address(article), headers={"if-none-match": etag}).status_code == 410


def test_a_persons_page_is_private_and_differs_by_cookie() -> None:
    article, client = make_article(), Client()
    client.force_login(make_user())

    response = client.get(address(article))

    assert "private" in response.headers["Cache-Control"]
    assert "Cookie" in response.headers["Vary"]
    assert Client().get(address(article)).headers["Vary"] == "Accept-Encoding"


def test_head_is_answered_like_get() -> None:
    for page in public_pages():
        head, get = Client().head(page), Client().get(page)

        assert (head.status_code, head.content) == (200, b""), page
        assert head.headers == get.headers, page


def test_pages_are_valid_html() -> None:
    for page in public_pages():
        if page != "/feed/":
            assert Page(read(page)).faults == [], page


# Queries -----------------------------------------------------------------------------------


@pytest.mark.parametrize("comments", [0, 2000])
def test_a_story_takes_twelve_queries_however_long_its_conversation(
    comments: int, django_assert_max_num_queries: DjangoAssertNumQueries
) -> None:
    article = make_full_article()
    for _ in range(comments):
        make_comment(article)
    new_generation()
    read(address(make_article()))  # What stands on every page is read once in a generation.

    with django_assert_max_num_queries(12):
        read(address(article))


@pytest.mark.parametrize(("page", "most"), [("/", 14), ("/feed/", 9)])
def test_a_page_takes_as_many_queries_for_two_stories_as_for_forty(
    page: str, most: int, django_assert_max_num_queries: DjangoAssertNumQueries
) -> None:
    author, section = make_author(), make_section()
    for count in (2, 38):
        for _ in range(count):
            make_article(bylines=(author,), section=section, lead_photo=make_photo())

        with django_assert_max_num_queries(most):
            read(page)
