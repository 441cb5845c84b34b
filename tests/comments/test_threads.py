"""A conversation as readers see it."""

import re
from datetime import UTC, datetime, timedelta
from itertools import pairwise

import pytest
from django.db import connection
from django.template import Context, Template
from django.test import Client, RequestFactory
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from articles.models import Article
from comments.models import Comment
from comments.threads import DEEPEST, ON_ONE_PAGE, conversation, places_of
from tests.comments.stories import make_story
from tests.makers import make_comment, make_staff

pytestmark = pytest.mark.django_db
State = Comment.State


def make_many(story: Article, number: int, *, deep: bool = False) -> list[Comment]:
    """That many comments in few statements; `deep`: each answers the one before."""
    moment = timezone.now()
    first = make_comment(story, created_at=moment)
    rows = [
        Comment(
            article=story, name=f"R{n}", body=f"No {n}.", state=State.PUBLISHED, key=f"many-{n}",
            created_at=moment + timedelta(seconds=n), published_at=moment, privacy_words="x",
        )
        for n in range(1, number)
    ]  # fmt: skip
    made = [first, *Comment.objects.bulk_create(rows)]
    if deep:
        for answered, comment in pairwise(made):
            comment.parent = answered
        Comment.objects.bulk_update(made[1:], ["parent"], batch_size=500)
    return made


def show(story: Article) -> str:
    """What the tag puts under a story for a stranger."""
    request = RequestFactory().get("/")
    template = Template("{% load comments %}{% comment_thread article %}")
    return template.render(Context({"request": request, "article": story}))


def test_an_answer_stands_after_what_it_answers(story: Article) -> None:
    now = timezone.now()
    one = make_comment(story, created_at=now)
    two = make_comment(story, created_at=now + timedelta(seconds=1))
    late = make_comment(story, parent=one, created_at=now + timedelta(seconds=9))
    early = make_comment(story, parent=one, created_at=now + timedelta(seconds=2))
    deep = make_comment(story, parent=early, created_at=now + timedelta(seconds=10))

    places = places_of(story)

    assert [(p.pk, p.level) for p in places] == [
        (one.pk, 1), (early.pk, 2), (deep.pk, 3), (late.pk, 2), (two.pk, 1),
    ]  # fmt: skip


def test_comments_of_one_moment_stand_in_the_same_order_each_time(story: Article) -> None:
    now = timezone.now()
    made = [make_comment(story, created_at=now) for _ in range(5)]

    assert [place.pk for place in places_of(story)] == [comment.pk for comment in made]


def test_deep_answers_stay_at_the_third_level_and_name_whom_they_answer(story: Article) -> None:
    made = make_many(story, 6, deep=True)

    turns = conversation(story).turns

    assert [turn.level for turn in turns] == [1, 2, 3, 3, 3, 3]
    assert [turn.shows_parent for turn in turns[1:]] == [False, False, True, True, True]
    assert turns[4].answers == made[3].name
    assert DEEPEST == 3


@pytest.mark.parametrize("state", [State.SPAM, State.REJECTED, State.PENDING, State.WITHDRAWN])
def test_answers_to_a_removed_comment_stay_together_and_its_words_and_name_are_gone(
    story: Article, state: str
) -> None:
    gone = make_comment(story, state=state, name="Secret name", body="Secret words")
    answer = make_comment(story, parent=gone)

    page = show(story)

    assert "Secret" not in page
    assert "A comment was removed here." in page
    assert f'id="comment-{answer.pk}"' in page
    assert "1 comment\n" in page


@pytest.mark.parametrize("state", [State.SPAM, State.REJECTED, State.PENDING, State.WITHDRAWN])
def test_what_is_not_published_is_nowhere(client: Client, story: Article, state: str) -> None:
    hidden = make_comment(story, state=state, name="Secret", body="Secret")

    assert "Secret" not in show(story)
    assert "Secret" not in client.get(f"/{story.path}/comments/").text
    assert client.get(f"/{story.path}/comments/?parent={hidden.pk}").status_code == 404
    assert client.get(f"/{story.path}/comments/{hidden.pk}/").status_code == 404


def test_nothing_of_a_story_that_is_not_public_is_reachable(client: Client) -> None:
    story = make_story(state=Article.State.WITHDRAWN, withdrawn_at=timezone.now())
    comment = make_comment(story)

    for address in ("", f"?parent={comment.pk}", f"{comment.pk}/"):
        assert client.get(f"/{story.path}/comments/{address}").status_code == 404
    assert show(story).strip() == ""
    assert not Comment.objects.published().exists()


def test_a_comment_without_an_answer_says_so_and_a_stranger_gets_one_form(
    story: Article,
) -> None:
    make_comment(story)

    page = show(story)

    assert page.count("<form") == 1
    assert "Leave a Reply" in page
    assert "Your email address will not be published." in page
    assert "csrf" not in page


def test_no_key_and_no_filling_in_reaches_the_trap(story: Article) -> None:
    trap = re.search(r"<input[^>]*name=\"subject\"[^>]*>", show(story))

    assert trap is not None
    assert 'tabindex="-1"' in trap[0]
    assert 'autocomplete="off"' in trap[0]


def test_the_moment_is_absolute_and_names_its_zone(story: Article) -> None:
    moment = datetime(2026, 11, 3, 9, 5, tzinfo=UTC)
    make_comment(story, created_at=moment)

    assert "3 November 2026, 09:05 UTC" in show(story)


def test_a_website_is_linked_for_people_only(story: Article) -> None:
    make_comment(story, name="Ida", website="https://ida.example/")

    link = re.search(r"<a[^>]*ida\.example[^>]*>", show(story))

    assert link is not None
    assert 'rel="ugc nofollow noopener"' in link[0]


def test_only_the_desk_has_a_badge(story: Article) -> None:
    make_comment(story, name="Editor")
    before = show(story)
    make_comment(story, name="Anna", by_staff=True)

    assert "comment__badge" not in before
    assert show(story).count("comment__badge") == 1


def test_a_closed_story_shows_what_was_said_and_no_form() -> None:
    story = make_story(comment_policy=Article.CommentPolicy.CLOSED)
    make_comment(story, body="Said before.")

    page = show(story)

    assert "Said before." in page
    assert "Comments are closed" in page
    assert "<form" not in page
    assert "?parent=" not in page


def test_no_address_no_network_and_no_key_is_on_any_page(client: Client, story: Article) -> None:
    comment = make_comment(story, email="secret@example.org", fingerprint="f" * 64, key="k" * 32)

    pages = [
        show(story),
        client.get(f"/{story.path}/comments/").text,
        client.get(f"/{story.path}/comments/?parent={comment.pk}").text,
    ]

    for page in pages:
        for secret in ("secret@example.org", "f" * 64, "k" * 32, comment.writer):
            assert secret not in page


@pytest.mark.parametrize("number", [0, 1, 2000])
def test_three_queries_show_any_conversation(story: Article, number: int) -> None:
    if number:
        make_many(story, number)

    with CaptureQueriesContext(
        connection,
    ) as queries:
        show(story)

    assert len(queries) <= 3


def test_a_conversation_deeper_than_pythons_own_stack_is_shown(story: Article) -> None:
    make_many(story, 1500, deep=True)

    assert len(places_of(story)) == 1500


def test_pages_hold_every_comment_once(client: Client, story: Article) -> None:
    made = make_many(story, ON_ONE_PAGE * 2 + 1)

    pages = [client.get(f"/{story.path}/comments/?page={n}").text for n in (1, 2, 3)]

    shown = [pk for page in pages for pk in re.findall(r'<li[^>]*id="comment-(\d+)"', page)]
    assert shown == [str(comment.pk) for comment in made]
    assert f"/{story.path}/comments/?page=2" in show(story)


@pytest.mark.parametrize("typed", ["0", "-1", "abc", "2", "99999", "9" * 40, "", "1.5", "٢"])
def test_a_page_that_is_not_there_is_not_found(client: Client, story: Article, typed: str) -> None:
    make_comment(story)

    assert client.get(f"/{story.path}/comments/", {"page": typed}).status_code == 404


@pytest.mark.parametrize("number", [0, 5, ON_ONE_PAGE - 1])
def test_a_permalink_leads_to_the_story_for_its_first_page(
    client: Client, story: Article, number: int
) -> None:
    comment = make_many(story, ON_ONE_PAGE + 3)[number]

    response = client.get(f"/{story.path}/comments/{comment.pk}/")

    assert (response.status_code, response.headers["Location"]) == (
        302,
        f"/{story.path}/#comment-{comment.pk}",
    )


def test_a_permalink_leads_to_the_page_that_holds_the_comment(
    client: Client, story: Article
) -> None:
    last = make_many(story, ON_ONE_PAGE + 3)[-1]

    response = client.get(f"/{story.path}/comments/{last.pk}/")

    assert response.headers["Location"] == f"/{story.path}/comments/?page=2#comment-{last.pk}"
    assert f'id="comment-{last.pk}"' in client.get(response.headers["Location"]).text


def test_a_number_of_another_story_or_no_number_leads_nowhere(
    client: Client, story: Article
) -> None:
    foreign = make_comment(make_story())

    for number in (foreign.pk, 999_999, "9" * 30):
        assert client.get(f"/{story.path}/comments/{number}/").status_code == 404


def test_the_page_to_answer_shows_what_is_answered_and_one_form(
    client: Client, story: Article
) -> None:
    parent = make_comment(story, name="Ida", body="What of the strait?")

    page = client.get(f"/{story.path}/comments/?parent={parent.pk}").text

    assert "What of the strait?" in page
    assert f'name="parent" value="{parent.pk}"' in page
    assert "noindex" in page


def test_a_signed_in_reader_is_asked_for_the_comment_alone(client: Client, story: Article) -> None:
    client.force_login(make_staff(name="Anna Lindqvist"))

    response = client.get(f"/{story.path}/comments/")

    assert "You are signed in as" in response.text
    assert 'name="email"' not in response.text
    assert "private" in response.headers["Cache-Control"]


def test_a_strangers_page_is_the_same_for_every_stranger(client: Client, story: Article) -> None:
    make_comment(story)
    one = client.get(f"/{story.path}/comments/", headers={"User-Agent": "A"})
    two = Client().get(f"/{story.path}/comments/", headers={"Accept-Language": "nb"})

    assert one.content == two.content
