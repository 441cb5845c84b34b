"""Statements that are compiled once give what the query set itself gives."""

from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from django.db import connection
from django.db.models import QuerySet
from django.test.utils import CaptureQueriesContext

from articles.models import Article, Topic
from newsroom.kit.prepared import prepared
from tests.makers import make_article, make_topic

pytestmark = pytest.mark.django_db
DAY = datetime(2026, 11, 1, tzinfo=UTC)


@prepared
def at(path: str) -> QuerySet[Article]:
    return Article.objects.filter(path=path).select_related("live__section").defer("live__body")


@prepared
def keyed(keys: tuple[int, ...], state: str) -> QuerySet[Article]:
    return Article.objects.filter(pk__in=keys, state=state).order_by("-pk")


@prepared
def pairs(article: int) -> QuerySet[Any, tuple[int, str]]:
    """Two query sets of which each has the value."""
    first = Topic.objects.filter(article_rows__article=article).values_list("pk", "slug")
    rows = Article.objects.filter(pk=article).values_list("pk", "slug")
    return first.order_by().union(rows).order_by("slug")


def test_one_row_with_what_belongs_to_it_by_one_query() -> None:
    make_article(headline="Other")
    article = make_article(headline="Seven ships")
    assert at("nowhere") == []  # The statement is compiled with other values than it is asked.

    with CaptureQueriesContext(connection) as queries:
        (found,) = at(str(article.path))
        assert found.live is not None
        assert (found.pk, found.live.headline) == (article.pk, "Seven ships")
        assert found.live.section.name

    assert len(queries) == 1
    assert "body" in found.live.get_deferred_fields()
    assert found.first_published_at == article.first_published_at


def test_tuples_of_any_length_each_time_anew() -> None:
    articles = [make_article() for _ in range(4)]
    keys = [article.pk for article in articles]

    for length in (3, 1, 4, 3):
        found = [article.pk for article in keyed(tuple(keys[:length]), "published")]
        assert found == keys[:length][::-1]
    assert keyed(tuple(keys[:2]), "draft") == []
    assert keyed((), "published") == []


def test_a_union_that_has_the_value_twice() -> None:
    topic = make_topic()
    article, other = make_article(topics=(topic,)), make_article()

    assert set(pairs(article.pk)) == {(topic.pk, topic.slug), (article.pk, article.slug)}
    assert pairs(other.pk) == [(other.pk, other.slug)]


def test_a_moment_and_none_in_its_place() -> None:
    @prepared
    def until(moment: datetime | None, slugs: tuple[str, ...]) -> QuerySet[Article]:
        rows = Article.objects.filter(slug__in=slugs).order_by("pk")
        return rows.filter(first_published_at__lte=moment) if moment else rows

    old, new = make_article(moment=DAY), make_article(moment=DAY + timedelta(days=1))

    for moment, found in ((DAY, [old]), (None, [old, new]), (new.first_published_at, [old, new])):
        assert until(moment, (old.slug, new.slug)) == found
        assert until(moment, (new.slug,)) == found[1:]


def test_a_statement_is_a_part_of_another() -> None:
    wanted, _other = make_article(), make_article()

    inner, values = keyed.statement((wanted.pk, 0), "published")
    with connection.cursor() as cursor:
        cursor.execute(f"SELECT count(*) FROM ({inner}) inside", values)  # noqa: S608 - Its own.
        assert cursor.fetchone() == (1,)


def test_rows_of_one_call_are_not_those_of_the_next() -> None:
    article = make_article()
    (before,) = at(str(article.path))
    Article.objects.filter(pk=article.pk).update(comment_policy="closed")

    (after,) = at(str(article.path))

    assert before.comment_policy != after.comment_policy == "closed"


def test_a_value_that_goes_nowhere_is_an_error() -> None:
    @prepared
    def forgetful(key: int) -> QuerySet[Article]:
        return Article.objects.all()

    with pytest.raises(ValueError, match="does not hand on"):
        forgetful(1)
