"""Who is owed a story, and in which rhythm: a Due for each, written by the database."""

from datetime import datetime
from typing import Any

from django.db import connection, transaction
from django.db.models import Case, IntegerField, Min, QuerySet, StringAgg, Value, When
from django.utils import timezone

from articles.models import Article
from newsroom.kit.bulk import joins_of_many
from subscriptions.clocks import hold_clocks, set_clocks
from subscriptions.models import Subscriber
from subscriptions.models.wishes import fits, word_of_wish

WISH = "subscriptions__"


def fastest(path: str) -> Min:
    """The fastest rhythm of some wishes: 0 at once, 1 daily, 2 weekly; `path` leads to them."""
    rhythm = Case(
        When(**{f"{path}cadence": "at_once"}, then=0),
        When(**{f"{path}cadence": "daily"}, then=1),
        default=2,
        output_field=IntegerField(),
    )
    return Min(rhythm)


# How many mails the reader has today: those of single stories, the digests that went, and one
# for the digest that will go today. The rows are few: of one reader, since midnight.
MAILS_TODAY = """
    SELECT COUNT(DISTINCT COALESCE(
        due.delivery_id, CASE WHEN due.cadence = 'at_once' THEN -due.article_id ELSE 0 END))
    FROM subscriptions_due due
    WHERE due.subscriber_id = reader.id AND due.due_at < clock.day_ends_at
        AND (due.due_at >= clock.day_began_at
            OR due.delivery_id IS NULL AND due.cadence <> 'at_once')
"""
IS_QUIET = """
    CASE WHEN reader.quiet_from IS NULL THEN 1 = 0
        WHEN reader.quiet_from < reader.quiet_to
        THEN clock.local_hour >= reader.quiet_from AND clock.local_hour < reader.quiet_to
        ELSE clock.local_hour >= reader.quiet_from OR clock.local_hour < reader.quiet_to END
"""
ITS_CLOCK = """
    JOIN subscriptions_clock clock ON clock.zone = reader.zone
        AND clock.hour = reader.hour AND clock.weekday = reader.weekday
"""
OWE = f"""
    INSERT INTO subscriptions_due (subscriber_id, article_id, why, cadence, due_at)
    SELECT owed.id, %(article)s, owed.why,
        CASE WHEN goes_now THEN 'at_once' WHEN fastest = 2 THEN 'weekly' ELSE 'daily' END,
        CASE WHEN goes_now THEN %(now)s WHEN fastest = 2 THEN weekly_at ELSE daily_at END
    FROM (
        SELECT wanted.pk AS id, wanted.why, wanted.fastest, clock.daily_at, clock.weekly_at,
            %(alone)s AND (wanted.fastest = 0 OR %(breaking)s AND reader.breaking_at_once)
            AND NOT ({IS_QUIET})
            AND (reader.daily_cap IS NULL OR reader.daily_cap > ({MAILS_TODAY})) AS goes_now
        FROM ({{wanted}}) wanted
        JOIN subscriptions_subscriber reader ON reader.id = wanted.pk
        {ITS_CLOCK}
    ) owed
    WHERE 1 = 1
    ON CONFLICT (article_id, subscriber_id) DO NOTHING
"""  # noqa: S608 - Texts of this module; all values are parameters.


@transaction.atomic
def owe(article: Article, published_at: datetime, readers: QuerySet[Subscriber]) -> int:
    """Write a Due for each of these readers who wants the story; how many are new.

    `published_at`: whoever wanted mail only later, or wished for this only later, is not owed it,
    however late the rows are written or written once more. At most some 20,000 readers
    at once, so that nobody else waits long for the database.
    """
    now = timezone.now()
    with joins_of_many():
        set_clocks(readers, now)
        hold_clocks(readers)
        return _insert(_wanting(article, published_at, readers), article, now)


def _wanting(
    article: Article, published_at: datetime, readers: QuerySet[Subscriber]
) -> QuerySet[Any, Any]:
    fitting = fits(article, WISH, made_by=published_at)
    wanted = readers.wanting(published_at).filter(fitting)  # type: ignore[attr-defined]  # Its query set is ours.
    words = StringAgg(word_of_wish(WISH), Value(","))
    rows: QuerySet[Any, Any] = (
        wanted.order_by().values("pk").annotate(why=words, fastest=fastest(WISH))
    )
    return rows


def with_rows(sql: str, **rows: QuerySet[Any, Any]) -> tuple[str, dict[str, Any]]:
    """The statement with each query set in the place of its name, and the values they name."""
    values: dict[str, Any] = {}
    for name, query_set in rows.items():
        select, params = query_set.query.get_compiler(connection=connection).as_sql()
        named = {f"{name}_{number}": value for number, value in enumerate(params)}
        sql = sql.replace(f"{{{name}}}", select % tuple(f"%({key})s" for key in named))
        values |= named
    return sql, values


def _insert(rows: QuerySet[Any, Any], article: Article, now: datetime) -> int:
    sql, named = with_rows(OWE, wanted=rows)
    values = named | {
        "article": article.pk,
        "now": connection.ops.adapt_datetimefield_value(now),
        "alone": article.mail_choice != Article.MailChoice.DIGEST,
        "breaking": article.mail_choice == Article.MailChoice.BREAKING,
    }
    with connection.cursor() as cursor:
        cursor.execute(sql, values)
        return int(cursor.rowcount)
