"""The digest as a message: whole, light, good as text and as HTML."""

import re

import pytest
from django.db import connection

from articles.models import Article
from newsroom.kit.models import Site
from subscriptions import emails
from subscriptions.bundles import Bundled, parcels
from subscriptions.models import Due
from subscriptions.reasons import reasons_of, sentence
from tests.makers import make_article, make_author, make_section, make_topic

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def site() -> Site:
    return Site.objects.create(pk=1, name="The Dispatch", postal_address="4 Harbour Row")


def bundled(articles: list[Article], cadence: str = "daily", why: str = "all") -> Bundled:
    stories = sorted((article.live_id or 0, (why,)) for article in articles)
    return Bundled(cadence, tuple(stories))


def stories(number: int) -> list[Article]:
    section, author = make_section(), make_author("Ida Holm")
    return [
        make_article(
            headline=f"Story {n} of a navy that waits for its ships",
            standfirst="A sentence that says more about it. " * 4,
            section=section,
            bylines=(author,),
        )
        for n in range(number)
    ]


@pytest.mark.parametrize("cadence", ["daily", "weekly"])
def test_both_parts_tell_every_story_with_its_link(cadence: str) -> None:
    articles = stories(3)

    letter = emails.digest_letter(bundled(articles, cadence))

    for article in articles:
        assert article.live is not None
        for part in (letter.text, letter.html):
            assert article.live.headline in " ".join(part.split())
            assert f"http://localhost:8000{article.get_absolute_url()}" in part
    assert "A sentence that says more" in letter.text
    assert "Ida Holm" in letter.text
    for marker in ("%%UNSUBSCRIBE%%", "%%PREFERENCES%%"):
        assert marker in letter.text
        assert marker in letter.html
    assert "4 Harbour Row" in letter.text
    assert all(len(line) <= 72 for line in letter.text.splitlines() if "http" not in line)
    assert "\n\n\n\n" not in letter.text


def test_the_foot_of_the_daily_mail_tells_every_way_a_story_came_into_it() -> None:
    letter = emails.digest_letter(bundled(stories(1)))

    for part in (letter.text, letter.html):
        told = " ".join(part.split())
        assert "asked The Dispatch for stories in one mail a day, because your quiet" in told
        assert "or because we send some stories only in the daily mail." in told


def test_it_needs_no_picture_and_tells_the_newest_first() -> None:
    letter = emails.digest_letter(bundled(stories(3)))

    order = re.findall(r"Story (\d) of", letter.text)
    assert order == ["2", "1", "0"]
    assert letter.subject == "Story 2 of a navy that waits for its ships, and 2 more"
    assert "<img" not in letter.html
    assert set(re.findall(r'<table[^>]*role="([a-z]+)"', letter.html)) == {"presentation"}
    assert letter.html.count("<table") == letter.html.count('role="presentation"')


@pytest.mark.parametrize(("number", "has_standfirst"), [(20, True), (120, False)])
def test_however_many_stories_it_stays_light_and_leaves_none_out(
    number: int,
    has_standfirst: bool,  # noqa: FBT001 - A case of the table.
) -> None:
    letter = emails.digest_letter(bundled(stories(number)))

    assert len(letter.html.encode()) <= emails.MOST_BYTES
    assert len(set(re.findall(r"Story (\d+) of", letter.html))) == number
    assert ("A sentence that says more" in letter.html) is has_standfirst


def test_what_was_typed_is_inert_in_it() -> None:
    article = make_article(headline="<script>x</script> %%UNSUBSCRIBE", standfirst="<img src=x>")

    letter = emails.digest_letter(bundled([article]))

    assert "<script" not in letter.html
    assert "<img" not in letter.html
    assert "&lt;script&gt;" in letter.html


def test_reasons_are_told_by_name_and_in_a_sentence() -> None:
    section, topic, author = make_section("Sea"), make_topic("Meren"), make_author("Ida Holm")
    words = [
        f"author:{author.pk}",
        "all",
        f"topic:{topic.pk}",
        f"section:{section.pk}",
        "topic:99",
    ]

    told = reasons_of(words)

    assert told == ["each new story", "the section Sea", "the topic Meren", "stories by Ida Holm"]
    assert sentence(told[2:]) == "the topic Meren and stories by Ida Holm"
    assert sentence(told[1:]) == "the section Sea, the topic Meren and stories by Ida Holm"


def test_a_line_reads_back_as_it_was_and_its_order_does_not_matter() -> None:
    line = "daily 9=topic:3,all;7=all"

    read = Bundled.read(line)

    assert str(read) == "daily 7=all;9=all,topic:3"
    assert read == Bundled.read("daily 7=all;9=all,topic:3")
    assert not read.is_general
    assert read.carries == ["revision:7", "revision:9"]


def test_a_digest_without_a_story_is_none() -> None:
    with pytest.raises(ValueError, match="without a story"):
        emails.digest_letter(Bundled("daily", ()))


def test_two_statements_tell_the_stories_in_one_order(monkeypatch: pytest.MonkeyPatch) -> None:
    can = "supports_aggregate_order_by_clause"  # PostgreSQL, and SQLite from 3.44 on.
    monkeypatch.setattr(connection.features, can, True)

    assert 'ORDER BY "articles_article"."live_id")' in str(parcels(Due.objects.all()).query)
