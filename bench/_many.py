"""A database full of invented stories, and what it costs to ask it. Run as `python -m bench._many`.

The words are made up and as unevenly used as those of a language (Zipf): the commonest stand in
nearly every story, most in a few.
"""

import json
import os
import random
import subprocess
import sys
import time
from collections.abc import Callable, Iterable
from datetime import UTC, datetime, timedelta
from itertools import accumulate, batched, product
from pathlib import Path
from tempfile import NamedTemporaryFile
from typing import Any

import django

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "newsroom.settings")
django.setup()

from django.core.management import call_command  # noqa: E402 - Django must be set up first.
from django.db import connection, transaction  # noqa: E402

from articles.models import (  # noqa: E402
    Article,
    ArticleByline,
    ArticleTopic,
    Author,
    Revision,
    SearchText,
    Section,
    Topic,
)
from articles.models.search import place_at  # noqa: E402
from articles.search import Query, index_stories, search  # noqa: E402
from articles.search.empty import instead_of  # noqa: E402
from articles.search.form import SearchForm  # noqa: E402
from articles.search.stems import stem_of  # noqa: E402
from articles.search.vocabulary import recount  # noqa: E402

WORDS = 60_000
BODY = 450  # Words of a story.
HEADLINE = 7
QUESTIONS = 600
ROUNDS = 5
NEWEST = datetime(2026, 11, 1, tzinfo=UTC)
SYLLABLES = [a + b for a, b in product("bdfgklmnprstvz", "aeiou")]
GIN = ("articles_search", "articles_search_head")
Story = tuple[str, str]  # Headline and text.


def main(stories: int) -> None:
    """Fill the database, and have it asked by a process that has filled nothing, as a server."""
    call_command("migrate", verbosity=0)
    headlines = fill(stories, random.Random(7))
    connection.close()  # Then SQLite brings into its file what was written.
    with NamedTemporaryFile("w", suffix=".json") as file:
        json.dump(headlines, file)
        file.flush()
        subprocess.run([sys.executable, "-m", "bench._many", "ask", file.name], check=True)


def ask(headlines: list[str]) -> None:
    """Ask the database, and print what was seen as one line of JSON."""
    stories, draw = len(headlines), random.Random(8)
    rounds = [
        [two_words(draw.choice(headlines), draw) for _ in range(QUESTIONS)] for _ in range(ROUNDS)
    ]
    for words in [two_words(draw.choice(headlines), draw) for _ in range(QUESTIONS)]:
        search(Query(words))  # What a server that is running has read and learnt already.
    for words in rounds[0][:20]:
        look_for_spellings(misspelt(words, draw))
    seen = {
        "search": [times(lambda words: search(Query(words)), asked) for asked in rounds],
        "spelling": [
            times(look_for_spellings, [misspelt(words, draw) for words in rounds[0][:100]])
        ],
        "index": [times(index_again, draw.sample(range(1, stories + 1), min(100, stories)))],
    }
    print(json.dumps(seen))


def fill(stories: int, draw: random.Random) -> list[str]:
    """Write that many stories past the services; their headlines, each another."""
    words = invented_words(draw)
    weights = list(accumulate(1 / rank for rank in range(1, WORDS + 1)))
    desk = (
        [Section.objects.create(name=f"S{n}", slug=f"s{n}", position=n) for n in range(6)],
        [Topic.objects.create(name=f"T{n}", slug=f"t{n}") for n in range(40)],
        [Author.objects.create(name=f"A{n}", slug=f"a{n}") for n in range(30)],
    )
    headlines: dict[str, None] = {}
    with _indexes_later():
        for numbers in batched(range(1, stories + 1), 1_000):
            batch = []
            for _ in numbers:
                drawn = draw.choices(words, cum_weights=weights, k=BODY + HEADLINE)
                headline = " ".join(drawn[:HEADLINE])
                if headline in headlines:
                    headline = f"{headline} {len(headlines)}"
                headlines[headline] = None
                batch.append((headline, " ".join(drawn[HEADLINE:])))
            with transaction.atomic():
                write(numbers, batch, desk)
    recount()
    settle()
    return list(headlines)


def write(numbers: tuple[int, ...], batch: list[Story], desk: tuple[Any, Any, Any]) -> None:
    """Rows of public stories, an hour apart."""
    sections, topics, authors = desk
    moments = [NEWEST - timedelta(hours=number) for number in numbers]
    Article.objects.bulk_create(
        Article(
            pk=number,
            slug=f"story-{number}",
            path=f"{moment:%Y/%m}/story-{number}",
            feed_id=f"story-{number}",
            first_published_at=moment,
            section=sections[number % len(sections)],
            kind="news",
        )
        for number, moment in zip(numbers, moments, strict=True)
    )
    Revision.objects.bulk_create(
        Revision(
            pk=number, article_id=number, number=1, headline=headline, body=f"<p>{text}</p>",
            standfirst=text[:150], section=sections[number % len(sections)],
        )
        for number, (headline, text) in zip(numbers, batch, strict=True)
    )  # fmt: skip
    Article.objects.filter(pk__in=numbers).update(
        live_id=django.db.models.F("pk"), state="published"
    )
    ArticleByline.objects.bulk_create(
        ArticleByline(
            article_id=number,
            author=authors[number % len(authors)],
            position=0,
            first_published_at=moment,
        )
        for number, moment in zip(numbers, moments, strict=True)
    )
    ArticleTopic.objects.bulk_create(
        ArticleTopic(
            article_id=number, topic=topics[number % len(topics)], first_published_at=moment
        )
        for number, moment in zip(numbers, moments, strict=True)
    )
    SearchText.objects.bulk_create(
        SearchText(
            place=place_at(moment, number), article_id=number, headline=_stems(headline),
            standfirst=_stems(text[:150]), topics=f"t {number % len(topics)}",
            bylines=f"a {number % len(authors)}", body=_stems(text), text=text,
            above=f"{headline}\n{text[:150]}",
        )
        for number, moment, (headline, text) in zip(numbers, moments, batch, strict=True)
    )  # fmt: skip


def invented_words(draw: random.Random) -> list[str]:
    """So many different words, the short ones first, as in a language."""
    made: dict[str, None] = {}
    while len(made) < WORDS:
        syllables = 1 + min(4, len(made) // 300 + 1) if len(made) > 60 else 1
        made["".join(draw.choices(SYLLABLES, k=syllables)) + draw.choice(["", "n", "s"])] = None
    return list(made)


def two_words(headline: str, draw: random.Random) -> str:
    """What a reader types who remembers two words of it."""
    return " ".join(draw.sample(headline.split(), 2))


def misspelt(words: str, draw: random.Random) -> str:
    """The same words, two letters of each exchanged."""
    return " ".join(_slip(word, draw.randrange(len(word))) for word in words.split())


def _slip(word: str, at: int) -> str:
    return word[:at] + word[at : at + 2][::-1] + word[at + 2 :]


def look_for_spellings(words: str) -> None:
    """What a page without stories says, at its dearest: with a filter set."""
    form = SearchForm({"q": words, "section": "s1"})
    instead_of(form, form.query())


def index_again(number: int) -> None:
    """Index a story whose words were not counted yet, and commit."""
    with transaction.atomic():
        SearchText.objects.filter(article=number).update(bylines="", above="")
        index_stories([Article(pk=number)])


def times(do: Callable[[Any], object], each: Iterable[Any]) -> list[float]:
    """Milliseconds that each of the calls took."""
    took = []
    for one in each:
        began = time.perf_counter()
        do(one)
        took.append((time.perf_counter() - began) * 1000)
    return took


def _stems(text: str) -> str:
    return " ".join(map(stem_of, text.split()))


def settle() -> None:
    """What has long been done where readers ask; else it is done while they do: gigabytes that
    were just loaded are written to the disk."""
    with connection.cursor() as cursor:
        if connection.vendor == "postgresql":
            cursor.execute("VACUUM ANALYZE")
            cursor.execute("CHECKPOINT")
        else:
            cursor.execute("PRAGMA wal_checkpoint(TRUNCATE)")
    os.sync()


class _indexes_later:  # noqa: N801 - Reads as what it does.
    """On PostgreSQL make the indexes after the rows, as any large load does."""

    def __enter__(self) -> None:
        if connection.vendor == "postgresql":
            with connection.cursor() as cursor:
                for name in GIN:
                    cursor.execute(f"DROP INDEX {name}")

    def __exit__(self, *error: object) -> None:
        if connection.vendor == "postgresql":
            with connection.cursor() as cursor:
                for name, column in zip(GIN, ("vector", "head"), strict=True):
                    cursor.execute(
                        f"CREATE INDEX {name} ON articles_searchtext USING gin ({column})"
                        " WITH (fastupdate = off)"
                    )


if __name__ == "__main__":
    if sys.argv[1] == "ask":
        ask(json.loads(Path(sys.argv[2]).read_text()))
    else:
        main(int(sys.argv[1]))
