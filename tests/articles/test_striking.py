"""Words struck out of the record for good; the record says so and still verifies."""

import pytest
from django.db import IntegrityError, transaction
from django.test import Client

from articles.chain import verify
from articles.errors import ArticleError, ChangeError
from articles.models import Article, Revision
from articles.services import can_be_struck_out, strike_out, withdraw
from tests.articles.test_chain import make_changed_article
from tests.makers import make_article, make_draft, make_staff

pytestmark = pytest.mark.django_db


def version(article: Article, number: int) -> Revision:
    return article.revisions.get(number=number)


def test_nothing_that_readers_saw_of_it_is_left() -> None:
    article, editor = make_changed_article(), make_staff()

    struck = strike_out(version(article, 2).pk, reason=" A name. ", editor=editor)

    words = [struck.headline, struck.standfirst, struck.dateline, struck.body, struck.sources]
    assert not any([*words, struck.lead_photo, struck.lead_caption, struck.lead_alt, struck.salt])
    assert not any(struck.links())
    assert (struck.struck_out_because, struck.struck_out_by) == ("A name.", editor)


def test_the_chain_still_verifies() -> None:
    article = make_changed_article()

    strike_out(version(article, 2).pk, reason="A name.", editor=None)

    assert verify(article) == []


def test_words_put_in_the_place_of_what_was_struck_out_are_found() -> None:
    article = make_changed_article()
    strike_out(version(article, 2).pk, reason="A name.", editor=None)

    version(article, 2).topics.set(version(article, 3).topics.all())
    Revision.objects.filter(article=article, number=2).update(standfirst="Quietly other")

    assert {fault.number for fault in verify(article)} == {2}


def test_readers_are_told_why_and_see_no_word_of_it() -> None:
    article = make_changed_article()
    gone = version(article, 2).headline

    strike_out(version(article, 2).pk, reason="A child was named.", editor=None)

    html = Client().get(f"{article.get_absolute_url()}history/").content.decode()
    assert "The text of this version was struck out" in html
    assert "A child was named." in html
    assert gone not in html


def test_the_version_that_readers_see_is_not_struck_out() -> None:
    article = make_changed_article()

    for number in (3,):
        with pytest.raises(ArticleError, match="Readers see this version"):
            strike_out(version(article, number).pk, reason="A name.", editor=None)

    assert version(article, 3).body


def test_nor_is_the_last_of_a_withdrawn_story() -> None:
    article = make_article()
    withdraw(article.pk, editor=None, note="A mistake.")

    with pytest.raises(ArticleError, match="Readers see this version"):
        strike_out(version(article, 1).pk, reason="A name.", editor=None)


def test_what_was_never_public_has_nothing_to_strike_out() -> None:
    draft = make_draft()

    with pytest.raises(ArticleError, match="never public"):
        strike_out(version(draft, 1).pk, reason="A name.", editor=None)


def test_it_needs_a_reason() -> None:
    article = make_changed_article()

    with pytest.raises(ChangeError, match="Say why"):
        strike_out(version(article, 2).pk, reason="  ", editor=None)

    assert version(article, 2).body


def test_a_second_time_changes_nothing() -> None:
    article = make_changed_article()
    first = strike_out(version(article, 2).pk, reason="A name.", editor=None)

    again = strike_out(version(article, 2).pk, reason="Another.", editor=None)

    assert again.struck_out_because == "A name."
    assert again.struck_out_at == first.struck_out_at


def test_no_row_is_called_struck_out_while_its_words_stand() -> None:
    article = make_changed_article()
    rows = Revision.objects.filter(article=article, number=2)

    with pytest.raises(IntegrityError), transaction.atomic():
        rows.update(struck_out_at="2026-11-20T00:00:00Z", struck_out_because="A name.")

    assert version(article, 2).struck_out_at is None


def test_those_that_can_be_struck_out_are_the_public_ones_readers_do_not_see() -> None:
    article = make_changed_article(times=3)
    strike_out(version(article, 2).pk, reason="A name.", editor=None)

    assert [row.number for row in can_be_struck_out(article)] == [3, 1]
