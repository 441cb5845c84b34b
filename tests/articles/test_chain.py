"""The chain of public versions: what breaks it, and what must not."""

import hashlib
import json
from collections.abc import Callable
from typing import Any

import pytest

from articles.chain import Fault, digest_of, link, verify
from articles.models import (
    Article,
    Correction,
    Revision,
    RevisionByline,
    RevisionPhoto,
    RevisionSeeAlso,
    RevisionTopic,
)
from articles.services import (
    GalleryPicture,
    PublicChange,
    publish_changes,
    save_revision,
    withdraw,
)
from tests.makers import (
    make_article,
    make_author,
    make_photo,
    make_section,
    make_topic,
    make_words,
)

pytestmark = pytest.mark.django_db

WORDS = "articles_revision"


def make_changed_article(times: int = 2) -> Article:
    """A story with a first publication and so many updates, each with all that a story has."""
    article = make_article()
    for number in range(1, times + 1):
        words = make_words(
            dateline="ALTENHAVEN",
            sources="The ministry, a statement",
            topics=(make_topic(),),
            see_also=(make_article(),),
            gallery=[GalleryPicture(make_photo(), "A quay", "A grey quay")],
            lead_photo=make_photo(),
        )
        save_revision(article.pk, words, editor=None, began_from=number)
        change = PublicChange("correction", "A figure.", wrong="Five ships.", right="Six ships.")
        publish_changes(article.pk, change, editor=None)
    return Article.objects.get(pk=article.pk)


def tamper(article: Article, number: int, **columns: Any) -> None:
    Revision.objects.filter(article=article, number=number).update(**columns)


def named(article: Article) -> set[tuple[str, int]]:
    return {(fault.table, fault.number) for fault in verify(article)}


def test_the_chain_of_an_honest_story_holds() -> None:
    article = make_changed_article()

    assert verify(article) == []


@pytest.mark.parametrize(
    "columns",
    [
        {"headline": "Quietly other"},
        {"body": "<p>Quietly other.</p>"},
        {"standfirst": "Quietly other"},
        {"dateline": "ELSEWHERE"},
        {"sources": "Nobody"},
        {"kind": "opinion"},
        {"lead_alt": "Quietly other"},
        {"lead_photo": None},
        {"reason": "No reason."},
        {"change_kind": "typo"},
        {"published_at": "2026-11-01T00:00:00Z"},
        {"text_digest": "0" * 64},
        {"part_digests": "words:0"},
        {"part_digests": ""},
        {"salt": ""},
    ],
)
def test_the_chain_names_a_row_that_was_altered(columns: dict[str, str]) -> None:
    article = make_changed_article()

    tamper(article, 2, **columns)

    assert named(article) == {(WORDS, 2)}


def test_another_section_is_an_alteration() -> None:
    article = make_changed_article()

    tamper(article, 2, section=make_section())

    assert verify(article) == [Fault(WORDS, 2, "was altered")]


ALTERATIONS: dict[str, Callable[[Revision], object]] = {
    "articles_revisiontopic": lambda revision: revision.topics.add(make_topic()),
    "articles_revisionbyline": lambda revision: RevisionByline.objects.filter(
        revision=revision
    ).update(author=make_author()),
    "articles_revisionseealso": lambda revision: RevisionSeeAlso.objects.filter(
        revision=revision
    ).delete(),
    "articles_revisionphoto": lambda revision: RevisionPhoto.objects.filter(
        revision=revision
    ).update(caption="Quietly other"),
    "articles_correction": lambda revision: Correction.objects.filter(revision=revision).update(
        right="Five ships."
    ),
}


@pytest.mark.parametrize("table", ALTERATIONS)
def test_the_chain_names_the_table_of_a_row_that_was_altered(table: str) -> None:
    article = make_changed_article()

    ALTERATIONS[table](article.revisions.get(number=2))

    assert verify(article) == [Fault(table, 2, "was altered")]


@pytest.mark.parametrize("table", [RevisionTopic, RevisionByline, RevisionPhoto, Correction])
def test_the_chain_names_the_table_of_a_row_that_was_removed(table: Any) -> None:
    article = make_changed_article()

    table.objects.filter(revision__article=article, revision__number=2).delete()

    assert verify(article) == [Fault(table._meta.db_table, 2, "was altered")]


def test_bylines_in_another_order_are_an_alteration() -> None:
    article = make_article(bylines=(make_author(), make_author()))
    first, second = article.revisions.get().byline_rows.all()

    RevisionByline.objects.filter(pk=first.pk).update(position=second.position + 1)

    assert ("articles_revisionbyline", 1) in named(article)


def test_a_correction_that_was_made_up_is_named() -> None:
    article = make_article()
    revision = article.revisions.get()

    Correction.objects.create(
        article=article, revision=revision, kind="correction", wrong="A", right="B",
        at="2026-11-20T00:00:00Z",
    )  # fmt: skip

    assert verify(article) == [Fault("articles_correction", 1, "was altered")]


COPIES: dict[str, Callable[[Article], object]] = {
    "articles_article": lambda article: Article.objects.filter(pk=article.pk).update(
        kind="opinion"
    ),
    "articles_article_topics": lambda article: article.topics.add(make_topic()),
    "articles_articlebyline": lambda article: article.byline_rows.all().delete(),
}


@pytest.mark.parametrize("table", COPIES)
def test_a_copy_that_lists_use_is_held_against_what_readers_were_told(table: str) -> None:
    article = make_changed_article()

    COPIES[table](article)

    assert named(article) == {(table, 0)}


def test_a_link_written_anew_breaks_the_one_after_it() -> None:
    article = make_changed_article()

    tamper(article, 2, chain_hash="0" * 64)

    assert named(article) == {(WORDS, 2), (WORDS, 3)}


def test_a_public_version_that_was_removed_from_the_middle_is_missed() -> None:
    article = make_changed_article()

    Revision.objects.filter(article=article, number=2).delete()

    says = "has 2 public versions, and 3 were published"
    assert Fault(WORDS, 0, says) in verify(article)
    assert (WORDS, 3) in named(article)


def test_the_last_public_version_is_missed_though_nothing_follows_it() -> None:
    article = make_changed_article()
    before = article.revisions.get(number=2)
    Article.objects.filter(pk=article.pk).update(live=before, newest=before)

    Revision.objects.filter(article=article, number=3).delete()

    assert Fault(WORDS, 0, "has 2 public versions, and 3 were published") in verify(article)


def test_readers_shown_an_older_version_than_the_last_is_named() -> None:
    article = make_changed_article()

    Article.objects.filter(pk=article.pk).update(live=article.revisions.get(number=2))

    assert ("articles_article", 0) in named(article)


def test_a_withdrawn_story_still_verifies() -> None:
    article = make_changed_article()

    withdraw(article.pk, editor=None, note="A mistake.")

    assert verify(article) == []


def test_blanking_words_by_hand_is_no_striking_out() -> None:
    article = make_changed_article()

    tamper(article, 2, headline="", standfirst="", body="", lead_caption="", lead_alt="", salt="")

    assert named(article) == {(WORDS, 2)}


# What was published before there were parts ------------------------------------------------


def as_once_published(article: Article) -> Article:
    """The chain as it was written when a digest was of the words alone."""
    before = ""
    for revision in article.revisions.filter(published_at__isnull=False):
        words = [revision.headline, revision.standfirst, revision.body]
        facts = [revision.salt, *words, revision.lead_caption, revision.lead_alt]
        text = json.dumps(facts, ensure_ascii=False).encode()
        revision.part_digests = ""
        revision.text_digest = hashlib.sha256(text).hexdigest()
        before = link(revision, before)
        tamper(article, revision.number, part_digests="", text_digest=revision.text_digest,
               chain_hash=before)  # fmt: skip
    return article


def test_versions_published_before_there_were_parts_still_verify() -> None:
    article = as_once_published(make_changed_article())
    save_revision(article.pk, make_words(), editor=None, began_from=3)
    publish_changes(article.pk, PublicChange("update"), editor=None)

    assert verify(article) == []
    newest = article.revisions.get(number=4)
    assert newest.part_digests
    assert digest_of(newest) == newest.text_digest


def test_an_alteration_of_such_a_version_is_named() -> None:
    article = as_once_published(make_changed_article())

    tamper(article, 2, body="<p>Quietly other.</p>")

    assert named(article) == {(WORDS, 2)}


# Digests -----------------------------------------------------------------------------------


def test_the_same_words_have_another_digest_in_every_story() -> None:
    stories = [make_article(headline="Same", body="<p>Same.</p>") for _ in range(2)]

    digests = {story.live.text_digest for story in stories if story.live}

    assert len(digests) == 2


def test_what_is_not_public_is_not_in_the_chain() -> None:
    article = make_changed_article()

    save_revision(article.pk, make_words(), editor=None, began_from=3)

    assert verify(article) == []
    assert article.revisions.get(number=4).chain_hash == ""
