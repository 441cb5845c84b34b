"""Asking FTS5: the tables that the migration made beside `SearchText`."""

import json
from collections.abc import Iterable, Sequence
from typing import Any

from django.db import connection
from django.db.models import Q

from articles.models.search import KEYS
from articles.search.question import Clause, Phrase, Question
from articles.search.span import Span

WEIGHTS = "10, 4, 4, 2, 1"  # Headline, standfirst, topics, bylines, body.
LAST_SIGN = "\U0010ffff"  # Of all that there are.
EACH = "SELECT value FROM json_each(%s)"  # What a list in JSON has.
STORY = f"f.rowid & {KEYS}"  # The key of the story that a row of the index is of.


def newest(
    question: Question,
    stands: Clause,
    span: Span,
    most: int,
    *,
    heads: bool = False,
    often: bool = False,
) -> list[int]:
    """Places of the newest of the stories that answer; `heads`: by their headline alone.

    `often` is for PostgreSQL: FTS5 keeps its rows in order, and looks at no more than it needs.
    """
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


def newest_counted(
    question: Question, stands: Clause, span: Span, upto: int, most: int
) -> tuple[list[int], int]:
    """The same, at least `upto`, and how many answer, counted no further than `most`."""
    places = newest(question, stands, span, max(upto, most))
    return places, min(len(places), most)


def closest(
    question: Question, telling: Sequence[Phrase], stands: Clause, span: Span, most: int
) -> list[int]:
    """Places of the newest that answer, those first that BM25 finds closest by `telling`."""
    places = newest(question, stands, span, most)
    if not places:
        return []
    sql = f"""
        SELECT rowid FROM articles_search
        WHERE articles_search MATCH %s AND rowid BETWEEN %s AND %s
            AND +rowid IN ({EACH})
        ORDER BY bm25(articles_search, {WEIGHTS}), rowid DESC
    """  # noqa: S608 - Numbers of our own.
    # The plus: FTS5 walks once through those that match, and weighs none that was not asked for.
    match = " AND ".join(map(_phrase, telling))
    return _places(sql, [match, places[-1], places[0], json.dumps(places)])


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
