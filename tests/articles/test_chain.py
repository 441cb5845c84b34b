"""The chain of public versions: what breaks it, and what must not."""

from typing import Any

import pytest

from articles.chain import verify
from articles.models import Article, Revision
from articles.services import PublicChange, publish_changes, save_revision
from tests.makers import make_article, make_words

pytestmark = pytest.mark.django_db


def make_changed_article(times: int = 2) -> Article:
    """A story with a first publication and so many updates."""
    article = make_article()
    for number in range(1, times + 1):
        save_revision(article.pk, make_words(), editor=None, began_from=number)
        publish_changes(article.pk, PublicChange("update", reason="News."), editor=None)
    return article


def tamper(article: Article, number: int, **columns: Any) -> None:
    Revision.objects.filter(article=article, number=number).update(**columns)


def test_the_chain_of_an_honest_story_holds() -> None:
    article = make_changed_article()

    assert verify(article) == []


@pytest.mark.parametrize(
    "columns",
    [
        {"headline": "Quietly other"},
        {"body": "<p>Quietly other.</p>"},
        {"standfirst": "Quietly other"},
        {"lead_alt": "Quietly other"},
        {"reason": "No reason."},
        {"change_kind": "typo"},
        {"published_at": "2026-11-01T00:00:00Z"},
        {"text_digest": "0" * 64},
        {"salt": ""},
    ],
)
def test_the_chain_names_a_row_that_was_altered(columns: dict[str, str]) -> None:
    article = make_changed_article()

    tamper(article, 2, **columns)

    assert verify(article) == [2]


def test_a_link_written_anew_breaks_the_one_after_it() -> None:
    article = make_changed_article()

    tamper(article, 2, chain_hash="0" * 64)

    assert verify(article) == [2, 3]


def test_a_public_version_that_was_removed_is_missed() -> None:
    article = make_changed_article()

    Revision.objects.filter(article=article, number=2).delete()

    assert verify(article) == [3]


def test_a_text_struck_out_with_its_salt_leaves_the_chain_whole() -> None:
    article = make_changed_article()

    tamper(article, 2, headline="", standfirst="", body="", lead_caption="", lead_alt="", salt="")

    assert verify(article) == []


def test_the_same_words_have_another_digest_in_every_story() -> None:
    stories = [make_article(headline="Same", body="<p>Same.</p>") for _ in range(2)]

    digests = {story.live.text_digest for story in stories if story.live}

    assert len(digests) == 2


def test_what_is_not_public_is_not_in_the_chain() -> None:
    article = make_changed_article()

    save_revision(article.pk, make_words(), editor=None, began_from=3)

    assert verify(article) == []
    assert article.revisions.get(number=4).chain_hash == ""
