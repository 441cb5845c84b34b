"""Which pages a fact changes: the exact sets, and that no page left out shows the old words."""

from datetime import UTC, datetime
from typing import Any

import pytest
from django.test import Client
from django.urls import reverse

from articles import shown
from articles.models import (
    Article,
    Author,
    Photo,
    RelatedStory,
    Revision,
    Section,
    SitePage,
    Topic,
)
from articles.related.picks import pick
from articles.services import (
    GalleryPicture,
    PublicChange,
    change_address,
    change_settings,
    clear_place,
    end_breaking_line,
    move_on_front,
    place_on_front,
    publish,
    publish_changes,
    save_revision,
    set_breaking_line,
    strike_out,
    withdraw,
)
from articles.services.drafts import newest_of
from comments.models import Comment
from comments.services import decide, forget_person
from newsroom.press.models import PagePath
from tests.conftest import Committing
from tests.makers import (
    make_article,
    make_author,
    make_comment,
    make_draft,
    make_photo,
    make_section,
    make_staff,
    make_topic,
    make_words,
)
from tests.press.asking import Site

pytestmark = pytest.mark.django_db

WHOLE = {"/", "/sitemap-pages.xml"}  # What every list of the site shows on.
OWN = {"", "history/", "comments/"}
MACHINES = {"/feed/", "/feed/atom/", "/feed/json/", "/sitemap.xml", "/news-sitemap.xml"}


class Desk:
    """A section, a topic and an author, and what a story in them says."""

    def __init__(self) -> None:
        self.section = make_section(slug="sea")
        self.topic = make_topic(slug="frigates")
        self.author = make_author(slug="ada")

    def words(self, **other: Any) -> dict[str, Any]:
        usual = {"section": self.section, "topics": (self.topic,), "bylines": (self.author,)}
        return usual | {"headline": "Seven ships", "body": "<p>Seven.</p>"} | other

    def publish(self, **other: Any) -> Article:
        return make_article(**self.words(**other))

    def change(self, article: Article, told_as: str = "update", **other: Any) -> Article:
        words = make_words(**self.words(**other))
        began_from = newest_of(Article.objects.get(pk=article.pk)).number
        save_revision(article.pk, words, editor=None, began_from=began_from)
        change = PublicChange(told_as)
        if told_as == "correction":
            change = PublicChange(told_as, reason="Wrong.", wrong="Seven.", right="Eight.")
        return publish_changes(article.pk, change, editor=None)


@pytest.fixture
def desk() -> Desk:
    return Desk()


def own(article: Article) -> set[str]:
    return {f"/{article.path}/{page}" for page in OWN}


def month(article: Article) -> str:
    return str(article.path)[:7]


def feeds(article: Article, *lists: str) -> set[str]:
    sitemap = f"/sitemap-{month(article).replace('/', '-')}.xml"
    return MACHINES | {sitemap} | {f"{path}feed/" for path in lists}


def lists(article: Article, *more: str) -> list[str]:
    usual = ["/latest/", f"/archive/{month(article)}/", "/section/sea/", "/topic/frigates/"]
    return [*usual, "/author/ada/", *more]


def purged(act: Any) -> set[str]:
    """The paths whose version was raised by it."""
    before = dict(PagePath.objects.values_list("path", "version"))
    act()
    after = PagePath.objects.values_list("path", "version")
    return {path for path, version in after if version != before.get(path, 0)}


# One story ---------------------------------------------------------------------------------


def test_a_publication_purges_its_pages_and_its_lists(desk: Desk) -> None:
    make_article()
    draft = make_draft(**desk.words())

    pages = purged(lambda: publish(draft.pk, editor=None, announce=False))

    article = Article.objects.get(pk=draft.pk)
    names = lists(article)
    assert pages == {"/archive/", *WHOLE, *own(article), *names, *feeds(article, *names)}


def test_a_publication_purges_at_most_three_pages_of_each_list(desk: Desk) -> None:
    others = [make_topic() for _ in range(4)], [make_author() for _ in range(3)]
    article = make_article(
        **desk.words(
            topics=(desk.topic, *others[0]),
            bylines=(desk.author, *others[1]),
            lead_photo=make_photo(),
        )
    )

    pages = shown.story_published(article)

    # The front, the site's feeds, its sitemaps, latest, the month, the section, the pictures.
    of_lists = 7 + 5 + 4
    assert len(pages - own(article)) <= 3 * of_lists


def test_a_story_with_a_photo_stands_among_the_pictures_too(desk: Desk) -> None:
    article = desk.publish(lead_photo=make_photo())

    assert {"/pictures/", "/pictures/feed/"} <= shown.story_published(article)


def test_a_story_with_a_gallery_alone_stands_among_the_pictures_too(desk: Desk) -> None:
    article = desk.publish(gallery=[GalleryPicture(make_photo()), GalleryPicture(make_photo())])

    pages = shown.story_published(article)

    names = lists(article, "/pictures/")
    assert pages >= {*names, *feeds(article, *names)}


@pytest.mark.parametrize("words", ["gallery", "lead_caption"])
def test_what_stands_below_a_picture_purges_the_pictures_and_no_other_list(
    desk: Desk, words: str
) -> None:
    lead, photo = make_photo(), make_photo()
    usual: dict[str, Any] = {"lead_photo": lead, "gallery": (GalleryPicture(photo),)}
    article = desk.publish(**usual)
    told = {"gallery": (GalleryPicture(photo, "A quay."),), "lead_caption": "A quay."}

    pages = purged(lambda: desk.change(article, **(usual | {words: told[words]})))

    names = lists(article, "/pictures/")
    assert pages == own(article) | feeds(article, *names) | {"/pictures/"}


def test_a_gallery_that_goes_leaves_the_pictures(desk: Desk) -> None:
    article = desk.publish(gallery=(GalleryPicture(make_photo()),))

    pages = purged(lambda: desk.change(article, gallery=()))

    assert {"/pictures/", "/pictures/feed/"} <= pages


def test_a_photo_of_a_gallery_shows_among_the_pictures(desk: Desk) -> None:
    photo = make_photo()
    desk.publish(gallery=(GalleryPicture(photo),))

    assert {"/pictures/", "/pictures/feed/"} <= shown.photo_changed(photo)


def test_a_typo_in_the_text_purges_its_pages_and_the_feeds(desk: Desk) -> None:
    article = desk.publish()

    pages = purged(lambda: desk.change(article, "typo", body="<p>Seven!</p>"))

    assert pages == own(article) | feeds(article, *lists(article))


def test_a_correction_of_the_text_purges_the_corrections_too(desk: Desk) -> None:
    article = desk.publish()

    pages = purged(lambda: desk.change(article, "correction", body="<p>Eight.</p>"))

    corrections = {"/corrections/", "/corrections/feed/"}
    assert pages == own(article) | feeds(article, *lists(article)) | corrections


@pytest.mark.parametrize(
    "words", [{"headline": "Eight ships"}, {"standfirst": "More."}, {"kind": "analysis"}]
)
def test_what_a_card_shows_changes_the_lists_and_where_it_is_related(
    desk: Desk, words: dict[str, str]
) -> None:
    article, other = desk.publish(), make_article()

    pages = purged(lambda: desk.change(article, **words))

    names = lists(article)
    related = {f"/{other.path}/"}
    assert pages == {*WHOLE, *own(article), *names, *feeds(article, *names), *related}


def test_a_story_that_goes_elsewhere_leaves_its_old_lists_too(desk: Desk) -> None:
    article = desk.publish()
    new: dict[str, Any] = {
        "section": make_section(slug="air"),
        "topics": (make_topic(slug="jets"),),
        "bylines": (make_author(slug="bea"),),
        "lead_photo": make_photo(),
    }

    pages = purged(lambda: desk.change(article, **new))

    more = ["/section/air/", "/topic/jets/", "/author/bea/", "/pictures/"]
    names = lists(article, *more)
    assert pages == {*WHOLE, *own(article), *names, *feeds(article, *names)}


def test_a_withdrawal_purges_what_pointed_to_the_story(desk: Desk) -> None:
    article = desk.publish()
    pointing = make_article(see_also=(article,))

    pages = purged(lambda: withdraw(article.pk, editor=None, note="It was wrong."))

    names = lists(article)
    assert pages == {
        "/archive/", *WHOLE, *own(article), *names, *feeds(article, *names),
        f"/{pointing.path}/", f"/{pointing.path}/history/",
    }  # fmt: skip


def test_a_record_that_names_a_story_is_purged_with_it() -> None:
    article = make_article()
    pointed = make_article(see_also=(article,))
    save_revision(pointed.pk, make_words(), editor=None, began_from=1)
    publish_changes(pointed.pk, PublicChange("update"), editor=None)

    pages = purged(lambda: withdraw(article.pk, editor=None, note="It was wrong."))

    assert f"/{pointed.path}/history/" in pages


def test_a_story_that_comes_back_purges_the_same_pages(desk: Desk) -> None:
    article = desk.publish()
    make_article(see_also=(article,))
    gone = purged(lambda: withdraw(article.pk, editor=None, note="It was wrong."))

    assert purged(lambda: publish(article.pk, editor=None)) == gone


def test_another_address_purges_the_old_one_and_the_new(desk: Desk) -> None:
    article = desk.publish()
    old = own(article)

    pages = purged(lambda: change_address(article.pk, "eight-ships", editor=None))

    moved = Article.objects.get(pk=article.pk)
    names = lists(moved)
    assert pages == {"/archive/", *WHOLE, *old, *own(moved), *names, *feeds(moved, *names)}


def test_striking_out_a_version_purges_the_public_record(desk: Desk) -> None:
    article = desk.publish()
    first = article.live
    assert first is not None
    desk.change(article, headline="Eight ships")

    pages = purged(lambda: strike_out(first.pk, reason="A court asked for it.", editor=None))

    assert pages == {f"/{article.path}/history/"}


def test_closing_comments_purges_where_they_are_read(desk: Desk) -> None:
    article = desk.publish()

    pages = purged(lambda: change_settings(article.pk, comment_policy="closed"))

    assert pages == own(article) - {f"/{article.path}/history/"}


def test_what_is_set_about_a_draft_purges_nothing() -> None:
    draft = make_draft()

    assert purged(lambda: change_settings(draft.pk, comment_policy="closed")) == set()


# Comments ----------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("was", "decision"),
    [
        (Comment.State.PENDING, "publish"),
        (Comment.State.PUBLISHED, "reject"),
        (Comment.State.PUBLISHED, "spam"),
        (Comment.State.PUBLISHED, "reopen"),
    ],
)
def test_a_decision_purges_where_the_comment_is_read(desk: Desk, was: str, decision: str) -> None:
    article = desk.publish()
    comment = make_comment(article, state=was)

    pages = purged(lambda: decide(comment.pk, decision, by=None))

    assert pages == shown.conversation_changed(article)


def test_a_decision_that_no_reader_sees_purges_nothing(desk: Desk) -> None:
    comment = make_comment(desk.publish(), state=Comment.State.PENDING)

    assert purged(lambda: decide(comment.pk, "reject", by=None)) == set()


def test_forgetting_a_person_purges_what_they_said(desk: Desk) -> None:
    article = desk.publish()
    make_comment(article, email="ida@example.org")

    assert purged(lambda: forget_person("ida@example.org")) == shown.conversation_changed(article)


# What stories share ------------------------------------------------------------------------


def test_an_authors_page_and_stories_show_the_author(desk: Desk) -> None:
    article = desk.publish()
    make_article()

    pages = shown.author_changed(desk.author, "old")

    names = lists(article)
    old = {"/author/old/", "/author/old/feed/"}
    assert pages == {*WHOLE, *old, *own(article), *names, *feeds(article, *names)}


def test_a_topics_page_and_stories_show_the_topic(desk: Desk) -> None:
    article = desk.publish()

    names = lists(article)
    assert shown.topic_changed(desk.topic) == {
        *WHOLE, *own(article), *names, *feeds(article, *names)
    }  # fmt: skip


def test_a_record_tells_an_earlier_author_and_topic_by_their_names_of_today(
    desk: Desk, committing: Committing
) -> None:
    ada, ships = make_author("Ada Berg"), make_topic("Ships")
    article = desk.publish(bylines=(ada,), topics=(ships,))
    desk.change(article)
    site = Site()
    record = f"{article.get_absolute_url()}history/"
    assert b"Ada Berg" in site.stored(record).body

    with committing():
        edit(Author, ada, name="Ada Holm")
        edit(Topic, ships, name="Vessels")

    body = site.stored(record).body
    assert b"Ada Berg" not in body
    assert b"Ada Holm" in body
    assert b"Vessels" in body


def test_a_photo_shows_on_its_stories_below_others_and_on_whom_it_portrays(desk: Desk) -> None:
    photo = make_photo()
    article = desk.publish(lead_photo=photo)
    Author.objects.filter(pk=make_author(slug="cleo").pk).update(portrait=photo)
    chosen, picked = make_article(), make_article()
    RelatedStory.objects.all().delete()
    RelatedStory.objects.create(article=chosen, other=article, position=0)
    pick(picked.pk, article.pk)

    names = lists(article, "/pictures/")
    portrait = {"/author/cleo/", "/author/cleo/feed/"}
    below = {chosen.get_absolute_url(), picked.get_absolute_url()}
    assert shown.photo_changed(photo) == {
        *WHOLE, *own(article), *names, *feeds(article, *names), *portrait, *below
    }  # fmt: skip


def test_a_story_below_which_a_photo_stands_shows_its_new_crop(
    desk: Desk, committing: Committing
) -> None:
    photo = make_photo()
    article, other = desk.publish(lead_photo=photo), make_article()
    pick(other.pk, article.pk)
    site = Site()
    page = other.get_absolute_url()
    assert b"picture--x0" not in site.stored(page).body

    with committing():
        edit(Photo, photo, stays="0.0 0.5")

    assert b"picture--x0" in site.stored(page).body


@pytest.mark.parametrize("many", [2, 3])
def test_what_shows_on_more_pages_than_are_counted_begins_all_anew(
    desk: Desk, monkeypatch: pytest.MonkeyPatch, many: int
) -> None:
    monkeypatch.setattr(shown, "MANY", 2)
    for _ in range(many):
        desk.publish()

    assert ("*" in shown.author_changed(desk.author)) is (many == 3)
    assert ("*" in shown.topic_changed(desk.topic)) is (many == 3)


def test_every_page_is_known_that_a_fact_may_change(desk: Desk) -> None:
    article = desk.publish(lead_photo=make_photo())
    SitePage.objects.create(slug="about", title="About", body="<p>Us.</p>")

    known = set(shown.every_page())

    assert shown.story_withdrawn(article) <= known
    assert shown.author_changed(desk.author) | {"/about/", "/robots.txt"} <= known


# The desk ----------------------------------------------------------------------------------


def edit(model: type[Any], row: Any, **fields: Any) -> None:
    """Save the desk's form of that row, with other values."""
    client = Client()
    client.force_login(make_staff())
    name = f"admin:{model._meta.app_label}_{model._meta.model_name}_change"
    address = reverse(name, args=[row.pk])
    form = client.get(address).context["adminform"].form
    values = {
        bound.html_name: bound.value() for bound in form if bound.value() not in (None, False)
    }
    answer = client.post(address, values | fields)
    assert answer.status_code == 302, answer.context["adminform"].form.errors


def test_what_is_edited_at_the_desk_purges_what_shows_it(
    desk: Desk, committing: Committing
) -> None:
    photo = make_photo()
    desk.publish(lead_photo=photo)
    page = SitePage.objects.create(slug="about", title="About", body="<p>Us.</p>")
    facts: list[tuple[type[Any], Any, dict[str, Any], set[str]]] = [
        (Author, desk.author, {"name": "Ada B"}, shown.author_changed(desk.author)),
        (Topic, desk.topic, {"description": "Ships."}, shown.topic_changed(desk.topic)),
        (Photo, photo, {"caption": "Another."}, shown.photo_changed(photo)),
        (SitePage, page, {"title": "Who we are"}, {"/about/", "/sitemap-pages.xml"}),
        (Section, desk.section, {"description": "Ships."}, {"*"}),
    ]
    for model, row, change, pages in facts:
        with committing():
            assert purged(lambda m=model, r=row, c=change: edit(m, r, **c)) == pages, model


def test_what_is_arranged_on_the_front_page_purges_it(desk: Desk) -> None:
    first, second = desk.publish(), desk.publish(headline="Eight ships")

    assert purged(lambda: place_on_front(first.pk, 1)) == {"/"}
    assert purged(lambda: place_on_front(second.pk, 2)) == {"/"}
    assert purged(lambda: move_on_front(second.pk, -1)) == {"/"}
    assert purged(lambda: clear_place(second.pk)) == {"/"}
    assert purged(lambda: clear_place(second.pk)) == set()
    assert purged(lambda: set_breaking_line("Shots in the strait.", editor=None)) == {"/"}
    assert purged(end_breaking_line) == {"/"}


def test_other_stories_below_a_story_purge_its_page(desk: Desk) -> None:
    article, other = desk.publish(), desk.publish(headline="Eight ships")

    assert purged(lambda: pick(article.pk, other.pk)) == {article.get_absolute_url()}


def test_the_first_story_of_a_month_purges_the_months_around_it(desk: Desk) -> None:
    make_article(moment=datetime(2026, 3, 10, tzinfo=UTC))
    make_article(moment=datetime(2026, 5, 10, tzinfo=UTC))

    first = shown.story_published(make_article(moment=datetime(2026, 4, 10, tzinfo=UTC)))
    second = shown.story_published(make_article(moment=datetime(2026, 4, 11, tzinfo=UTC)))

    assert {"/archive/2026/03/", "/archive/2026/05/"} <= first
    assert not {"/archive/2026/03/", "/archive/2026/05/"} & second


def test_saving_this_site_begins_all_pages_anew(desk: Desk) -> None:
    client = Client()
    client.force_login(make_staff())
    address = reverse("admin:this_site")
    context = client.get(address).context
    typed = {f"sections-{k}": v for k, v in {
        "TOTAL_FORMS": 1, "INITIAL_FORMS": 1, "0-id": desk.section.pk, "0-position": 3,
    }.items()}  # fmt: skip
    assert context["form"]

    pages = purged(lambda: client.post(address, {"name": "The Signal", **typed}))

    assert pages == {"*"}


# And nothing else --------------------------------------------------------------------------


def test_no_stored_page_shows_what_was_withdrawn_or_changed(
    desk: Desk, committing: Committing
) -> None:
    """Every page there is, stored before the fact and asked for again after it."""
    article = desk.publish(headline="Seven ships", lead_photo=make_photo())
    for number in range(3):
        desk.publish(headline=f"Other {number}", see_also=(article,) if number else ())
    make_comment(article)
    site = Site()
    pages = [path for path in shown.every_page() if site.get(path).status == 200]
    assert sum(b"Seven ships" in site.get(path).body for path in pages) >= 8

    with committing():
        desk.change(article, headline="Eight ships")
    assert showing(site, pages, b"Seven ships") == set()
    assert len(showing(site, pages, b"Eight ships")) >= 8

    with committing():
        withdraw(article.pk, editor=None, note="It was wrong.")
    assert showing(site, pages, b"Eight ships") == set()


def showing(site: Site, pages: list[str], words: bytes) -> set[str]:
    return {path for path in pages for _ in range(2) if words in site.get(path).body}


def test_a_revision_is_compared_by_what_cards_show(desk: Desk) -> None:
    assert set(shown.ON_CARDS) - {"photo_alt"} < set(Revision.WORDS)
