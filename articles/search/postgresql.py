"""Asking PostgreSQL: the vectors that the migration made beside `SearchText`."""

from collections.abc import Iterable, Sequence
from typing import Any

from django.db import connection
from django.db.models import Q

from articles.models.search import KEYS
from articles.search.question import Clause, Phrase, Question
from articles.search.span import Span

WEIGHTS = "'{0.1, 0.2, 0.4, 1.0}'"  # Body, bylines, standfirst and topics, headline.
BY_LENGTH = 1  # The rank is divided by 1 + log(words), PostgreSQL 12.3.3.
LOOKED_AT = 200  # Of the newest; to read the vectors of them all takes a millisecond.
EACH = "SELECT json_array_elements_text(%s)"  # What a list in JSON has.
STORY = f"t.place & {KEYS}"  # The key of the story that a row of the index is of.


def newest(
    question: Question,
    stands: Clause,
    span: Span,
    most: int,
    *,
    heads: bool = False,
    often: bool = False,
) -> list[int]:
    """Places of the newest of the stories that answer.

    `heads`: by their headline alone. `often`: many are likely to answer, so a few are found soon
    by looking at the newest; to gather and order tens of thousands takes twenty times as long.
    """
    column = "head" if heads else "vector"
    places = _among_newest(question, stands, span, most, column) if often else []
    return places if len(places) == most else _of_all(question, stands, span, most, column)


def newest_counted(
    question: Question, stands: Clause, span: Span, upto: int, most: int
) -> tuple[list[int], int]:
    """The same where many are likely to answer, at least `upto`, and how many, up to `most`."""
    places = _among_newest(question, stands, span, upto, "vector")
    if len(places) == upto:
        return places, how_many(question, stands, span, most)
    places = _of_all(question, stands, span, most, "vector")
    return places, len(places)


def closest(
    question: Question, telling: Sequence[Phrase], stands: Clause, span: Span, most: int
) -> list[int]:
    """Places of the newest that answer, those first that PostgreSQL ranks highest by `telling`."""
    match, asked = _match(question.wanted)
    without, refused = _without(question)
    weighed, phrases = _match(telling)
    sql = f"""
        SELECT t.place FROM (
            SELECT t.place, t.vector FROM (
                SELECT t.place, t.vector FROM articles_searchtext t
                WHERE t.vector @@ ({match}) {without} AND t.place BETWEEN %s AND %s
                ORDER BY t.place DESC OFFSET 0
            ) t
            WHERE {stands.sql} ORDER BY t.place DESC LIMIT %s
        ) t
        ORDER BY ts_rank({WEIGHTS}, t.vector, {weighed}, {BY_LENGTH}) DESC, t.place DESC
    """  # noqa: S608 - Names of our own; what was typed is a parameter.
    values = [*asked, *refused, span.first, span.last, *stands.values, most]
    return _places(sql, [*values, *phrases])


def _among_newest(
    question: Question, stands: Clause, span: Span, most: int, column: str
) -> list[int]:
    match, asked = _match(question.wanted)
    without, refused = _without(question)
    sql = f"""
        SELECT t.place FROM (
            SELECT t.place, t.head, t.vector FROM articles_searchtext t
            WHERE t.place BETWEEN %s AND %s ORDER BY t.place DESC LIMIT {LOOKED_AT}
        ) t
        WHERE t.{column} @@ ({match}) {without} AND {stands.sql} ORDER BY t.place DESC LIMIT %s
    """  # noqa: S608 - As above.
    return _places(sql, [span.first, span.last, *asked, *refused, *stands.values, most])


def _of_all(question: Question, stands: Clause, span: Span, most: int, column: str) -> list[int]:
    match, asked = _match(question.wanted)
    without, refused = _without(question)
    # OFFSET 0 keeps the limit out of the planner's sight: it hopes that a walk from the newest on
    # soon fills it, and for a rare word looks at every story there is.
    sql = f"""
        SELECT t.place FROM (
            SELECT t.place FROM articles_searchtext t
            WHERE t.{column} @@ ({match}) {without} AND t.place BETWEEN %s AND %s
            ORDER BY t.place DESC OFFSET 0
        ) t
        WHERE {stands.sql} ORDER BY t.place DESC LIMIT %s
    """  # noqa: S608 - As above.
    return _places(sql, [*asked, *refused, span.first, span.last, *stands.values, most])


def how_many(question: Question, stands: Clause, span: Span, most: int) -> int:
    """How many stories answer, counted no further than `most`.

    Any of them: to put tens of thousands in order takes five times as long as to find them.
    """
    match, asked = _match(question.wanted)
    without, refused = _without(question)
    sql = f"""
        SELECT count(*) FROM (
            SELECT FROM (
                SELECT t.place FROM articles_searchtext t
                WHERE t.vector @@ ({match}) {without} AND t.place BETWEEN %s AND %s
                OFFSET 0
            ) t
            WHERE {stands.sql} LIMIT %s
        ) found
    """  # noqa: S608 - As above.
    values = [*asked, *refused, span.first, span.last, *stands.values, most]
    (number,) = _places(sql, values)
    return number


def _without(question: Question) -> tuple[str, list[str]]:
    """What a headline must have, the whole story must not."""
    each = " AND NOT t.vector @@ phraseto_tsquery('simple', %s)"
    return each * len(question.unwanted), [" ".join(phrase) for phrase in question.unwanted]


def sharing(weights: dict[str, float], most: int) -> list[int]:
    """Places of the stories whose words weigh most; each word they have counts its weight."""
    each = (
        "SELECT place, %s::float AS weight FROM articles_searchtext"
        " WHERE vector @@ phraseto_tsquery('simple', %s)"
    )
    sql = f"""
        SELECT place FROM ({" UNION ALL ".join([each] * len(weights))}) shared
        GROUP BY place ORDER BY sum(weight) DESC, place DESC LIMIT %s
    """  # noqa: S608 - Nothing but names.
    values = [part for stem, weight in weights.items() for part in (weight, stem)]
    return _places(sql, [*values, most]) if weights else []


def begins(column: str, start: str) -> Q:
    """The rows whose column begins so; a key of letters has an index for that here."""
    return Q((f"{column}__startswith", start))


def mend() -> None:
    """Nothing to do: the vectors are columns of the table itself."""


def _match(phrases: Sequence[Phrase]) -> tuple[str, list[str]]:
    """The query's SQL and its values. Stems are looked up as they are ("simple")."""
    each = ["phraseto_tsquery('simple', %s)"] * len(phrases)
    return " && ".join(each), [" ".join(phrase) for phrase in phrases]


def _places(sql: str, values: Iterable[Any]) -> list[int]:
    with connection.cursor() as cursor:
        cursor.execute(sql, list(values))
        return [place for (place,) in cursor.fetchall()]
