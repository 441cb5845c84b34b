"""The story at the desk."""

from datetime import UTC, datetime
from typing import Any

import pytest
from django.conf import settings
from django.contrib.auth.models import Group
from django.core.files.base import ContentFile
from django.test import Client
from django.urls import reverse

from articles.models import Article, FrontSlot
from articles.services import save_revision
from newsroom.accounts.models import User
from tests.conftest import Committing
from tests.makers import (
    make_article,
    make_author,
    make_draft,
    make_photo,
    make_section,
    make_user,
    make_words,
    picture_file,
)

pytestmark = pytest.mark.django_db


def make_desk(role: str) -> User:
    user = make_user(is_staff=True, name=f"The {role}")
    user.groups.add(Group.objects.get(name=role))
    return user


@pytest.fixture
def editor(client: Client) -> User:
    user = make_desk("editor")
    client.force_login(user)
    return user


def typed(**fields: Any) -> dict[str, Any]:
    usual = {
        "headline": "A headline",
        "body": "<p>Some text.</p>",
        "section": fields.pop("section", None) or make_section().pk,
        "kind": "news",
        "byline_1": make_author().pk,
        "comment_policy": "open",
        "mail_choice": "none",
    }
    return usual | fields


def change(article: Article) -> str:
    return reverse("admin:articles_article_change", args=[article.pk])


def step(article: Article, name: str) -> str:
    return reverse(f"admin:articles_article_{name}", args=[article.pk])


@pytest.mark.parametrize("pk", ["abc", "7.5", "9" * 30, "9" * 5000])
def test_a_story_that_cannot_be_is_not_found(client: Client, editor: User, pk: str) -> None:
    assert client.get(f"/admin/articles/article/{pk}/change/").status_code == 404


def test_a_story_is_written_and_published(client: Client, editor: User) -> None:
    author, photo = make_author(), picture_file()
    fields = typed(
        byline_1=author.pk, new_photo=photo, lead_caption="A ship", lead_alt="Grey ship"
    )
    client.post(reverse("admin:articles_article_add"), fields | {"_publish": ""})
    article = Article.objects.get()
    assert b"Publish now" in client.get(step(article, "publish")).content

    client.post(step(article, "publish"))
    client.post(step(article, "publish"))

    article.refresh_from_db()
    assert article.is_public
    assert article.live is not None
    assert article.live.lead_photo is not None
    assert article.live.lead_photo.caption == "A ship"
    assert article.live.editor == editor
    page = client.get(article.get_absolute_url()).content.decode()
    assert "Edit this story" in page
    assert "A headline" in page


def test_what_is_missing_is_listed_and_nothing_is_published(client: Client, editor: User) -> None:
    fields = typed(body="", byline_1="")

    client.post(reverse("admin:articles_article_add"), fields | {"_publish": ""})

    article = Article.objects.get()
    page = client.get(step(article, "publish")).content.decode()
    assert "The text is empty." in page
    assert "Nobody stands in the byline." in page
    client.post(step(article, "publish"))
    assert not Article.objects.published().exists()


def test_bad_input_keeps_all_that_was_typed(client: Client, editor: User) -> None:
    fields = typed(
        headline="Kept headline", body="<p>Kept text</p>", slug="not a slug!", section=""
    )

    answer = client.post(reverse("admin:articles_article_add"), fields)

    page = answer.content.decode()
    assert answer.status_code == 422
    assert "Kept headline" in page
    assert "Kept text" in page
    assert not Article.objects.exists()


def test_a_file_that_is_no_picture_is_refused_at_its_field(client: Client, editor: User) -> None:
    fields = typed(new_photo=ContentFile(b"not a picture", name="x.jpg"))

    answer = client.post(reverse("admin:articles_article_add"), fields)

    assert "cannot be read as a picture" in answer.content.decode()
    assert not Article.objects.exists()


def test_a_new_story_is_mailed_as_usual_unless_an_editor_says_otherwise(
    client: Client, editor: User
) -> None:
    form = client.get(reverse("admin:articles_article_add")).context["form"]

    assert form["mail_choice"].value() == "at_once"
    assert form["comment_policy"].value() in {None, "open"}  # Open is the first choice.


def test_editing_a_published_story_says_what_readers_see(client: Client, editor: User) -> None:
    article = make_article(headline="As published")

    client.post(
        change(article), typed(headline="Not yet", began_from=1, section=article.section_id)
    )

    page = client.get(change(article)).content.decode()
    assert "Readers see revision 1. You are editing revision 2" in page
    assert "As published" in client.get(article.get_absolute_url()).content.decode()


def test_a_conflict_shows_both_texts_and_loses_neither(client: Client, editor: User) -> None:
    article = make_draft(headline="First", body="<p>Old words</p>")
    save_revision(
        article.pk,
        make_words(headline="Theirs", body="<p>Their words</p>"),
        editor=editor,
        began_from=1,
    )

    answer = client.post(
        change(article), typed(headline="Mine", body="<p>My words</p>", began_from=1)
    )

    page = answer.content.decode()
    assert "saved revision 2 while you were writing" in page
    assert "<del>Theirs</del>" in page
    assert "<ins>Mine</ins>" in page
    assert "My words" in page
    assert 'name="began_from" value="2"' in page
    assert article.revisions.count() == 2


def test_a_conflict_over_sources_and_dateline_is_shown_too(client: Client, editor: User) -> None:
    article = make_draft()
    theirs = make_words(dateline="NORRVIK", sources="The yard")
    save_revision(article.pk, theirs, editor=editor, began_from=1)

    answer = client.post(
        change(article), typed(dateline="VAERHOLT", sources="The ministry", began_from=1)
    )

    page = answer.content.decode()
    for words in ("<del>NORRVIK</del>", "<ins>VAERHOLT</ins>", "<del>yard</del>", "The ministry"):
        assert words in page


def test_saving_after_a_conflict_stands_on_the_newer_revision(
    client: Client, editor: User
) -> None:
    article = make_draft(headline="First")
    save_revision(article.pk, make_words(headline="Theirs"), editor=editor, began_from=1)

    client.post(change(article), typed(headline="Mine", began_from=2))

    assert [revision.headline for revision in article.revisions.all()] == [
        "First",
        "Theirs",
        "Mine",
    ]


def test_changes_are_published_with_a_correction(client: Client, editor: User) -> None:
    article = make_article(headline="Wrong")
    fields = typed(headline="Right", began_from=1, section=article.section_id)
    client.post(change(article), fields | {"_changes": ""})

    refused = client.post(step(article, "changes"), {"kind": "correction", "reason": "A figure"})
    assert "Readers are told this" in refused.content.decode()
    told = {"kind": "correction", "reason": "A figure", "wrong": "It said 5.", "right": "It is 6."}
    client.post(step(article, "changes"), told)

    page = client.get(article.get_absolute_url()).content.decode()
    assert "Right" in page
    assert "It said 5." in page


def test_a_withdrawn_story_answers_gone_with_the_note(client: Client, editor: User) -> None:
    article = make_article(headline="Secret after all")

    client.post(step(article, "withdraw"), {"note": "We had no right to it."})

    answer = Client().get(article.get_absolute_url())
    assert answer.status_code == 410
    assert "We had no right to it." in answer.content.decode()
    assert "Secret after all" not in answer.content.decode()


@pytest.mark.parametrize("name", ["publish", "changes", "withdraw"])
def test_a_reporter_writes_but_does_not_publish(client: Client, name: str) -> None:
    client.force_login(make_desk("reporter"))
    article = make_article()

    assert client.get(change(article)).status_code == 200
    assert client.post(step(article, name)).status_code == 403


def test_a_moderator_does_not_write(client: Client) -> None:
    client.force_login(make_desk("moderator"))

    assert client.get(change(make_article())).status_code == 403


def test_the_preview_is_for_the_desk_alone(client: Client, editor: User) -> None:
    draft = make_draft(headline="Still secret")

    preview = client.get(step(draft, "preview"))

    assert "Still secret" in preview.content.decode()
    assert "no-store" in preview["Cache-Control"]
    assert Client().get(step(draft, "preview")).status_code == 302


def test_a_picture_that_is_not_public_is_shown_to_staff_alone(
    client: Client, editor: User
) -> None:
    address = reverse("articles:staff_rendition", args=[make_photo().renditions.get().name])

    picture = client.get(address)

    assert picture.status_code == 200
    assert Client().get(address).status_code == 404
    picture.close()  # Closes the connection too, as the end of a request does.


def test_who_was_signed_out_while_writing_loses_nothing(client: Client, editor: User) -> None:
    article = make_draft()
    fields = typed(headline="Typed for an hour", body="<p>Long text</p>", began_from=1)
    stranger = Client()

    answer = stranger.post(change(article), fields, headers={"Sec-Fetch-Site": "same-origin"})

    page = answer.content.decode()
    assert answer.status_code == 403
    assert "Typed for an hour" in page
    assert "&lt;p&gt;Long text&lt;/p&gt;" in page
    assert "Sign in, in a new tab" in page
    assert article.revisions.count() == 1


def test_a_form_older_than_the_sign_in_is_kept_and_saved_by_one_more_press(editor: User) -> None:
    article = make_draft()
    client = Client(enforce_csrf_checks=True, headers={"Sec-Fetch-Site": "same-origin"})
    client.force_login(editor)
    client.get(change(article))  # Sets the cookie that the form's token must match.
    fields = typed(headline="Typed for an hour", began_from=1, csrfmiddlewaretoken="o" * 32)

    answer = client.post(change(article), fields)
    assert "Typed for an hour" in answer.content.decode()
    fresh = str(answer.context["csrf_token"])
    client.post(change(article), fields | {"csrfmiddlewaretoken": fresh})

    assert Article.objects.get().newest.headline == "Typed for an hour"  # type: ignore[union-attr]  # Every story has one.


def test_another_site_cannot_make_the_desk_show_a_form(editor: User) -> None:
    client = Client(enforce_csrf_checks=True, headers={"Sec-Fetch-Site": "cross-site"})
    client.force_login(editor)

    answer = client.post(change(make_draft()), typed(headline="Planted", began_from=1))

    assert "Planted" not in answer.content.decode()


def test_the_list_costs_the_same_for_two_and_for_twenty(
    client: Client, editor: User, django_assert_max_num_queries: Any
) -> None:
    for number in range(20):
        make_article(headline=f"Story {number}")

    with django_assert_max_num_queries(16):
        client.get(reverse("admin:articles_article_changelist"))


def test_the_list_says_the_state_in_words_and_moments_with_their_zone(
    client: Client, editor: User
) -> None:
    article = make_article(moment=datetime(2026, 11, 20, 14, 5, tzinfo=UTC))
    save_revision(article.pk, make_words(headline="Newer"), editor=None, began_from=1)

    page = client.get(reverse("admin:articles_article_changelist")).content.decode()

    assert "<h1>Articles</h1>" in page
    assert "Published; newer changes are not public" in page
    assert "20 Nov 2026, 14:05 UTC" in page
    assert "icon-unknown" not in page


def test_an_author_is_shown_with_the_portrait(client: Client, editor: User) -> None:
    author = make_author(portrait=make_photo(alt="Ada at the quay."))

    page = client.get(reverse("admin:articles_author_change", args=[author.pk])).content.decode()
    blank = client.get(reverse("admin:articles_author_add"))

    assert 'class="desk-thumbnail"' in page
    assert 'alt="Ada at the quay."' in page
    assert blank.status_code == 200


def test_every_list_and_form_of_the_newsroom_stands(client: Client) -> None:
    client.force_login(make_user(is_staff=True, is_superuser=True))
    article = make_article(lead_photo=make_photo())
    FrontSlot.objects.create(position=1, article=article)

    for model in (
        "section", "topic", "author", "photo", "frontslot", "breakingline", "sitepage",
        "correction",
    ):  # fmt: skip
        assert client.get(reverse(f"admin:articles_{model}_changelist")).status_code == 200
    for model in ("section", "topic", "author", "photo"):
        assert client.get(reverse(f"admin:articles_{model}_add")).status_code == 200


def test_a_photo_is_added_at_the_desk(client: Client, editor: User) -> None:
    fields = {"upload": picture_file(), "caption": "A quay", "alt": "A quay"}

    client.post(reverse("admin:articles_photo_add"), fields)

    article = make_draft()
    assert article.newest is not None
    assert b"A quay" in client.get(reverse("admin:articles_photo_changelist")).content


def test_a_portrait_is_public_while_it_is_one(
    client: Client, editor: User, committing: Committing
) -> None:
    photo, author = make_photo(), make_author()
    make_article(bylines=(author,))
    page = reverse("admin:articles_author_change", args=[author.pk])
    typed = {"name": author.name, "slug": author.slug}
    public = settings.MEDIA_DIR / photo.renditions.get().name

    with committing():
        client.post(page, typed | {"portrait": photo.pk})
    assert public.exists()

    with committing():
        client.post(page, typed)
    assert not public.exists()
