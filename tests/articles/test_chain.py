"""The chain of public versions: what breaks it, and what must not."""

import hashlib
import json
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from importlib import import_module
from typing import Any

import pytest
import time_machine
from django.apps import apps
from django.utils import timezone

from articles.chain import Fault, digest_of, link, part_digests_of, verify
from articles.models import (
    Article,
    Correction,
    Photo,
    Revision,
    RevisionByline,
    RevisionPhoto,
    RevisionSeeAlso,
    RevisionTopic,
)
from articles.services import (
    GalleryPicture,
    PublicChange,
    change_address,
    publish,
    publish_changes,
    save_revision,
    strike_out,
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
        {"public_caption": "Quietly other"},
        {"public_alt": None},
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


def test_what_a_picture_of_the_gallery_was_shown_with_is_in_the_chain() -> None:
    article = make_changed_article()

    RevisionPhoto.objects.filter(revision__number=2).update(public_alt="Quietly other")

    assert verify(article) == [Fault("articles_revisionphoto", 2, "was altered")]


def test_a_photo_that_is_described_anew_alters_no_version() -> None:
    article = make_changed_article()

    Photo.objects.update(caption="Quite other", alt="Quite other")

    assert verify(article) == []


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


# The story's own row --------------------------------------------------------------------


def altered(article: Article, **columns: Any) -> list[str]:
    """What is said once these columns of the story's row were written by hand."""
    Article.objects.filter(pk=article.pk).update(**columns)
    assert {(fault.table, fault.number) for fault in verify(article)} <= {("articles_article", 0)}
    return [fault.says for fault in verify(article)]


OTHER_ADDRESS = "has another address or feed id than it was given"


@pytest.mark.parametrize(
    "columns",
    [{"path": "2020/01/other"}, {"feed_id": "tag:elsewhere.example,2020-01-01:story/1"}],
)
def test_an_address_or_feed_id_that_nobody_gave_is_named(columns: dict[str, str]) -> None:
    assert altered(make_changed_article(), **columns) == [OTHER_ADDRESS]


def test_another_slug_in_the_row_alone_is_named() -> None:
    article = make_article()

    assert altered(article, path=f"{article.path}-other") == [OTHER_ADDRESS]


def test_an_address_that_was_changed_at_the_desk_still_verifies() -> None:
    article = make_article(headline="First address")
    for slug in ("second", "third", "first-address", "second"):
        change_address(article.pk, slug, editor=None)

    assert verify(article) == []


def test_so_does_one_whose_first_address_had_another_story_since() -> None:
    article = make_article(headline="First address")
    change_address(article.pk, "second", editor=None)
    follower = make_article(headline="First address")
    change_address(follower.pk, "third", editor=None)

    assert (verify(article), verify(follower)) == ([], [])


def test_another_moment_of_publication_is_named() -> None:
    article = make_changed_article()
    moment = timezone.now() - timedelta(days=400)
    for rows in (article.topic_rows, article.byline_rows):
        rows.update(first_published_at=moment)

    says = altered(article, first_published_at=moment)

    assert says == ["came out at another moment than its first version"]


@pytest.mark.parametrize("rows", ["topic_rows", "byline_rows"])
def test_a_copy_of_the_moment_that_differs_is_named(rows: str) -> None:
    article = make_changed_article()

    getattr(article, rows).update(first_published_at=timezone.now() - timedelta(days=1))

    table = getattr(article, rows).model._meta.db_table
    assert verify(article) == [Fault(table, 0, "has another moment than the story")]


@pytest.mark.parametrize("state", ["draft", "in_review", "scheduled"])
def test_a_public_story_taken_from_readers_in_the_row_is_named(state: str) -> None:
    assert altered(make_changed_article(), state=state) == [
        f"is {state}, though readers were shown it"
    ]


def test_a_withdrawal_that_nobody_made_is_named() -> None:
    article = make_changed_article()

    says = altered(
        article, state="withdrawn", withdrawn_at=timezone.now(), withdrawal_note="Gone."
    )

    assert says == ["was withdrawn otherwise than the row says"]


@pytest.mark.parametrize(
    "columns", [{"withdrawal_note": "All is well."}, {"withdrawn_at": "2026-11-01T00:00:00Z"}]
)
def test_a_withdrawal_that_was_altered_is_named(columns: dict[str, str]) -> None:
    article = withdraw(make_article().pk, editor=None, note="A mistake.")

    assert altered(article, **columns) == ["was withdrawn otherwise than the row says"]


def test_a_withdrawn_story_shown_again_in_the_row_is_named() -> None:
    article = withdraw(make_article().pk, editor=None, note="A mistake.")

    assert altered(article, state="published") == ["was withdrawn, though readers are shown it"]


def test_a_story_that_came_back_verifies() -> None:
    article = withdraw(make_article().pk, editor=None, note="A mistake.")

    publish(article.pk, editor=None)

    assert verify(article) == []


def test_the_migration_links_what_was_withdrawn_before() -> None:
    article = withdraw(make_article().pk, editor=None, note="A mistake.")
    Article.objects.update(withdrawal_hash="")

    module = import_module("articles.migrations.0008_withdrawals_in_the_chain")
    module.link_withdrawals(apps, None)

    assert verify(article) == []


def test_the_address_outlives_the_words_of_the_first_version() -> None:
    article = make_changed_article()
    strike_out(article.revisions.get(number=1).pk, reason="A name.", editor=None)

    assert verify(article) == []
    assert altered(article, path=f"{article.path}-other") == [OTHER_ADDRESS]


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


@pytest.mark.parametrize("hour", range(0, 24, 2))
@pytest.mark.parametrize("zone", ["Etc/GMT+12", "UTC", "Europe/Berlin", "Pacific/Kiritimati"])
def test_their_address_fits_at_each_hour_in_each_zone(hour: int, zone: str) -> None:
    moment = datetime(2026, 11, 30, hour, 30, tzinfo=UTC)
    with timezone.override(zone), time_machine.travel(moment):
        assert verify(as_once_published(make_article())) == []


@pytest.mark.parametrize(
    "columns", [{"path": "2020/01/other"}, {"feed_id": "tag:example.org,2020-01-01:story/1"}]
)
def test_their_address_and_feed_id_must_fit_the_moment(columns: dict[str, str]) -> None:
    assert altered(as_once_published(make_changed_article()), **columns) == [OTHER_ADDRESS]


def as_published_without_captions(article: Article) -> Article:
    """The chain as it was written when what photos said themselves was no part of it."""
    before = ""
    for revision in article.revisions.filter(published_at__isnull=False):
        links = revision.links()
        words = [getattr(revision, name) for name in Revision.WORDS]
        correction = Correction.objects.filter(revision=revision).first()
        now = dict(
            part.split(":") for part in part_digests_of(revision, correction, article).split()
        )
        now.pop("address", None)
        kept = {
            "words": _sha256([revision.salt, *words]),
            "gallery": _sha256([revision.salt, *links.gallery]),
        } | {name: digest for name, digest in now.items() if not name.startswith("shown_")}
        revision.part_digests = " ".join(f"{name}:{digest}" for name, digest in kept.items())
        revision.text_digest = digest_of(revision)
        before = link(revision, before)
        tamper(article, revision.number, part_digests=revision.part_digests,
               text_digest=revision.text_digest, chain_hash=before,
               public_caption=None, public_alt=None)  # fmt: skip
    RevisionPhoto.objects.update(public_caption=None, public_alt=None)
    return article


def _sha256(facts: list[object]) -> str:
    return hashlib.sha256(json.dumps(facts, ensure_ascii=False).encode()).hexdigest()


def test_versions_published_before_captions_were_kept_still_verify() -> None:
    article = as_published_without_captions(make_changed_article())

    assert verify(article) == []
    tamper(article, 2, lead_alt="Quietly other")
    assert named(article) == {(WORDS, 2)}


def test_the_migration_keeps_what_they_show_and_breaks_nothing() -> None:
    article = as_published_without_captions(make_changed_article())

    module = import_module("articles.migrations.0009_captions_as_published")
    module.keep_captions(apps, None)

    Photo.objects.update(caption="Quite other", alt="Quite other")
    newest = article.revisions.get(number=3)
    assert (newest.photo_caption, newest.photo_alt) == ("A ship.", "A grey ship.")
    assert [row.shown_caption for row in newest.gallery_rows.all()] == ["A quay"]
    assert verify(article) == []


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
