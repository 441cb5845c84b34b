"""A moderator's decisions: each holds once, each is logged."""

from collections.abc import Iterator
from typing import Any

import pytest
from django.utils import timezone

from articles.models import Article
from comments.models import Comment, ModerationDecision
from comments.services import AlreadyDecidedError, decide
from comments.services.deciding import _move
from comments.signals import comment_published, comment_removed
from tests.makers import make_comment, make_staff

State = Comment.State


@pytest.fixture
def news() -> Iterator[list[tuple[str, int]]]:
    """What the room told the others: published or removed, and which comment."""
    heard: list[tuple[str, int]] = []

    def published(comment: Comment, **_: Any) -> None:
        heard.append(("published", comment.pk))

    def removed(comment: Comment, **_: Any) -> None:
        heard.append(("removed", comment.pk))

    comment_published.connect(published)
    comment_removed.connect(removed)
    yield heard
    comment_published.disconnect(published)
    comment_removed.disconnect(removed)


def test_approving_publishes_and_says_who_and_why(story: Article) -> None:
    moderator = make_staff()
    waiting = make_comment(story, state=State.PENDING)

    decide(waiting.pk, "publish", by=moderator, why="Fair point.")

    waiting.refresh_from_db()
    assert waiting.state == State.PUBLISHED
    assert waiting.published_at is not None
    log = waiting.decisions.get()
    assert (log.what, log.by, log.why) == ("publish", moderator, "Fair point.")


def test_approving_twice_changes_nothing_the_second_time(
    story: Article, news: list[tuple[str, int]]
) -> None:
    waiting = make_comment(story, state=State.PENDING)
    first = decide(waiting.pk, "publish", by=make_staff())

    second = decide(waiting.pk, "publish", by=make_staff())

    assert second.published_at == first.published_at
    assert waiting.decisions.count() == 1
    assert news == [("published", waiting.pk)]


def test_two_moderators_at_once_leave_the_first_decision_and_tell_the_second(
    story: Article,
) -> None:
    waiting = make_comment(story, state=State.PENDING)
    decide(waiting.pk, "publish", by=make_staff(name="Anna Lindqvist"), seen="pending")

    with pytest.raises(AlreadyDecidedError, match="Anna Lindqvist already decided"):
        decide(waiting.pk, "spam", by=make_staff(), seen="pending")

    waiting.refresh_from_db()
    assert waiting.state == State.PUBLISHED
    assert waiting.decisions.count() == 1


def test_a_row_that_moved_after_it_was_read_is_left_alone(
    story: Article, news: list[tuple[str, int]]
) -> None:
    waiting = make_comment(story, state=State.PENDING)
    Comment.objects.filter(pk=waiting.pk).update(state=State.SPAM)

    moved = _move(waiting, State.PENDING, State.PUBLISHED, timezone.now())

    waiting.refresh_from_db()
    assert (moved, waiting.state, news) == (False, State.SPAM, [])


def test_undoing_and_deciding_otherwise_keeps_every_step_in_the_log(
    story: Article, news: list[tuple[str, int]]
) -> None:
    waiting = make_comment(story, state=State.PENDING)

    for what in ("publish", "reopen", "reject", "spam", "publish", "spam"):
        decide(waiting.pk, what, by=None)

    waiting.refresh_from_db()
    assert (waiting.state, waiting.published_at) == (State.SPAM, None)
    steps = [d.what for d in waiting.decisions.all()]
    assert steps == ["publish", "reopen", "reject", "spam", "publish", "spam"]
    assert [what for what, _ in news] == ["published", "removed", "published", "removed"]


def test_a_comment_its_writer_withdrew_cannot_be_brought_back(story: Article) -> None:
    gone = make_comment(story, state=State.WITHDRAWN)

    for what in ("publish", "reject", "spam", "reopen"):
        with pytest.raises(AlreadyDecidedError):
            decide(gone.pk, what, by=make_staff())

    assert not ModerationDecision.objects.exists()


def test_a_whole_conversation_can_be_taken_away_but_no_comment_from_under_its_answers(
    story: Article,
) -> None:
    from django.db.models import RestrictedError

    parent = make_comment(story)
    make_comment(story, parent=parent)

    with pytest.raises(RestrictedError):
        parent.delete()
    Comment.objects.filter(article=story).delete()

    assert not Comment.objects.exists()
