"""Commenters' addresses and networks are never public, and are forgotten in time."""

from datetime import timedelta

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from articles.models import Article
from comments.models import Comment
from comments.services import (
    KEPT_FOR,
    Written,
    decide,
    forget_addresses,
    forget_person,
    post_comment,
)
from comments.tasks import forget_addresses as forget_task
from tests.comments.stories import make_story
from tests.makers import make_comment, make_user

pytestmark = pytest.mark.django_db
GUEST = Written("Well argued.", name="Ida", email="ida@example.org", website="https://ida.example")


def test_after_the_kept_time_a_guest_is_only_a_name(story: Article) -> None:
    old = post_comment(
        story.pk, GUEST, network="198.51.100.7", moment=timezone.now() - KEPT_FOR - timedelta(1)
    )

    forget_task()

    old.refresh_from_db()
    assert (old.email, old.fingerprint, old.writer) == ("", "", "")
    assert old.key == f"forgotten-{old.pk}"
    assert (old.name, old.body) == ("Ida", "Well argued.")


def test_within_the_kept_time_nothing_is_forgotten(story: Article) -> None:
    young = post_comment(
        story.pk, GUEST, network="198.51.100.7", moment=timezone.now() - KEPT_FOR + timedelta(1)
    )

    assert forget_addresses() == 0

    young.refresh_from_db()
    assert young.email == "ida@example.org"


def test_of_an_account_the_network_is_forgotten_and_the_account_stays(story: Article) -> None:
    reader = make_user(name="Ida")
    old = post_comment(
        story.pk, Written("Hm."), user=reader, network="198.51.100.7",
        moment=timezone.now() - KEPT_FOR - timedelta(1),
    )  # fmt: skip
    writer = old.writer

    forget_addresses()

    old.refresh_from_db()
    assert (old.user, old.fingerprint, old.writer) == (reader, "", writer)


def test_forgetting_again_finds_nothing_left(story: Article) -> None:
    moment = timezone.now() - KEPT_FOR - timedelta(1)
    for n in range(3):
        post_comment(
            story.pk, Written(f"No {n}.", name="A", email=f"{n}@example.org"), moment=moment
        )

    assert [forget_addresses(), forget_addresses()] == [3, 0]


def test_the_pages_of_all_that_is_erased_are_purged_at_once() -> None:
    """Of two purges, the later could hold a row out of its order."""
    for _ in range(3):
        make_comment(make_story(), email="ida@example.org")

    with CaptureQueriesContext(connection) as queries:
        assert forget_person("ida@example.org") == 3

    assert sum("INSERT INTO press_pagepath" in query["sql"] for query in queries) == 1


def test_erasing_a_person_takes_their_words_and_leaves_the_conversation_whole(
    story: Article,
) -> None:
    theirs = post_comment(story.pk, GUEST, network="198.51.100.7")
    decide(theirs.pk, "publish", by=None)
    answer = make_comment(story, parent=theirs)
    other = make_comment(story, email="other@example.org")

    erased = forget_person("IDA@example.org")

    theirs.refresh_from_db()
    assert erased == 1
    assert theirs.state == Comment.State.WITHDRAWN
    traces = (theirs.name, theirs.email, theirs.website, theirs.body, theirs.writer,
              theirs.fingerprint, theirs.text_digest)  # fmt: skip
    assert set(traces) == {""}
    assert [d.what for d in theirs.decisions.all()] == ["hold", "publish", "erase"]
    answer.refresh_from_db()
    assert answer.parent == theirs
    assert set(Comment.objects.published()) == {answer, other}


def test_erasing_a_person_finds_what_their_account_wrote(story: Article) -> None:
    reader = make_user("ida@example.org", name="Ida")
    theirs = post_comment(story.pk, Written("Hm."), user=reader)

    forget_person("ida@example.org")

    theirs.refresh_from_db()
    assert (theirs.user, theirs.body) == (None, "")


def test_erasing_twice_changes_nothing_the_second_time(story: Article) -> None:
    post_comment(story.pk, GUEST)

    assert [forget_person("ida@example.org"), forget_person("ida@example.org")] == [1, 0]


def test_an_account_that_goes_leaves_the_comment_and_takes_no_story(story: Article) -> None:
    reader = make_user(name="Ida")
    comment = post_comment(story.pk, Written("Hm."), user=reader)

    reader.delete()

    comment.refresh_from_db()
    assert (comment.user, comment.name) == (None, "Ida")


def test_a_story_with_comments_cannot_be_deleted_from_under_them() -> None:
    from django.db.models import ProtectedError

    story = make_story()
    make_comment(story)

    with pytest.raises(ProtectedError):
        story.delete()
