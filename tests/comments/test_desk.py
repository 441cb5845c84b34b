"""The moderators' queue in the admin."""

from datetime import timedelta
from typing import Any

import pytest
from django.contrib.auth.models import Permission
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from articles.models import Article
from comments.models import Comment, ListedWord, ModerationDecision
from newsroom.accounts.models import User
from tests.makers import make_comment, make_staff, make_user

pytestmark = pytest.mark.django_db
QUEUE = "/admin/comments/comment/"
State = Comment.State


def make_moderator(*rights: str) -> User:
    """Someone of the desk with these permissions of the comments room and no other."""
    person = make_user(is_staff=True, name="Mo Derate")
    person.user_permissions.set(Permission.objects.filter(codename__in=rights))
    return person


@pytest.fixture
def moderator(client: Client) -> User:
    person = make_moderator(
        "view_comment", "change_comment", "view_moderationdecision",
        "view_listedword", "add_listedword", "change_listedword",
    )  # fmt: skip
    client.force_login(person)
    return person


def press(client: Client, what: str, comment: Comment, seen: str = "", **fields: str) -> Any:
    value = f"{what}:{comment.pk}:{seen or comment.state}"
    return client.post(QUEUE, {"decide": value} | fields, follow=True)


def test_the_queue_shows_what_waits_longest_first(
    client: Client, moderator: User, story: Article
) -> None:
    now = timezone.now()
    late = make_comment(story, state=State.PENDING, body="Late words")
    early = make_comment(
        story, state=State.PENDING, body="Early words", created_at=now - timedelta(hours=2)
    )
    make_comment(story, body="Public words")

    page = client.get(QUEUE).text

    assert page.index("Early words") < page.index("Late words")
    assert "Public words" not in page
    assert f"publish:{early.pk}:pending" in page
    assert f"spam:{late.pk}:pending" in page


def test_the_queue_says_why_and_what_is_known_of_the_writer(
    client: Client, moderator: User, story: Article
) -> None:
    for state in (State.PUBLISHED, State.PUBLISHED, State.SPAM, State.PENDING):
        make_comment(story, state=state, email="ida@example.org", fingerprint="f" * 64)
    make_comment(story, state=State.REJECTED, fingerprint="f" * 64)
    Comment.objects.waiting().update(screening=["many_links", "unconfirmed_guest"])

    page = " ".join(client.get(QUEUE).text.split())

    assert "It holds three links or more." in page
    assert "This address before (not verified): 2 published, 1 refused." in page
    assert "The same network: 2 published, 2 refused." in page
    assert "f" * 64 not in page


def test_one_press_decides_and_the_next_undoes(
    client: Client, moderator: User, story: Article
) -> None:
    comment = make_comment(story, state=State.PENDING, name="Ida")

    after = press(client, "publish", comment)
    comment.refresh_from_db()
    published = comment.state
    press(client, "reopen", comment)

    comment.refresh_from_db()
    assert "Undo" in after.text
    assert (published, comment.state) == (State.PUBLISHED, State.PENDING)
    log = [(d.what, d.by) for d in comment.decisions.all()]
    assert log == [("publish", moderator), ("reopen", moderator)]


def test_a_second_moderator_is_told_and_changes_nothing(
    client: Client, moderator: User, story: Article
) -> None:
    comment = make_comment(story, state=State.PENDING)
    other = Client()
    other.force_login(make_staff(name="Anna Lindqvist"))
    press(other, "publish", comment)

    page = press(client, "spam", comment, seen="pending")

    comment.refresh_from_db()
    assert comment.state == State.PUBLISHED
    assert "Anna Lindqvist already decided" in page.text


def test_many_are_decided_at_once_each_with_its_own_entry(
    client: Client, moderator: User, story: Article
) -> None:
    waiting = [make_comment(story, state=State.PENDING) for _ in range(3)]
    already = make_comment(story)  # Decided by somebody else while the list stood open.

    client.post(
        QUEUE,
        {"action": "spam_selected", "index": "0",
         "_selected_action": [str(comment.pk) for comment in [*waiting, already]]},
    )  # fmt: skip

    assert Comment.objects.filter(state=State.SPAM).count() == 3
    assert ModerationDecision.objects.filter(what="spam", by=moderator).count() == 3
    already.refresh_from_db()
    assert already.state == State.PUBLISHED


def test_the_page_of_a_comment_shows_its_log_and_takes_a_reason(
    client: Client, moderator: User, story: Article
) -> None:
    comment = make_comment(story, state=State.PENDING, email="ida@example.org")
    address = f"{QUEUE}{comment.pk}/change/"

    client.post(
        address, {"decide": f"reject:{comment.pk}:pending", "why": "Names a private person."}
    )
    page = client.get(address).text

    assert comment.decisions.get().why == "Names a private person."
    assert "Names a private person." in page
    assert "Mo Derate" in page
    assert "ida@example.org" in page


def test_nobody_can_alter_add_or_delete_a_comment(client: Client, story: Article) -> None:
    client.force_login(make_staff())
    comment = make_comment(story, body="As written.", state=State.PENDING)

    client.post(
        f"{QUEUE}{comment.pk}/change/",
        {"decide": f"publish:{comment.pk}:pending", "body": "Altered.", "name": "Altered"},
    )
    added = client.get(f"{QUEUE}add/")
    deleted = client.post(f"{QUEUE}{comment.pk}/delete/", {"post": "yes"})

    comment.refresh_from_db()
    assert comment.body == "As written."
    assert (added.status_code, deleted.status_code) == (403, 403)


def test_the_log_is_for_reading(client: Client, story: Article) -> None:
    client.force_login(make_staff())
    comment = make_comment(story, state=State.PENDING)
    press(client, "publish", comment)
    entry = ModerationDecision.objects.get()
    base = "/admin/comments/moderationdecision/"

    assert client.get(base).status_code == 200
    assert client.post(f"{base}{entry.pk}/change/", {"why": "x"}).status_code == 403
    assert client.post(f"{base}{entry.pk}/delete/", {"post": "yes"}).status_code == 403
    assert client.get(f"{base}add/").status_code == 403


def test_who_may_only_look_sees_no_button_and_cannot_decide(
    client: Client, story: Article
) -> None:
    client.force_login(make_moderator("view_comment"))
    comment = make_comment(story, state=State.PENDING)

    page = client.get(QUEUE).text
    press(client, "publish", comment)

    comment.refresh_from_db()
    assert "publish:" not in page
    assert comment.state == State.PENDING


@pytest.mark.parametrize("person", [None, "reader", "reporter"])
def test_others_are_refused(client: Client, story: Article, person: str | None) -> None:
    comment = make_comment(story, state=State.PENDING, body="Held words")
    if person:
        client.force_login(make_user(is_staff=person == "reporter"))

    page = client.get(QUEUE, follow=True)
    press(client, "publish", comment)

    comment.refresh_from_db()
    assert "Held words" not in page.text
    assert comment.state == State.PENDING


def test_a_press_without_its_csrf_token_is_refused(moderator: User, story: Article) -> None:
    client = Client(enforce_csrf_checks=True)
    client.force_login(moderator)
    comment = make_comment(story, state=State.PENDING)

    response = client.post(QUEUE, {"decide": f"publish:{comment.pk}:pending"})

    assert response.status_code == 403


@pytest.mark.parametrize("value", ["", "publish", "publish:x:pending", "erase:1:pending", "::"])
def test_a_forged_button_changes_nothing(
    client: Client, moderator: User, story: Article, value: str
) -> None:
    make_comment(story, state=State.PENDING)

    response = client.post(QUEUE, {"decide": value})

    assert response.status_code == 302
    assert not ModerationDecision.objects.exists()


def test_the_queue_takes_the_same_queries_for_one_and_for_forty(
    client: Client, moderator: User, story: Article
) -> None:
    parent = make_comment(story)

    def queries_for(number: int) -> int:
        for n in range(number):
            make_comment(
                story, state=State.PENDING, parent=parent, user=make_user() if n % 2 else None,
                email=f"x{n}@example.org", fingerprint=f"{n:064}",
            )  # fmt: skip
        with CaptureQueriesContext(connection) as queries:
            client.get(QUEUE)
        return len(queries)

    one, forty = queries_for(1), queries_for(39)

    assert one == forty <= 14


def test_a_moderator_keeps_the_list_of_words(client: Client, moderator: User) -> None:
    ListedWord.objects.create(words="casino")
    add = "/admin/comments/listedword/add/"

    client.post(add, {"words": "  cheap   loans ", "note": "Spam of November"})
    twice = client.post(add, {"words": "Casino"})

    assert set(ListedWord.objects.values_list("words", flat=True)) == {"casino", "cheap loans"}
    assert "on the list already" in twice.text


@pytest.mark.parametrize("rights", [("view_comment", "change_comment"), ()])
def test_the_head_of_the_desk_counts_what_waits_for_those_who_moderate(
    client: Client, story: Article, rights: tuple[str, ...]
) -> None:
    for state in (State.PENDING, State.PENDING, State.SPAM):
        make_comment(story, state=state)
    client.force_login(make_moderator(*rights))

    page = client.get("/admin/").text

    assert ("2 comments waiting" in page) == bool(rights)
