"""Stories from elsewhere."""

import gzip
import json
from pathlib import Path
from typing import Any

import pytest
from django.core.management import CommandError, call_command

from articles.models import Article, Photo
from articles.signals import article_published
from tests.articles.test_services import heard
from tests.makers import picture_file

pytestmark = pytest.mark.django_db


def write(folder: Path, *rows: Any) -> Path:
    path = folder / "stories.jsonl"
    path.write_text("\n".join(row if isinstance(row, str) else json.dumps(row) for row in rows))
    return path


def test_a_line_becomes_a_published_story_and_is_not_announced(tmp_path: Path) -> None:
    (tmp_path / "ship.png").write_bytes(picture_file().read())
    photo = {"path": "ship.png", "caption": "A ship", "credit": "Us", "alt": "A ship"}
    row = {
        "headline": "Headline", "body": "One.\n\nTwo & three.", "section": "Sea", "kind": "analysis",
        "topics": ["Ships", "Yards"], "bylines": ["A. Writer"], "photo": photo,
        "published_at": "2026-10-01T08:00:00+02:00",
    }  # fmt: skip

    with heard(article_published) as news:
        call_command("import_articles", str(write(tmp_path, row)))

    article = Article.objects.published().get()
    assert article.live is not None
    assert article.live.body == "<p>One.</p>\n<p>Two &amp; three.</p>"
    assert article.live.photo_caption == "A ship"
    assert article.path == "2026/10/headline"
    assert [facts["announce"] for facts in news] == [False]


def test_the_same_id_again_updates_and_never_doubles(tmp_path: Path) -> None:
    row = {"headline": "First", "body": "x", "external_id": "a-1"}
    call_command("import_articles", str(write(tmp_path, row, row)))

    call_command("import_articles", str(write(tmp_path, row | {"headline": "Second"})))

    article = Article.objects.get()
    assert article.live is not None
    assert (article.live.headline, article.live.number) == ("Second", 2)


def test_a_line_that_comes_again_leaves_pictures_the_words_they_have(tmp_path: Path) -> None:
    (tmp_path / "ship.png").write_bytes(picture_file().read())
    photo = {"path": "ship.png", "caption": "A ship", "alt": "A ship"}
    row = {"headline": "H", "body": "x", "external_id": "a-1", "photo": photo, "gallery": [photo]}
    call_command("import_articles", str(write(tmp_path, row)))
    Photo.objects.update(caption="Another", alt="Another")

    call_command("import_articles", str(write(tmp_path, row)))

    live = Article.objects.get().live
    assert live is not None
    assert (live.number, live.photo_caption) == (1, "A ship")


def test_bad_lines_are_named_and_the_good_ones_imported(tmp_path: Path, capsys: Any) -> None:
    file = write(
        tmp_path,
        {"headline": "Good", "body": "x"},
        "{not json",
        {"headline": "", "body": "x"},
        {"headline": "h", "body": "x", "kind": "poem"},
        {"headline": "h", "body": "x", "published_at": "yesterday"},
        {"headline": "h", "body": "x", "photo": {"path": "../../etc/passwd"}},
        {"headline": "h", "body": "x", "colour": "red"},
        {"headline": "h", "body": "x", "see_also": ["nowhere"]},
        {"headline": "Good too", "body": "x"},
    )

    with pytest.raises(CommandError, match="7 lines"):
        call_command("import_articles", str(file))

    complaints = capsys.readouterr().err.splitlines()
    assert [line.split(":")[0] for line in complaints] == [f"line {n}" for n in range(2, 9)]
    assert Article.objects.published().count() == 2


def test_drafts_stay_drafts(tmp_path: Path) -> None:
    file = write(tmp_path, {"headline": "h", "body": "x"})

    call_command("import_articles", str(file), "--draft")

    assert Article.objects.get().state == Article.State.DRAFT


def test_a_file_that_is_not_there_is_one_line(tmp_path: Path) -> None:
    with pytest.raises(CommandError, match="cannot be read"):
        call_command("import_articles", str(tmp_path / "none.jsonl"))


def test_real_stories_are_imported(tmp_path: Path, real_material: Path) -> None:
    rows = []
    with gzip.open(real_material / "articles" / "wikinews_2019.jsonl.gz", "rt") as lines:
        for line in lines:
            real = json.loads(line)
            body = real.get("text") or real.get("body")
            rows.append({"headline": real["title"][:200], "body": body})

    call_command("import_articles", str(write(tmp_path, *rows[:40])))

    assert Article.objects.published().count() == 40


def test_a_line_may_bring_dateline_sources_and_a_gallery(tmp_path: Path) -> None:
    for name in ("quay.png", "ship.png"):
        (tmp_path / name).write_bytes(picture_file().read())
    gallery = [
        {"path": "quay.png", "caption": "A quay", "alt": "Q"},
        {"path": "ship.png", "alt": "S"},
    ]
    row = {
        "headline": "H", "body": "As said [1].", "external_id": "g-1", "dateline": "ALTENHAVEN",
        "sources": ["The ministry, a statement", "The yard"], "gallery": gallery,
    }  # fmt: skip

    call_command("import_articles", str(write(tmp_path, row, row)))

    live = Article.objects.published().get().live
    assert live is not None
    assert (live.number, live.dateline) == (1, "ALTENHAVEN")  # The same line again is no news.
    assert live.sources == "The ministry, a statement\nThe yard"
    assert [row.shown_caption for row in live.gallery_rows.all()] == ["A quay", ""]


@pytest.mark.parametrize(
    ("said", "sentence"),
    [
        ({"dateline": "X" * 81}, "dateline is longer than 80 characters"),
        ({"sources": {"a": 1}}, "sources must be a list of texts"),
        ({"sources": ["x" * 8001]}, "sources are longer than 8000 characters"),
        ({"gallery": "ship.png"}, "gallery must be a list of photos"),
        ({"gallery": ["ship.png"]}, "a photo must be an object with a path"),
        ({"gallery": [{"path": "../x"}]}, "photo path leads out of the folder"),
        ({"gallery": [{"path": "x"}] * 25}, "gallery holds more than 24 photos"),
    ],
)
def test_what_is_wrong_with_them_is_said(
    tmp_path: Path, said: dict[str, Any], sentence: str, capsys: pytest.CaptureFixture[str]
) -> None:
    row = {"headline": "H", "body": "x"} | said

    with pytest.raises(CommandError):
        call_command("import_articles", str(write(tmp_path, row)))

    told = capsys.readouterr()
    assert sentence in told.out + told.err
    assert not Article.objects.exists()


@pytest.mark.parametrize(
    ("odd", "sentence"),
    [
        ({"headline": "Half \ud800"}, "holds half a character"),
        ({"topics": ["Half \udfff"]}, "holds half a character"),
        ({"\ud800": "x"}, "holds half a character"),
        ({"photo": {"path": "\ud800.png"}}, "holds half a character"),
        ({"topics": ["Ships\0"]}, "topics holds a NUL character"),
        ({"published_at": "0001-01-01T00:00:00+14:00"}, "lies beyond the calendar"),
        ("[" * 100_000, "not JSON"),
    ],
)
def test_one_odd_line_stops_no_other(
    tmp_path: Path, odd: Any, sentence: str, capsys: pytest.CaptureFixture[str]
) -> None:
    rows = [{"headline": headline, "body": "x"} for headline in ("One", "Two")]
    line = odd if isinstance(odd, str) else rows[0] | odd

    with pytest.raises(CommandError):
        call_command("import_articles", str(write(tmp_path, rows[0], line, rows[1])))

    told = capsys.readouterr()
    assert sentence in told.out + told.err
    assert Article.objects.published().count() == 2


def test_topics_of_long_names_that_begin_alike_are_two(tmp_path: Path) -> None:
    shared = "The islands of the northern archipelago and its "
    names = [
        f"{shared}{part} territorial waters, as the treaty names them"
        for part in ("eastern", "western")
    ]
    assert 60 < max(map(len, names)) <= 120
    rows = [
        {"headline": f"Story {n}", "body": "One.", "topics": [name]}
        for n, name in enumerate(names)
    ]

    call_command("import_articles", str(write(tmp_path, *rows)))

    topics = [article.topics.get() for article in Article.objects.order_by("pk")]
    assert [topic.name for topic in topics] == names
