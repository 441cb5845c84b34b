"""Each check holds what it is for, and lets the rest pass."""

from datetime import timedelta

import pytest
from allauth.account.models import EmailAddress
from django.utils import timezone

from articles.models import Article
from comments import screening
from comments.models import Comment, ListedWord, ModerationDecision
from comments.services import CommentsClosedError, Written, decide, post_comment
from newsroom.accounts.models import User
from tests.comments.stories import make_story
from tests.makers import make_author, make_comment, make_staff, make_user

pytestmark = pytest.mark.django_db


def codes(comment: Comment) -> list[str]:
    return list(comment.screening)


def guest(body: str = "Well argued.", **fields: str) -> Written:
    return Written(**{"body": body, "name": "Ida", "email": "ida@example.org"} | fields)  # type: ignore[arg-type]  # All of these are texts.


def make_known_reader(story: Article) -> User:
    """A verified account that had a comment published before."""
    reader = make_user(name="Ida Moe")
    EmailAddress.objects.create(user=reader, email=reader.email, verified=True, primary=True)
    first = post_comment(story.pk, Written("My first."), user=reader)
    decide(first.pk, "publish", by=None)
    return reader


def test_the_first_comment_of_a_guest_waits(story: Article) -> None:
    comment = post_comment(story.pk, guest())

    assert comment.state == Comment.State.PENDING
    assert codes(comment) == ["first_comment"]


def test_a_guest_known_by_address_still_waits_for_the_address_proves_nothing(
    story: Article,
) -> None:
    make_comment(story, email="ida@example.org")

    comment = post_comment(story.pk, guest())

    assert codes(comment) == ["unconfirmed_guest"]


def test_addresses_are_compared_as_the_post_room_compares_them(story: Article) -> None:
    make_comment(story, email="ida@example.org")

    comment = post_comment(story.pk, guest(email="Ida@Example.ORG"))

    assert codes(comment) == ["unconfirmed_guest"]


def test_a_verified_reader_with_a_published_comment_is_published_at_once(story: Article) -> None:
    reader = make_known_reader(story)

    comment = post_comment(story.pk, Written("My second."), user=reader)

    assert comment.state == Comment.State.PUBLISHED
    assert [d.rule for d in comment.decisions.all()] == ["known_reader"]
    assert comment.confirmed_at == comment.created_at


def test_the_first_comment_of_a_verified_reader_waits(story: Article) -> None:
    reader = make_user(name="Ida Moe")
    EmailAddress.objects.create(user=reader, email=reader.email, verified=True)

    comment = post_comment(story.pk, Written("Hello."), user=reader)

    assert codes(comment) == ["first_comment"]


def test_an_account_whose_address_is_not_verified_waits(story: Article) -> None:
    reader = make_known_reader(story)
    EmailAddress.objects.update(verified=False)

    comment = post_comment(story.pk, Written("My second."), user=reader)

    assert codes(comment) == ["unverified_account"]
    assert comment.confirmed_at is None


def test_the_desk_is_published_at_once_with_its_badge(story: Article) -> None:
    editor = make_staff(name="Anna Lindqvist")

    comment = post_comment(story.pk, Written("We looked into it."), user=editor)

    assert (comment.state, comment.by_staff) == (Comment.State.PUBLISHED, True)
    assert [d.rule for d in comment.decisions.all()] == ["staff"]


def test_a_closed_story_takes_no_comment_even_from_the_desk(story: Article) -> None:
    closed = make_story(comment_policy=Article.CommentPolicy.CLOSED)

    for user in (None, make_staff(name="Anna")):
        with pytest.raises(CommentsClosedError):
            post_comment(closed.pk, guest(), user=user)

    assert not Comment.objects.exists()


@pytest.mark.parametrize("state", [Article.State.DRAFT, Article.State.WITHDRAWN])
def test_a_story_that_is_not_public_takes_no_comment(state: str) -> None:
    story = make_story(state=state, withdrawn_at=timezone.now())

    with pytest.raises(CommentsClosedError):
        post_comment(story.pk, guest())


def test_a_long_comment_waits(story: Article) -> None:
    long = post_comment(story.pk, guest("word " * 600 + "x"))
    short = post_comment(story.pk, guest("word " * 599 + "word"))

    assert "too_long" in codes(long)
    assert "too_long" not in codes(short)


def test_a_filled_trap_holds_and_loses_nothing(story: Article) -> None:
    comment = post_comment(story.pk, guest(trap="http://spam.example"))

    assert "trap_filled" in codes(comment)
    assert comment.body == "Well argued."


@pytest.mark.parametrize("body", ["A casino!", "the CASINO", "cásino", "(casino)"])
def test_a_listed_word_is_found_whatever_its_case_and_accents(story: Article, body: str) -> None:
    ListedWord.objects.create(words="Casino")

    assert "listed_word" in codes(post_comment(story.pk, guest(body)))


@pytest.mark.parametrize("body", ["Subject matter expert", "The essexman"])
def test_a_listed_word_inside_another_word_is_not_found(story: Article, body: str) -> None:
    ListedWord.objects.create(words="sex")
    ListedWord.objects.create(words="pert")

    assert "listed_word" not in codes(post_comment(story.pk, guest(body)))


def test_a_listed_phrase_may_hold_signs(story: Article) -> None:
    ListedWord.objects.create(words="100% free (now)")

    assert "listed_word" in codes(post_comment(story.pk, guest("It is 100% FREE (now)!")))


def test_listed_words_are_sought_in_the_name_too(story: Article) -> None:
    ListedWord.objects.create(words="casino")

    assert "listed_word" in codes(post_comment(story.pk, guest(name="Best Casino")))


def test_three_links_wait_and_two_do_not(story: Article) -> None:
    three = post_comment(story.pk, guest("http://a.example https://b.example www.c.example"))
    two = post_comment(story.pk, guest("http://www.a.example https://www.b.example"))

    assert "many_links" in codes(three)
    assert "many_links" not in codes(two)


def test_the_same_words_by_the_same_hand_under_another_story_wait(story: Article) -> None:
    post_comment(story.pk, guest("Buy bonds."))
    other = make_story()

    again = post_comment(other.pk, guest("BUY  bonds!"))

    assert "repeated_text" in codes(again)


def test_the_same_words_from_the_same_network_under_another_name_wait(story: Article) -> None:
    post_comment(story.pk, guest("Buy bonds."), network="198.51.100.7")

    again = post_comment(
        story.pk, guest("Buy bonds.", email="x@example.org"), network="198.51.100.7"
    )

    assert "repeated_text" in codes(again)


def test_short_words_may_be_said_by_two_people_and_long_ones_not(story: Article) -> None:
    long = "Nobody who has read the treaty could say this in earnest, could they?"
    for body in ("Well said.", long):
        post_comment(story.pk, guest(body), network="198.51.100.7")

    others = [
        post_comment(story.pk, guest(body, email="x@example.org"), network="203.0.113.9")
        for body in ("Well said.", long)
    ]

    assert ["repeated_text" in codes(other) for other in others] == [False, True]


def test_words_of_last_week_may_be_said_again(story: Article) -> None:
    week_ago = timezone.now() - timedelta(days=7)
    post_comment(story.pk, guest("Buy bonds."), moment=week_ago)

    assert "repeated_text" not in codes(post_comment(story.pk, guest("Buy bonds.")))


@pytest.mark.parametrize(
    "name",
    ["Anna Lindqvist", "Аnnа Lindqvist", "ANNA L1NDQVIST", "Ann\u200ba Lindqvist", "Editor"],
)
def test_a_guest_with_the_name_of_the_desk_waits_and_gets_no_badge(
    story: Article, name: str
) -> None:
    make_staff(name="Anna Lindqvist")

    comment = post_comment(story.pk, guest(name=name))

    assert "impersonation" in codes(comment)
    assert not comment.by_staff


def test_the_name_of_an_author_without_an_account_is_kept_too(story: Article) -> None:
    make_author("Per Holm")

    assert "impersonation" in codes(post_comment(story.pk, guest(name="Рer Нolm")))


def test_a_guest_with_the_address_of_an_account_gets_no_trust(story: Article) -> None:
    reader = make_known_reader(story)

    comment = post_comment(story.pk, guest(email=reader.email.upper()))

    assert codes(comment) == ["borrowed_address", "first_comment"]
    assert comment.user is None


def test_the_writer_is_not_told_that_an_address_has_an_account(story: Article) -> None:
    reader = make_user("known@example.org")

    comment = post_comment(story.pk, guest(email=reader.email))

    assert not any("account" in sentence for sentence in comment.reasons_for_writer)


def test_a_reader_who_was_refused_lately_waits(story: Article) -> None:
    reader = make_known_reader(story)
    rude = post_comment(story.pk, Written("Something rude."), user=reader)
    decide(rude.pk, "reject", by=None)

    comment = post_comment(story.pk, Written("Something kind."), user=reader)

    assert codes(comment) == ["lately_refused"]


def test_every_reason_is_kept_in_the_order_of_the_list(story: Article) -> None:
    ListedWord.objects.create(words="bonds")

    comment = post_comment(story.pk, guest("Buy bonds www.a www.b www.c", trap="x"))

    assert codes(comment) == ["trap_filled", "listed_word", "many_links", "first_comment"]
    log = comment.decisions.get()
    assert (log.what, log.rule) == (
        ModerationDecision.What.HOLD,
        "trap_filled, listed_word, many_links, first_comment",
    )


def test_every_check_says_why_in_two_sentences() -> None:
    from comments.reasons import ALL

    assert [check.__name__ for check in screening.CHECKS] == [reason.code for reason in ALL]
    for reason in ALL:
        assert str(reason.for_moderator).endswith(".")
        assert str(reason.for_writer).endswith(".")
