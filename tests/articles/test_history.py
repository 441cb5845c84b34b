"""The public record of a story."""

from io import StringIO

import pytest
from django.core.management import CommandError, call_command
from django.test import Client

from articles.differences import Piece
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
    assert text.paragraphs == [
        [Piece("Seven", "gone"), Piece("Eight", "added"), Piece("ships sailed.", "kept")]
    ]
    shown = " ".join(read(article).partition("<ol")[2].split())
    assert "[gone]</span> <del>Seven</del>" in shown
    assert "[new]</span> <ins>Eight</ins>" in shown


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
        "<del>ALTENHAVEN</del>", "<ins>NORRVIK</ins>", "<ins>2. The yard</ins>",
        "<ins>Cranes. (Tall cranes.)</ins>", "Dateline</h3>", "Sources</h3>", "Pictures</h3>",
    ):  # fmt: skip
        assert words in " ".join(html.split()).replace("> ", ">"), words


def test_the_story_leads_to_its_record_once_something_changed() -> None:
    article = make_article()
    link = f"{article.get_absolute_url()}history/"
    before = Client().get(article.get_absolute_url()).content.decode()
    change(article, headline="Second")

    after = Client().get(article.get_absolute_url()).content.decode()

    assert link not in before
    assert link in after


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

    with django_assert_max_num_queries(10):  # type: ignore[operator]  # pytest-django's fixture.
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
