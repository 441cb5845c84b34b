"""The form's door: what it takes, what it refuses, and that nothing typed is lost."""

import re
from datetime import timedelta
from typing import Any

import pytest
from django.test import Client
from django.utils import timezone

from articles.models import Article
from comments.models import Comment
from comments.services import Written, post_comment
from newsroom.kit.links import make_token
from tests.comments.conftest import SAME_ORIGIN, Post
from tests.comments.stories import make_story
from tests.makers import make_comment, make_staff, make_user

pytestmark = pytest.mark.django_db


def receipt_of(response: Any) -> str:
    return str(response.headers["Location"])


def test_a_guests_comment_waits_and_its_writer_is_shown_why(
    post: Post, client: Client, story: Article
) -> None:
    response = post(website="example.org")
    page = client.get(receipt_of(response))

    comment = Comment.objects.get()
    assert response.status_code == 303
    assert (comment.state, comment.website) == (Comment.State.PENDING, "https://example.org")
    assert "first comment of each person" in page.text
    assert "Well argued." in page.text
    assert page.headers["Cache-Control"] == "private, no-store"
    assert page.headers["X-Robots-Tag"] == "noindex"


def test_the_form_needs_and_sets_no_cookie(post: Post) -> None:
    response = post()

    assert not response.cookies


def test_what_a_reader_may_not_set_never_comes_from_the_form(
    post: Post, story: Article, client: Client
) -> None:
    staff = make_staff(name="Anna")

    post(
        state="published", by_staff="1", user=str(staff.pk), user_id=str(staff.pk),
        created_at="2020-01-01", published_at="2020-01-01", article="1", key="x",
        screening="[]", confirmed_at="2020-01-01", fingerprint="mine",
    )  # fmt: skip

    comment = Comment.objects.get()
    assert comment.state == Comment.State.PENDING
    assert (comment.user, comment.by_staff, comment.published_at) == (None, False, None)
    assert comment.created_at > timezone.now() - timedelta(minutes=1)
    assert comment.article == story


def test_a_signed_in_reader_cannot_sign_as_someone_else(post: Post, client: Client) -> None:
    reader = make_user(name="Ida Moe")
    client.force_login(reader)

    post(name="Anna Lindqvist", email="anna@example.org", website="https://x.example")

    comment = Comment.objects.get()
    assert (comment.user, comment.name) == (reader, "Ida Moe")
    assert (comment.email, comment.website) == ("", "")


def test_a_reader_without_a_name_is_asked_for_one_and_never_shown_by_address(
    post: Post, client: Client
) -> None:
    client.force_login(make_user("ida.moe@example.org"))

    unnamed = post(name="")
    post(name="Ida")

    assert unnamed.status_code == 422
    assert Comment.objects.get().name == "Ida"


@pytest.mark.parametrize("times", [2, 5])
def test_a_double_click_is_one_comment(post: Post, times: int) -> None:
    receipts = {re.sub(r":[^/]*", "", receipt_of(post())) for _ in range(times)}

    assert Comment.objects.count() == 1
    assert len(receipts) == 1


def test_a_double_click_over_the_turn_of_the_hour_is_one_comment(story: Article) -> None:
    written = Written("Well argued.", name="Ida", email="ida@example.org")
    moment = timezone.now().replace(minute=59, second=59)
    first = post_comment(story.pk, written, network="198.51.100.7", moment=moment)

    second = post_comment(
        story.pk, written, network="198.51.100.7", moment=moment + timedelta(seconds=2)
    )

    assert second == first


def test_the_same_words_to_two_people_are_two_comments(post: Post, story: Article) -> None:
    one, two = make_comment(story), make_comment(story)

    post(body="Agreed.", parent=str(one.pk))
    post(body="Agreed.", parent=str(two.pk))

    assert Comment.objects.filter(body="Agreed.").count() == 2


@pytest.mark.parametrize(
    ("field", "typed", "message"),
    [
        ("body", "", "Please write a comment."),
        ("body", "\u200b \u3164", "Please write a comment."),
        ("body", "x" * 5001, "1 character too long"),
        ("body", "x" * 200_000, "195000 characters too long"),
        ("name", "", "Please write a name."),
        ("name", "n" * 61, "1 character too long"),
        ("name", "ida@example.org", "do not write an email address"),
        ("name", "Ida <ida@example.org>", "do not write an email address"),
        ("email", "", "Please write your email address."),
        ("email", "not an address", "address"),
        ("website", "javascript:alert(1)", "Please write an address such as"),
        ("website", "data:text/html,x", "Please write an address such as"),
        ("website", "ftp://example.org", "Please write an address such as"),
        ("website", "https://bank.example@evil.example", "Please write an address such as"),
        ("website", "https://x.example/" + "x" * 200, "18 characters too long"),
    ],
)
def test_bad_input_gets_its_message_and_loses_nothing(
    post: Post, field: str, typed: str, message: str
) -> None:
    usual = {"name": "Kept name", "email": "kept@example.org", "body": "Kept words."}
    usual["website"] = "https://kept.example"

    response = post(**(usual | {field: typed}))

    assert response.status_code == 422
    assert message in response.text
    for name, value in usual.items():
        if name != field:
            assert value in response.text
    assert not Comment.objects.exists()


def test_an_error_is_named_at_its_field_for_a_screen_reader(post: Post) -> None:
    text = post(name="").text

    field = re.search(r"<input[^>]*id=\"comment_name\"[^>]*>", text)
    assert field is not None
    assert 'aria-invalid="true"' in field[0]
    assert 'aria-describedby="comment_name_error"' in field[0]
    assert 'id="comment_name_error"' in text


def test_an_answer_goes_under_what_it_answers(post: Post, story: Article) -> None:
    parent = make_comment(story)

    post(parent=str(parent.pk))

    assert Comment.objects.latest("pk").parent == parent


@pytest.mark.parametrize("state", ["pending", "spam", "rejected", "withdrawn"])
def test_what_is_not_public_cannot_be_answered(post: Post, story: Article, state: str) -> None:
    hidden = make_comment(story, state=state, name="Hidden name")

    response = post(parent=str(hidden.pk))

    assert response.status_code == 422
    assert "no longer public" in response.text
    assert "Well argued." in response.text
    assert "Hidden name" not in response.text


@pytest.mark.parametrize("parent", ["0", "-1", "abc", "9" * 30, "1e3", "٣"])
def test_a_forged_parent_is_refused_with_the_text_kept(post: Post, parent: str) -> None:
    response = post(parent=parent)

    assert response.status_code == 422
    assert "Well argued." in response.text


def test_a_comment_of_another_story_cannot_be_answered_here(post: Post) -> None:
    foreign = make_comment(make_story())

    assert post(parent=str(foreign.pk)).status_code == 422


def test_a_closed_story_refuses_and_gives_the_text_back(post: Post) -> None:
    closed = make_story(comment_policy=Article.CommentPolicy.CLOSED)

    response = post(closed.path, body="Long and <b>careful</b> words.")

    assert response.status_code == 403
    assert "Comments on this story are closed." in response.text
    assert "Long and &lt;b&gt;careful&lt;/b&gt; words." in response.text


@pytest.mark.parametrize("state", [Article.State.DRAFT, Article.State.WITHDRAWN])
def test_a_story_that_is_not_public_answers_as_one_that_never_was(post: Post, state: str) -> None:
    hidden = make_story(state=state, withdrawn_at=timezone.now())

    response, unknown = post(hidden.path), post("2026/11/no-such-story")

    assert response.status_code == unknown.status_code == 404
    assert "Well argued." in response.text
    assert str(hidden) not in response.text


def test_another_site_cannot_post(client: Client, story: Article) -> None:
    fields = {"name": "Ida", "email": "ida@example.org", "body": "Hm."}

    for site in ("cross-site", "same-site", "none"):
        response = client.post(
            f"/{story.path}/comments/", fields, headers={"Sec-Fetch-Site": site}
        )
        assert response.status_code == 403

    assert not Comment.objects.exists()


def test_too_many_comments_are_stopped_with_the_text_kept(post: Post) -> None:
    answers = [post(body=f"Comment number {n}.") for n in range(10)]

    assert [a.status_code for a in answers] == [303] * 8 + [429] * 2
    assert "Comment number 9." in answers[-1].text
    assert answers[-1].headers["Retry-After"] == "600"
    assert Comment.objects.count() == 8


def test_one_network_is_limited_whatever_names_it_uses(post: Post) -> None:
    answers = [post(email=f"x{n}@example.org", body=f"Number {n}.") for n in range(22)]

    assert [a.status_code for a in answers][-2:] == [429, 429]


def test_the_desk_answers_as_often_as_it_likes(post: Post, client: Client) -> None:
    client.force_login(make_staff(name="Anna"))

    answers = [post(body=f"Answer number {n}.") for n in range(12)]

    assert {a.status_code for a in answers} == {303}


def test_only_an_hmac_of_the_network_is_kept(post: Post, client: Client) -> None:
    post()

    row = Comment.objects.values().get()
    assert len(row["fingerprint"]) == 64
    assert "127.0.0.1" not in str(row)


def test_the_version_of_the_privacy_sentence_is_kept(post: Post) -> None:
    post(privacy_words="2026-11")
    post(privacy_words="made up", body="Another.")

    assert set(Comment.objects.values_list("privacy_words", flat=True)) == {"2026-11"}


# The writer's own page ---------------------------------------------------------------------


def test_a_receipt_is_not_found_by_number_or_by_a_token_of_something_else(
    client: Client, story: Article
) -> None:
    held = make_comment(story, state=Comment.State.PENDING)

    for guess in (str(held.pk), make_token("other", str(held.pk)), "made-up", "a:b:c"):
        assert client.get(f"/{story.path}/comments/{guess}/").status_code == 404


def test_a_receipt_belongs_to_its_story(client: Client, post: Post) -> None:
    token = receipt_of(post()).rstrip("/").rpartition("/")[2]
    other = make_story()

    assert client.get(f"/{other.path}/comments/{token}/").status_code == 404


@pytest.mark.parametrize(
    ("state", "sentence"),
    [
        ("pending", "waits for a moderator"),
        ("published", "Your comment is published"),
        ("rejected", "Your comment was not published"),
        ("spam", "Your comment was not published"),
        ("withdrawn", "This comment was erased"),
    ],
)
def test_the_receipt_says_how_it_stands(
    client: Client, story: Article, state: str, sentence: str
) -> None:
    comment = make_comment(story, state=state)
    token = make_token("comments.receipt", str(comment.pk))

    assert sentence in client.get(f"/{story.path}/comments/{token}/").text


def test_the_receipt_of_a_withdrawn_story_does_not_show_its_headline(client: Client) -> None:
    story = make_story(state=Article.State.WITHDRAWN, withdrawn_at=timezone.now())
    token = make_token("comments.receipt", str(make_comment(story, body="My words.").pk))

    page = client.get(f"/{story.path}/comments/{token}/")

    assert "My words." in page.text
    assert str(story) not in page.text


def test_the_page_with_the_form_reads_no_session_for_a_stranger(
    client: Client, story: Article
) -> None:
    page = client.get(f"/{story.path}/comments/")

    assert not page.cookies
    assert "csrf" not in page.text


def test_head_and_other_methods_get_a_right_answer(client: Client, story: Article) -> None:
    address = f"/{story.path}/comments/"

    assert client.head(address).status_code == 200
    assert client.put(address, headers=SAME_ORIGIN).status_code == 405
    assert client.delete(address).status_code == 405
