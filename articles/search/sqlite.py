"""Asking FTS5: the tables that the migration made beside `SearchText`."""

import json
from collections.abc import Iterable, Sequence
from typing import Any

from django.db import connection
from django.db.models import Q
from django.db.models.expressions import RawSQL

from articles.models.article import ArticleQuerySet
from articles.models.search import KEYS
from articles.search.question import Clause, Phrase, Question
from articles.search.span import Span

WEIGHTS = "10, 4, 4, 2, 1"  # Headline, standfirst, topics, bylines, body.
LAST_SIGN = "\U0010ffff"  # Of all that there are.
COMMON = 2_000  # Stories: what stands in more of them says little, and costs much to weigh.


def standing(stories: ArticleQuerySet) -> Clause:
    """Whether a row `f` of the index is one of these stories."""
    there = stories.filter(pk=RawSQL(f"f.rowid & {KEYS}", ())).values("pk")  # noqa: S611 - A number.
    exists, values = there.query.get_compiler(connection=connection).as_sql()
    return Clause(f"EXISTS ({exists})", values)


def newest(
    question: Question, stands: Clause, span: Span, most: int, *, heads: bool = False
) -> list[int]:
    """Places of the newest of the stories that answer; `heads`: by their headline alone."""
    table = "articles_search_head" if heads else "articles_search"
    without, refused = _without(question) if heads else ("", [])
    sql = f"""
        SELECT f.rowid FROM {table} f
        WHERE f.{table} MATCH %s AND f.rowid BETWEEN %s AND %s AND {stands.sql} {without}
        ORDER BY f.rowid DESC LIMIT %s
    """  # noqa: S608 - Names of our own; what was typed is a parameter.
    return _places(sql, [_match(question), span.first, span.last, *stands.values, *refused, most])


def how_many(question: Question, stands: Clause, span: Span, most: int) -> int:
    """How many stories answer, counted no further than `most`: FTS5 keeps them in order."""
    return len(newest(question, stands, span, most))


def _without(question: Question) -> tuple[str, list[str]]:
    """What a headline must have, the whole story must not."""
    if not question.unwanted:
        return "", []
    refused = " OR ".join(map(_phrase, question.unwanted))
    return (
        "AND f.rowid NOT IN (SELECT rowid FROM articles_search WHERE articles_search MATCH %s)",
        [refused],
    )


def ranked(question: Question, places: Sequence[int]) -> list[int]:
    """The same places, those first that BM25 finds closest by the words that tell something."""
    telling = _telling(question)
    if not telling or not places:
        return list(places)
    sql = f"""
        SELECT rowid FROM articles_search
        WHERE articles_search MATCH %s AND rowid BETWEEN %s AND %s
            AND +rowid IN (SELECT value FROM json_each(%s))
        ORDER BY bm25(articles_search, {WEIGHTS}), rowid DESC
    """  # noqa: S608 - Numbers of our own.
    # The plus: FTS5 walks once through those that match, and weighs none that was not asked for.
    match = " AND ".join(map(_phrase, telling))
    return _places(sql, [match, min(places), max(places), json.dumps(list(places))])


def sharing(weights: dict[str, float], most: int) -> list[int]:
    """Places of the stories whose words weigh most; each word they have counts its weight."""
    each = "SELECT rowid AS place, CAST(%s AS REAL) AS weight FROM articles_search WHERE articles_search MATCH %s"
    sql = f"""
        SELECT place FROM ({" UNION ALL ".join([each] * len(weights))})
        GROUP BY place ORDER BY sum(weight) DESC, place DESC LIMIT %s
    """  # noqa: S608 - As above.
    values = [part for stem, weight in weights.items() for part in (weight, _phrase((stem,)))]
    return _places(sql, [*values, most]) if weights else []


def begins(column: str, start: str) -> Q:
    """The rows whose column begins so, by its index: LIKE ignores case here and would not use it."""
    return Q((f"{column}__gte", start), (f"{column}__lt", f"{start}{LAST_SIGN}"))


def mend() -> None:
    """Write the index anew from the table."""
    with connection.cursor() as cursor:
        for table in ("articles_search", "articles_search_head"):
            cursor.execute(f"INSERT INTO {table} ({table}) VALUES ('rebuild')")  # noqa: S608 - Our own names.


def _telling(question: Question) -> list[Phrase]:
    stems = [stem for phrase in question.wanted for stem in phrase]
    sql = f"""
        SELECT stem FROM articles_searchstem
        WHERE stem IN ({", ".join(["%s"] * len(stems))}) AND stories > %s
    """  # noqa: S608 - Nothing but placeholders.
    with connection.cursor() as cursor:
        cursor.execute(sql, [*stems, COMMON])
        common = {stem for (stem,) in cursor.fetchall()}
    return [phrase for phrase in question.wanted if not common.issuperset(phrase)]


def _match(question: Question) -> str:
    """In FTS5's own language. Stems are letters and digits, so quotes make them plain words."""
    wanted = " AND ".join(map(_phrase, question.wanted))
    return "".join([f"({wanted})", *(f" NOT {_phrase(phrase)}" for phrase in question.unwanted)])


def _phrase(phrase: Phrase) -> str:
    return f'"{" ".join(phrase)}"'


def _places(sql: str, values: Iterable[Any]) -> list[int]:
    with connection.cursor() as cursor:
        cursor.execute(sql, list(values))
        return [place for (place,) in cursor.fetchall()]
