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
from comments.services import decide
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


def test_a_removed_comment_keeps_its_place_and_level_while_it_has_an_answer(
    story: Article,
) -> None:
    now = timezone.now()
    one = make_comment(story, created_at=now)
    gone = make_comment(story, parent=one, created_at=now + timedelta(seconds=1))
    two = make_comment(story, created_at=now + timedelta(seconds=2))
    late = make_comment(story, parent=gone, created_at=now + timedelta(seconds=9))
    Comment.objects.filter(pk=gone.pk).update(state=State.SPAM)

    places = places_of(story)

    assert [(p.pk, p.level, p.removed) for p in places] == [
        (one.pk, 1, False), (gone.pk, 2, True), (late.pk, 3, False), (two.pk, 1, False),
    ]  # fmt: skip


def test_comments_of_one_moment_stand_in_the_same_order_each_time(story: Article) -> None:
    now = timezone.now()
    made = [make_comment(story, created_at=now) for _ in range(5)]

    assert [place.pk for place in places_of(story)] == [comment.pk for comment in made]


def test_deep_answers_stay_at_the_third_level_and_name_whom_they_answer(story: Article) -> None:
    made = make_many(story, 6, deep=True)

    shown = conversation(story)

    assert shown is not None
    turns = shown.turns
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


# Pages -------------------------------------------------------------------------------------


def keys_on(page: str) -> list[int]:
    """Whose comments a page shows, in its order."""
    return [int(pk) for pk in re.findall(r'<li[^>]*id="comment-(\d+)"', page)]


def link(page: str, words: str) -> str:
    """Where the link of these words leads; nowhere if there is none."""
    found = re.search(rf'<a href="([^"]*)"[^>]*>{words}</a>', page)
    return found[1] if found else ""


def read_through(client: Client, story: Article) -> list[list[int]]:
    """The keys on each page, from the story on by the links."""
    page = show(story)
    pages, on = [keys_on(page)], link(page, "Read on in the conversation")
    while on:
        page = client.get(on).text
        pages.append(keys_on(page))
        on = link(page, "Next page")
    return pages


def test_links_lead_through_every_comment_once_and_back(client: Client, story: Article) -> None:
    made = make_many(story, ON_ONE_PAGE * 2 + 1)
    keys = [comment.pk for comment in made]

    first, second, third = read_through(client, story)

    assert first + second + third == keys
    assert "(201 more comments)" in show(story)
    last = client.get(f"/{story.path}/comments/?from={second[-1]}").text
    assert ">401 to 401 of 401<" in last
    back = client.get(link(last, "Earlier page")).text
    assert keys_on(back) == second
    assert link(back, "Earlier page") == f"/{story.path}/comments/"


def test_a_page_may_be_asked_for_by_its_number(client: Client, story: Article) -> None:
    keys = [comment.pk for comment in make_many(story, ON_ONE_PAGE * 2 + 1)]

    pages = [client.get(f"/{story.path}/comments/?page={n}").text for n in (1, 2, 3)]

    assert [pk for page in pages for pk in keys_on(page)] == keys


def test_what_comes_while_one_reads_neither_repeats_nor_hides_anything(
    client: Client, story: Article
) -> None:
    made = make_many(story, ON_ONE_PAGE * 2 + 3)
    keys = [comment.pk for comment in made]
    on, read = link(show(story), "Read on in the conversation"), keys[:ON_ONE_PAGE]

    while on:
        for answered in (made[0], made[len(read) - 1], None):
            make_comment(story, parent=answered, created_at=timezone.now() + timedelta(hours=1))
        page = client.get(on).text
        read += keys_on(page)
        on = link(page, "Next page")

    assert [pk for pk in read if pk in keys] == keys
    assert len(set(read)) == len(read)


@pytest.mark.parametrize("answers", [0, 2])
def test_what_is_removed_while_one_reads_keeps_its_place_for_those_who_read_it(
    client: Client, story: Article, answers: int
) -> None:
    made = make_many(story, ON_ONE_PAGE + 3)
    last = made[ON_ONE_PAGE - 1]
    late = timezone.now() + timedelta(hours=1)
    below = [make_comment(story, parent=last, created_at=late).pk for _ in range(answers)]
    on = f"/{story.path}/comments/?from={last.pk}"
    Comment.objects.filter(pk=last.pk).update(state=State.PENDING, published_at=None)
    decide(last.pk, "publish", by=None)
    decide(last.pk, "reject", by=None)

    page = client.get(on).text

    assert keys_on(page) == [*below, *(comment.pk for comment in made[ON_ONE_PAGE:])]
    assert f"of {ON_ONE_PAGE + 2 + answers}" in page


def test_a_page_ends_where_a_talk_ends(client: Client, story: Article) -> None:
    made = make_many(story, ON_ONE_PAGE - 5)
    answers = [make_comment(story, parent=made[-1]) for _ in range(10)]

    first, second = read_through(client, story)

    assert first == [comment.pk for comment in made[:-1]]
    assert second == [comment.pk for comment in (made[-1], *answers)]


def test_a_talk_longer_than_a_page_is_cut(client: Client, story: Article) -> None:
    made = make_many(story, ON_ONE_PAGE * 2, deep=True)
    alone = make_comment(story, created_at=timezone.now() + timedelta(hours=1))

    pages = read_through(client, story)

    assert [len(page) for page in pages] == [ON_ONE_PAGE, ON_ONE_PAGE, 1]
    assert [pk for page in pages for pk in page] == [*(c.pk for c in made), alone.pk]


@pytest.mark.parametrize("typed", ["0", "-1", "abc", "2", "99999", "9" * 40, "", "1.5", "٢"])
@pytest.mark.parametrize("name", ["page", "from"])
def test_a_page_that_is_not_there_is_not_found(
    client: Client, story: Article, name: str, typed: str
) -> None:
    make_comment(story)

    assert client.get(f"/{story.path}/comments/", {name: typed}).status_code == 404


def test_nobody_reads_on_after_what_was_never_public_here(client: Client, story: Article) -> None:
    early = timezone.now() - timedelta(hours=1)
    waiting = make_comment(story, state=State.PENDING, created_at=early)
    foreign = make_comment(make_story(), created_at=early)
    last = make_comment(story)

    for comment in (waiting, foreign, last):
        address = f"/{story.path}/comments/?from={comment.pk}"
        assert client.get(address).status_code == 404


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

    address = response.headers["Location"]
    assert address.endswith(f"#comment-{last.pk}")
    assert last.pk in keys_on(client.get(address).text)
    first = Comment.objects.under(story)[0]
    for _ in range(ON_ONE_PAGE):
        make_comment(story, parent=first)
    assert last.pk in keys_on(client.get(address).text)


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
