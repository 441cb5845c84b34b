"""How soon the first mail of a story is out, and how long its rows take, on an empty database."""

import time
from collections.abc import Callable

from django.db import connection
from django.utils import timezone

from articles.models import Author, Section
from articles.services import Words, create_article, publish
from newsroom.mail.models import Mailing
from newsroom.mail.sending import send_some
from subscriptions import services
from subscriptions.models import Due, Heartbeat

# Every tenth reader has quiet hours, every tenth a limit, and a fifth want a digest.
ADDRESSES = """
    WITH RECURSIVE reader(n) AS (SELECT 1 UNION ALL SELECT n + 1 FROM reader WHERE n < %s)
    INSERT INTO mail_address (typed, compared, key, created_at)
    SELECT 'reader' || n || '@example.org', 'reader' || n || '@example.org', 'key', %s FROM reader
"""
READERS = """
    INSERT INTO subscriptions_subscriber (address_id, state, wish, consent_from, consent_words,
        confirmed_at, wants_since, created_at, zone, hour, weekday, quiet_from, quiet_to,
        daily_cap, breaking_at_once)
    SELECT id, 'confirmed', 'wish', '', '', %s, %s, %s,
        CASE id %% 4 WHEN 0 THEN '' WHEN 1 THEN 'Europe/Oslo' WHEN 2 THEN 'America/New_York'
            ELSE 'Asia/Tokyo' END,
        8 + id %% 12, id %% 7,
        CASE WHEN id %% 10 = 3 THEN 22 END, CASE WHEN id %% 10 = 3 THEN 6 END,
        CASE WHEN id %% 10 = 7 THEN 3 END, id %% 2 = 0
    FROM mail_address ORDER BY id
"""
WISHES = """
    INSERT INTO subscriptions_subscription (subscriber_id, what, cadence, wished_at)
    SELECT id, 'all', CASE WHEN id %% 5 = 0 THEN 'daily' ELSE 'at_once' END, %s
    FROM subscriptions_subscriber
"""


def measure(readers: int) -> dict[str, float]:
    """Seconds from the end of the hold to the first message, and until all rows are written."""
    fill(readers)
    article_id = publish_one()
    began = time.monotonic()
    start = services.announce_some(article_id)
    mailing = Mailing.objects.get()
    send_some(mailing.pk)
    first = mailing.deliveries.exclude(sent_at=None).earliest("sent_at").sent_at
    waited = (first - mailing.not_before).total_seconds() if first and mailing.not_before else 0.0
    filling = time.monotonic()
    while start is not None:
        start = services.announce_some(article_id, start)
    return {
        "first": waited,
        "filling": time.monotonic() - filling + (filling - began),
        "dues": Due.objects.count(),
        "deliveries": mailing.deliveries.count(),
    }


def measure_held(patience: int) -> float:
    """Seconds by which the first message of a held story leaves after its hold, sent by others.

    Waits until they are there. Raises TimeoutError if they take more than `patience` seconds.
    """
    _wait(Heartbeat.objects.exists, patience)
    publish_one("at_once")
    mailing = Mailing.objects.get()
    left = mailing.deliveries.exclude(sent_at=None)
    _wait(left.exists, patience)
    first = left.earliest("sent_at").sent_at
    return (first - mailing.not_before).total_seconds() if first and mailing.not_before else 0.0


def _wait(true: Callable[[], bool], patience: int) -> None:
    until = time.monotonic() + patience
    while not true():
        if time.monotonic() > until:
            raise TimeoutError(f"not within {patience} seconds")
        time.sleep(0.2)


def fill(readers: int) -> None:
    """So many confirmed readers, made by the database."""
    now = timezone.now()
    with connection.cursor() as cursor:
        cursor.execute(ADDRESSES, [readers, now])
        cursor.execute(READERS, [now, now, now])
        cursor.execute(WISHES, [now])


def publish_one(mail_choice: str = "breaking") -> int:
    """A story that everyone wants; the hold of breaking news is over at once."""
    words = Words(
        headline="A story",
        body="<p>Text of a story. </p>" * 30,
        section=Section.objects.create(name="Sea", slug="sea"),
        bylines=(Author.objects.create(name="Ida Holm", slug="ida-holm"),),
    )
    draft = create_article(words, editor=None, mail_choice=mail_choice)
    publish(draft.pk, editor=None)
    return draft.pk
