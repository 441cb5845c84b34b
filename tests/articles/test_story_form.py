"""The story's form at the desk: sources, gallery, files that are kept, forms that are sent twice."""

from typing import Any
from uuid import uuid4

import pytest
from django.core.files.base import ContentFile
from django.test import Client
from django.urls import reverse

from articles.models import Article, Photo
from articles.services import GalleryPicture, save_revision
from newsroom.accounts.models import User
from tests.articles.test_admin import change, editor, make_desk, step, typed
from tests.makers import make_article, make_draft, make_photo, make_words, picture_file

__all__ = ["editor"]
pytestmark = pytest.mark.django_db

ADD = "admin:articles_article_add"


def row(number: int, photo: Photo | None, **fields: Any) -> dict[str, Any]:
    said = {"photo": photo.pk if photo else "", "position": number + 1, "caption": "", "alt": ""}
    return {f"picture-{number}-{name}": value for name, value in (said | fields).items()}


def saved() -> Any:
    return Article.objects.get().newest


def gallery() -> list[tuple[int, str, str]]:
    return [(row.photo_id, row.caption, row.alt) for row in saved().gallery_rows.all()]


# Dateline and sources ----------------------------------------------------------------------


def test_dateline_and_sources_are_saved_and_shown_again(client: Client, editor: User) -> None:
    sources = "The ministry,  a statement\r\n\r\n The yard "

    client.post(reverse(ADD), typed(dateline=" Altenhaven ", sources=sources))

    assert (saved().dateline, saved().sources) == (
        "Altenhaven",
        "The ministry, a statement\nThe yard",
    )
    page = client.get(change(Article.objects.get())).content.decode()
    assert 'value="Altenhaven"' in page
    assert "The ministry, a statement" in page


def test_a_number_without_a_source_and_a_source_without_a_number_are_told(
    client: Client, editor: User
) -> None:
    draft = make_draft(body="<p>One [1], three [3].</p>", sources="The ministry\nThe yard")

    for page in (change(draft), step(draft, "publish")):
        html = client.get(page).content.decode()
        assert "The text names [3], and there is no such source" in html
        assert "No place in the text names [2]" in html
    client.post(step(draft, "publish"))
    assert Article.objects.published().exists()  # A warning stops nobody.


def test_brackets_in_a_story_without_sources_are_nobodys_business(
    client: Client, editor: User
) -> None:
    draft = make_draft(body="<p>He said [1] much.</p>")

    assert "there is no such source" not in client.get(change(draft)).content.decode()


def test_a_line_above_a_table_becomes_its_caption_and_comes_back_as_a_line(
    client: Client, editor: User
) -> None:
    table = "<table><tbody><tr><td>33%</td></tr></tbody></table>"

    client.post(reverse(ADD), typed(body=f"<p>Table: The cost.</p>{table}"))

    assert saved().body == table.replace("<tbody>", "<caption>The cost.</caption><tbody>")
    form = client.get(change(Article.objects.get())).context["form"]
    assert form["body"].value() == f"<p>Table: The cost.</p>{table}"


# The gallery -------------------------------------------------------------------------------


def test_a_gallery_is_saved_in_the_order_of_its_places(client: Client, editor: User) -> None:
    first, second = make_photo(), make_photo()
    rows = row(0, first, position=2) | row(1, second, position=1, caption=" A quay. ", alt="Q")

    client.post(reverse(ADD), typed(**rows))

    assert gallery() == [(second.pk, "A quay.", "Q"), (first.pk, "", "")]


def test_words_that_are_the_photos_own_are_not_said_again(client: Client, editor: User) -> None:
    photo = make_photo(caption="A ship.", alt="Grey.")

    client.post(reverse(ADD), typed(**row(0, photo, caption="A ship.", alt="Grey.")))

    assert gallery() == [(photo.pk, "", "")]


def test_a_picture_is_taken_out(client: Client, editor: User) -> None:
    stays, goes = make_photo(), make_photo()
    draft = make_draft(gallery=[GalleryPicture(stays), GalleryPicture(goes)])
    rows = row(0, stays) | row(1, goes, remove="on") | row(2, None)

    client.post(change(draft), typed(began_from=1, section=saved().section_id, **rows))

    assert gallery() == [(stays.pk, "", "")]


def test_saving_a_gallery_as_it_stands_makes_no_revision(client: Client, editor: User) -> None:
    photo = make_photo()
    draft = make_draft(headline="H", gallery=[GalleryPicture(photo, "Here.", "")])
    page = client.get(change(draft))
    shown = page.context["form"].gallery
    sent = {
        f"{form.prefix}-{name}": form[name].value() or "" for form in shown for name in form.fields
    }
    sent = {name: value for name, value in sent.items() if not name.endswith("-remove")}
    newest = saved()
    same = typed(
        headline="H", body=newest.body, section=newest.section_id, began_from=1,
        byline_1=newest.byline_rows.get().author_id, **sent,
    )  # fmt: skip

    client.post(change(draft), same)

    assert draft.revisions.count() == 1


def test_several_files_become_rows_at_once(client: Client, editor: User) -> None:
    files = [picture_file(), picture_file(30, 20)]
    kept = make_photo()

    client.post(
        reverse(ADD),
        typed(new_pictures=files, gallery_credit="Photo: A. Berg", **row(0, kept), **row(1, None)),
    )

    rows = list(saved().gallery_rows.all())
    assert len(rows) == 3
    assert rows[0].photo == kept
    assert {row.photo.credit for row in rows[1:]} == {"Photo: A. Berg"}


def test_of_several_files_the_bad_one_is_named_and_the_good_ones_are_kept(
    client: Client, editor: User
) -> None:
    bad = [("notes.txt", b"not a picture"), ("none.jpg", b"")]
    files = [picture_file(), *(ContentFile(bytes_, name=name) for name, bytes_ in bad)]

    answer = client.post(
        reverse(ADD),
        typed(headline="Typed before", new_pictures=[*files, picture_file(30, 20)]),
    )

    page, form = answer.content.decode(), answer.context["form"]
    assert answer.status_code == 422
    assert page.count("notes.txt: This file cannot be read as a picture") == 1
    assert "none.jpg: The submitted file is empty." in page
    assert "Typed before" in page
    assert not Article.objects.exists()
    kept = [picture.shown for picture in form.gallery if picture.shown]
    assert [photo.rendition.width for photo in kept] == [64, 30]
    again = {name: value for n, photo in enumerate(kept) for name, value in row(n, photo).items()}
    client.post(reverse(ADD), typed(headline="Typed before", **again))
    assert [picture.photo for picture in saved().gallery_rows.all()] == kept


def test_a_gallery_has_an_end(client: Client, editor: User) -> None:
    rows: dict[str, Any] = {}
    for number in range(24):
        rows |= row(number, make_photo())

    last = rows.pop("picture-23-photo")
    files = [picture_file(), picture_file(30, 20)]
    answer = client.post(reverse(ADD), typed(new_pictures=files, **rows))

    assert "picture: A gallery holds up to 24 pictures." in answer.content.decode()
    assert sum(picture.shown is not None for picture in answer.context["form"].gallery) == 24
    client.post(reverse(ADD), typed(**rows, **{"picture-23-photo": last}))
    assert len(gallery()) == 24


def test_rows_past_the_end_are_refused_and_the_rest_is_kept(client: Client, editor: User) -> None:
    rows: dict[str, Any] = {}
    for number in range(25):
        rows |= row(number, make_photo())

    answer = client.post(reverse(ADD), typed(headline="Kept", **rows))

    assert answer.status_code == 422
    assert "A gallery holds up to 24 pictures." in answer.content.decode()
    assert "Kept" in answer.content.decode()


def test_a_mistake_in_a_row_stands_at_its_field(client: Client, editor: User) -> None:
    answer = client.post(reverse(ADD), typed(**row(0, make_photo(), caption="x" * 501)))

    page = answer.content.decode()
    assert answer.status_code == 422
    assert "it is said at its field" in page
    assert "at most 500 characters" in page


def test_a_picture_without_a_description_is_not_published(client: Client, editor: User) -> None:
    draft = make_draft(gallery=[GalleryPicture(make_photo(alt=""))])

    page = client.get(step(draft, "publish")).content.decode()

    assert "A picture of the gallery has no description" in page
    assert f"{change(draft)}#id_gallery" in page
    assert 'id="id_gallery"' in client.get(change(draft)).content.decode()


# Files that were sent ----------------------------------------------------------------------


def test_a_mistake_elsewhere_loses_no_file(client: Client, editor: User) -> None:
    fields = typed(slug="not a slug!", lead_alt="Grey.", new_photo=picture_file())

    answer = client.post(
        reverse(ADD), fields | {"new_pictures": [picture_file()], "gallery_credit": "Us"}
    )

    form = answer.context["form"]
    assert answer.status_code == 422
    lead, other = Photo.objects.order_by("pk")
    assert str(form["lead_photo"].value()) == str(lead.pk)
    assert str(form.gallery.rows[0]["photo"].value()) == str(other.pk)

    again = typed(lead_photo=lead.pk, lead_alt="Grey.", **row(0, other, alt="Q"))
    client.post(reverse(ADD), again)
    assert saved().lead_photo == lead
    assert gallery() == [(other.pk, "", "Q")]


def test_a_conflict_loses_no_file(client: Client, editor: User) -> None:
    draft = make_draft()
    save_revision(draft.pk, make_words(), editor=editor, began_from=1)

    answer = client.post(change(draft), typed(began_from=1, new_photo=picture_file()))

    assert str(answer.context["form"]["lead_photo"].value()) == str(Photo.objects.get().pk)


# A form sent twice -------------------------------------------------------------------------


def test_a_new_storys_form_that_is_sent_twice_makes_one_story(
    client: Client, editor: User
) -> None:
    fields = typed(form_key=str(client.get(reverse(ADD)).context["form"]["form_key"].value()))

    for _ in range(2):
        client.post(reverse(ADD), fields)

    assert Article.objects.get().revisions.count() == 1


def test_a_form_gone_back_to_goes_on_with_its_story(client: Client, editor: User) -> None:
    fields = typed(form_key=str(uuid4()))
    client.post(reverse(ADD), fields)

    client.post(reverse(ADD), fields | {"headline": "Second thoughts"})

    assert saved().headline == "Second thoughts"
    assert saved().number == 2


def test_two_forms_make_two_stories(client: Client, editor: User) -> None:
    for _ in range(2):
        client.post(reverse(ADD), typed(form_key=str(uuid4())))

    assert Article.objects.count() == 2


# What was shown is what is published -------------------------------------------------------


def test_words_saved_after_the_page_was_shown_are_not_published(
    client: Client, editor: User
) -> None:
    draft = make_draft()
    seen = client.get(step(draft, "publish")).context["revision"].number
    save_revision(draft.pk, make_words(headline="Slipped in"), editor=None, began_from=1)

    answer = client.post(step(draft, "publish"), {"seen": seen}, follow=True)

    assert not Article.objects.published().exists()
    page = answer.content.decode()
    assert "Revision 2 was saved after this page was shown" in page
    assert 'name="seen" value="2"' in page


def test_nor_are_such_changes(client: Client, editor: User) -> None:
    article = make_article(headline="As it was")
    for number in (1, 2):
        save_revision(article.pk, make_words(), editor=None, began_from=number)

    answer = client.post(step(article, "changes"), {"kind": "update", "seen": 2})

    page = answer.content.decode()
    assert "Revision 3 was saved after this page was shown" in page
    assert 'name="seen" value="3"' in page
    assert "As it was" in Client().get(article.get_absolute_url()).content.decode()


def test_the_page_of_changes_shows_pictures_and_kind_too(client: Client, editor: User) -> None:
    article = make_article()
    words = make_words(kind="opinion", gallery=[GalleryPicture(make_photo(), "Cranes.", "Tall.")])
    save_revision(article.pk, words, editor=None, began_from=1)

    page = client.get(step(article, "changes")).content.decode()

    assert "<ins>Cranes. (Tall.)</ins>" in page
    assert "<del>News</del>" in page


# The address -------------------------------------------------------------------------------


def test_a_story_is_moved_at_the_desk(client: Client, editor: User) -> None:
    article = make_article(headline="Old")
    old = article.get_absolute_url()

    client.post(step(article, "address"), {"slug": "Łódź moves"})

    article.refresh_from_db()
    assert str(article.path).endswith("/lodz-moves")
    assert Client().get(old).headers["Location"] == article.get_absolute_url()
    page = client.get(step(article, "address")).content.decode()
    assert f"<li>{old}</li>" in page
    assert step(article, "address") in client.get(change(article)).content.decode()


@pytest.mark.parametrize(
    ("slug", "sentence"),
    [("taken", "Another story of that month"), ("!!!", "at least one letter"), ("", "required")],
)
def test_what_is_wrong_with_an_address_stands_at_its_field(
    client: Client, editor: User, slug: str, sentence: str
) -> None:
    make_article(headline="Taken")
    article = make_article(headline="Free")

    answer = client.post(step(article, "address"), {"slug": slug})

    assert answer.status_code == 422
    assert sentence in answer.content.decode()
    article.refresh_from_db()
    assert str(article.path).endswith("/free")


def test_a_draft_has_its_address_on_its_form(client: Client, editor: User) -> None:
    draft = make_draft()

    answer = client.get(step(draft, "address"), follow=True)

    assert "The address of a draft is set on its form." in answer.content.decode()


# Striking out ------------------------------------------------------------------------------


def changed(client: Client) -> Article:
    article = make_article(headline="A name to forget")
    save_revision(article.pk, make_words(headline="Mended"), editor=None, began_from=1)
    client.post(step(article, "changes"), {"kind": "update", "seen": 2})
    return article


def test_an_older_version_is_struck_out_at_the_desk(client: Client, editor: User) -> None:
    article = changed(client)
    assert step(article, "strike_out") in client.get(change(article)).content.decode()
    first = article.revisions.get(number=1)

    client.post(
        step(article, "strike_out"), {"version": first.pk, "reason": "A child.", "sure": "on"}
    )

    first.refresh_from_db()
    assert (first.headline, first.struck_out_by) == ("", editor)
    assert "no older version" in client.get(step(article, "strike_out")).content.decode()


@pytest.mark.parametrize("missing", ["sure", "reason", "version"])
def test_it_is_not_struck_out_by_half_a_form(client: Client, editor: User, missing: str) -> None:
    article = changed(client)
    first = article.revisions.get(number=1)
    fields = {"version": first.pk, "reason": "A child.", "sure": "on"}
    del fields[missing]

    answer = client.post(step(article, "strike_out"), fields)

    assert answer.status_code == 422
    first.refresh_from_db()
    assert first.headline == "A name to forget"


def test_a_version_of_another_story_cannot_be_chosen(client: Client, editor: User) -> None:
    article, other = changed(client), changed(client)
    foreign = other.revisions.get(number=1)

    answer = client.post(
        step(article, "strike_out"), {"version": foreign.pk, "reason": "A child.", "sure": "on"}
    )

    assert answer.status_code == 422
    foreign.refresh_from_db()
    assert foreign.headline


@pytest.mark.parametrize("name", ["address", "strike_out"])
@pytest.mark.parametrize("role", ["reporter", "moderator"])
def test_who_does_not_publish_neither_moves_nor_strikes_out(
    client: Client, role: str, name: str
) -> None:
    client.force_login(make_desk(role))
    article = make_article()

    assert client.get(step(article, name)).status_code == 403
    assert client.post(step(article, name), {"slug": "x"}).status_code == 403


@pytest.mark.parametrize("name", ["publish", "changes", "address", "strike_out"])
def test_looking_changes_nothing(client: Client, editor: User, name: str) -> None:
    article = make_article()
    before = Article.objects.values().get()

    client.get(step(article, name))
    client.head(step(article, name))

    assert Article.objects.values().get() == before
