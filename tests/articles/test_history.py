"""The public record of a story."""

from io import StringIO

import pytest
from django.core.management import CommandError, call_command
from django.test import Client

from articles.differences import Changed, Piece
from articles.history import PAGE, history_of
from articles.models import Article, Revision
from articles.services import (
    GalleryPicture,
    PublicChange,
    change_address,
    publish_changes,
    save_revision,
    strike_out,
    withdraw,
)
from articles.services.drafts import newest_of
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

UPDATE = PublicChange("update", "More was learned.")


def change(article: Article, told: PublicChange = UPDATE, **words: object) -> None:
    """Publish another version, equal in all that is not said."""
    newest = newest_of(Article.objects.get(pk=article.pk))
    kept = {name: getattr(newest, name) for name in ("headline", "standfirst", "body", "section")}
    bylines = tuple(row.author for row in newest.byline_rows.all())
    typed = make_words(**(kept | {"bylines": bylines} | words))
    save_revision(article.pk, typed, editor=None, began_from=newest.number)
    publish_changes(article.pk, told, editor=None)


def read(article: Article, query: str = "") -> str:
    response = Client().get(f"{article.get_absolute_url()}history/{query}")
    assert response.status_code == 200
    return str(response.content.decode())


def test_each_public_version_is_told_with_kind_and_reason() -> None:
    article = make_article(body="<p>Seven ships sailed.</p>")
    told = PublicChange("correction", "We misread the list.", "Seven ships.", "Eight ships.")
    change(article, told, body="<p>Eight ships sailed.</p>")

    html = read(article)

    for words in ("First publication", "Correction", "We misread the list.", "Eight ships."):
        assert words in html


def test_words_are_marked_without_colour() -> None:
    article = make_article(body="<p>Seven ships sailed.</p><p>The rest stayed.</p>")
    change(article, body="<p>Eight ships sailed.</p><p>The rest stayed.</p>")

    newest = history_of(article).versions[0]

    (text,) = newest.changes
    assert text.lines == [
        Changed([Piece("Seven", "gone"), Piece("Eight", "added"), Piece("ships sailed.", "kept")])
    ]
    shown = " ".join(read(article).partition("<ol")[2].split())
    assert "[gone]</span> <del>Seven</del>" in shown
    assert "[new]</span> <ins>Eight</ins>" in shown


def test_a_paragraph_put_first_does_not_shift_the_others() -> None:
    article = make_article(body="<p>Seven ships sailed.</p><p>Two ships stayed.</p>")
    opening = "<p>A fleet has left the harbour of Altenhaven.</p>"
    change(article, body=f"{opening}<p>Seven frigates sailed.</p><p>Two frigates stayed.</p>")

    (text,) = history_of(article).versions[0].changes

    assert [line.pieces for line in text.lines] == [
        [Piece("A fleet has left the harbour of Altenhaven.", "added")],
        [Piece("Seven", "kept"), Piece("ships", "gone"), Piece("frigates", "added"),
         Piece("sailed.", "kept")],
        [Piece("Two", "kept"), Piece("ships", "gone"), Piece("frigates", "added"),
         Piece("stayed.", "kept")],
    ]  # fmt: skip


def test_other_parts_are_compared_too() -> None:
    article = make_article()
    change(
        article,
        headline="Another",
        standfirst="In short.",
        section=make_section("Sea"),
        bylines=(make_author("Ada Berg"),),
    )

    labels = [part.label for part in history_of(article).versions[0].changes]

    assert labels == ["Headline", "Standfirst", "Section", "By"]


def test_authors_and_topics_are_told_one_by_one() -> None:
    ada, ben, sea = make_author("Ada Berg"), make_author("Ben Kay"), make_topic("Sea")
    article = make_article(bylines=(ada,), topics=(sea, make_topic("Air")))
    change(article, bylines=(ada, ben), topics=(sea,))

    by, topics = history_of(article).versions[0].changes

    assert by.lines == [Changed([Piece("Ben Kay", "added")])]
    assert topics.lines == [Changed([Piece("Air", "gone")])]


def test_drafts_are_not_part_of_the_record() -> None:
    article = make_article()
    save_revision(article.pk, make_words(headline="Secret"), editor=None, began_from=1)

    html = read(article)

    assert "Secret" not in html


def test_a_draft_has_no_record() -> None:
    draft = make_draft(headline="Secret")

    assert Client().get(f"/2026/11/{draft.pk}/history/").status_code == 404


def test_a_withdrawn_story_answers_with_its_note() -> None:
    article = make_article(headline="Wrong all over")
    withdraw(article.pk, editor=None, note="It was wrong.")

    response = Client().get(f"{article.get_absolute_url()}history/")

    assert response.status_code == 410
    assert "Wrong all over" not in response.content.decode()


def test_the_record_follows_its_story() -> None:
    article = make_article(headline="Old")
    old = article.get_absolute_url()
    article = change_address(article.pk, "new", editor=None)

    response = Client().get(f"{old}history/")

    assert (response.status_code, response.headers["Location"]) == (
        301,
        f"{article.get_absolute_url()}history/",
    )


def test_markup_in_words_is_inert() -> None:
    article = make_article(headline="Fine")
    change(article, headline="<script>alert(1)</script>")

    html = read(article)

    assert "<script>alert" not in html
    assert "&lt;script&gt;alert(1)&lt;/script&gt;" in html


def test_beside_a_version_struck_out_nothing_is_compared() -> None:
    article = make_article(headline="First of all")
    change(article, headline="Second")
    strike_out(article.revisions.get(number=1).pk, reason="A name.", editor=None)

    newest, struck = history_of(article).versions

    assert (newest.changes, struck.changes) == ([], [])
    assert struck.struck_out_because == "A name."
    assert "First of all" not in read(article)


def test_dateline_sources_and_pictures_are_compared_too() -> None:
    article = make_article(
        dateline="ALTENHAVEN", sources="The ministry", gallery=[GalleryPicture(make_photo())]
    )
    change(
        article,
        dateline="NORRVIK",
        sources="The ministry\nThe yard",
        gallery=[GalleryPicture(make_photo(), "Cranes.", "Tall cranes.")],
    )

    html = read(article)

    for words in (
        "<del>ALTENHAVEN</del>", "<ins>NORRVIK</ins>", "<ins>The yard</ins>",
        "<ins>Cranes. (Tall cranes.)</ins>", "Dateline</h3>", "Sources</h3>", "Pictures</h3>",
    ):  # fmt: skip
        assert words in " ".join(html.split()).replace("> ", ">"), words


def test_a_link_that_leads_elsewhere_is_told() -> None:
    body = '<p>See <a title="a" href="https://{}.example/?a=1&amp;b=2">this <em>list</em></a>.</p>'
    article = make_article(body=body.format("ministry"))
    change(article, body=body.format("elsewhere"))

    (links,) = history_of(article).versions[0].changes

    assert links.label == "Links in the text"
    assert [line.pieces for line in links.lines] == [
        [Piece("this list", "kept"),
         Piece("(https://ministry.example/?a=1&b=2)", "gone"),
         Piece("(https://elsewhere.example/?a=1&b=2)", "added")],
    ]  # fmt: skip


def test_another_photo_with_the_same_words_is_told() -> None:
    article = make_article(lead_photo=make_photo())
    change(article, lead_photo=make_photo())
    change(article, lead_photo=None)

    away, exchanged, _first = history_of(article).versions

    (photo,) = exchanged.changes
    assert (photo.label, photo.said) == (
        "Photo", "Another photo stands in the place of the one before.",
    )  # fmt: skip
    assert away.changes[0].said == "The photo above the text was taken away."
    assert "No words changed" not in read(article)


def test_another_picture_of_a_gallery_with_the_same_words_is_told() -> None:
    article = make_article(gallery=[GalleryPicture(make_photo()), GalleryPicture(make_photo())])
    kept = article.revisions.get().gallery_rows.all()[0].photo
    change(article, gallery=[GalleryPicture(kept), GalleryPicture(make_photo())])

    (pictures,) = history_of(article).versions[0].changes

    words = "A ship. (A grey ship.)"
    assert pictures.lines == [
        Changed([Piece(words, "gone")], 2), Changed([Piece(words, "added")], 2)
    ]  # fmt: skip


def test_what_stands_under_see_also_is_compared_too() -> None:
    old, new = make_article(headline="The old tender"), make_article(headline="The new tender")
    article = make_article(see_also=(old,))
    change(article, see_also=(new,))

    (see_also,) = history_of(article).versions[0].changes

    assert see_also.label == "See also"
    assert [line.pieces for line in see_also.lines] == [
        [Piece("The old tender", "gone")], [Piece("The new tender", "added")],
    ]  # fmt: skip


def test_the_record_does_not_name_a_story_that_left_readers() -> None:
    gone = make_article(headline="Wrong all over")
    article = make_article(see_also=(gone,))
    change(article)
    withdraw(gone.pk, editor=None, note="It was wrong.")

    html = read(article)

    assert "Wrong all over" not in html
    assert "A story that is not public" in html


def test_a_source_put_first_leaves_the_others_as_they_were() -> None:
    article = make_article(sources="The ministry\nThe yard")
    change(article, sources="The fleet\nThe ministry\nThe yard")

    (sources,) = history_of(article).versions[0].changes

    assert sources.lines == [Changed([Piece("The fleet", "added")], 1)]
    shown = " ".join(read(article).partition("<ol")[2].split())
    assert '<span class="history__number">1.</span>' in shown


def test_the_story_leads_to_its_record_once_something_changed() -> None:
    article = make_article()
    link = f"{article.get_absolute_url()}history/"
    before = Client().get(article.get_absolute_url()).content.decode()
    change(article, headline="Second")

    after = Client().get(article.get_absolute_url()).content.decode()

    assert link not in before
    assert link in after


def test_a_typing_error_leads_there_too_though_the_story_is_not_called_updated() -> None:
    article = make_article()
    change(article, PublicChange("typo"), headline="Second")

    page = Client().get(article.get_absolute_url()).content.decode()

    assert f'href="{article.get_absolute_url()}history/"' in page
    assert "Updated" not in page


def test_a_long_record_has_pages() -> None:
    article = make_article()
    for number in range(PAGE + 2):
        change(article, headline=f"Version {number}")

    first, second = read(article), read(article, "?page=2")

    assert first.count('class="history__version"') == PAGE
    assert second.count('class="history__version"') == 3
    assert Client().get(f"{article.get_absolute_url()}history/?page=3").status_code == 404


@pytest.mark.parametrize("page", ["abc", "0", "-1", "99999", "%00"])
def test_a_page_that_is_none_is_not_found(page: str) -> None:
    article = make_article()

    response = Client().get(f"{article.get_absolute_url()}history/?page={page}")

    assert response.status_code == 404


def test_the_number_of_queries_does_not_grow_with_the_versions(
    django_assert_max_num_queries: object,
) -> None:
    article = make_article()
    for number in range(6):
        change(article, headline=f"Version {number}")

    with django_assert_max_num_queries(11):  # type: ignore[operator]  # pytest-django's fixture.
        read(article)


# The chain ---------------------------------------------------------------------------------


def test_an_honest_record_verifies() -> None:
    article = make_article()
    change(article, headline="Second")
    out = StringIO()

    call_command("verify_history", stdout=out)

    assert "1 stories verified" in out.getvalue()


def test_a_row_that_was_altered_is_named() -> None:
    make_article()
    article = make_article()
    Revision.objects.filter(article=article).update(headline="Quietly other")
    said = StringIO()

    with pytest.raises(CommandError, match="1 faults in 2 stories"):
        call_command("verify_history", stderr=said)

    assert said.getvalue().strip() == (
        f"{article.path}: version 1: articles_revision: was altered"
    )


def test_one_story_can_be_asked_for() -> None:
    article = make_article()
    out = StringIO()

    call_command("verify_history", f"/{article.path}/", stdout=out)

    assert "1 stories verified" in out.getvalue()
    with pytest.raises(CommandError, match="no story at 2026/11/none"):
        call_command("verify_history", "2026/11/none")


def test_a_story_without_its_address_is_found_all_the_same() -> None:
    article = make_article()
    Article.objects.filter(pk=article.pk).update(
        state="draft", path=None, feed_id=None, first_published_at=None
    )
    said = StringIO()

    with pytest.raises(CommandError, match="in 1 stories"):
        call_command("verify_history", stderr=said)

    where = f"story {article.pk}, which has no address: the story: articles_article: "
    assert f"{where}is draft, though readers were shown it" in said.getvalue()
