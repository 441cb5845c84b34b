"""A title in a folder of its own, filled by bulk inserts, in this very process."""

import os
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import timedelta
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from articles.models import Article

ROOT = Path(__file__).parent.parent
LEFT_TO_DEFAULTS = ("REDIS_URL", "DATABASE_URL", "EMAIL_URL", "SITE_URL", "DEFAULT_FROM_EMAIL")
TEXT = "The yard says that the hull will be lifted in the spring, and the ministry waits. "
AT_ONCE = 5_000
SECTIONS, TOPICS, AUTHORS = 8, 200, 40


@contextmanager
def title() -> Iterator[Path]:
    """An empty, migrated database in a temporary folder; Django is set up for it once."""
    import django  # noqa: PLC0415 - The environment comes first.

    with TemporaryDirectory(prefix="newsroom-bench-") as name:
        for variable in LEFT_TO_DEFAULTS:
            os.environ.pop(variable, None)
        os.environ["DJANGO_SETTINGS_MODULE"] = "newsroom.settings"
        os.environ["DATA_DIR"] = name
        django.setup()
        (Path(name) / "static").mkdir()
        _move_to(Path(name))
        subprocess.run([sys.executable, "manage.py", "migrate", "-v0"], cwd=ROOT, check=True)
        yield Path(name)


def _move_to(folder: Path) -> None:
    """Settings are read once in a process: a second title moves them."""
    from django.conf import settings  # noqa: PLC0415
    from django.db import connections  # noqa: PLC0415

    connections.close_all()
    connections["default"].settings_dict["NAME"] = str(folder / "newsroom.sqlite3")
    settings.PAGES_DIR, settings.MEDIA_DIR = folder / "pages", folder / "media"
    settings.PRIVATE_DIR = folder / "private"
    settings.ALLOWED_HOSTS = ["*"]
    settings.STORAGES = settings.STORAGES | {
        "staticfiles": {"BACKEND": "django.contrib.staticfiles.storage.StaticFilesStorage"}
    }


def fill(size: int) -> None:
    """So many published stories, spread over ten years, by direct inserts."""
    from articles.models import Article, ArticleByline, ArticleTopic, Revision  # noqa: PLC0415

    desk = make_desk()
    for first in range(0, size, AT_ONCE):
        numbers = range(first, min(first + AT_ONCE, size))
        Article.objects.bulk_create(Article(slug=f"story-{n}") for n in numbers)
        stories = list(Article.objects.order_by("-pk")[: len(numbers)][::-1])
        Revision.objects.bulk_create(
            _revision(story, n, desk) for story, n in zip(stories, numbers, strict=True)
        )
        words = dict(Revision.objects.filter(article__in=stories).values_list("article", "pk"))
        for story, n in zip(stories, numbers, strict=True):
            section = desk["sections"][n % SECTIONS].pk
            _publish(story, n, size, words[story.pk], section)
        Article.objects.bulk_update(stories, COLUMNS, batch_size=500)
        ArticleTopic.objects.bulk_create(
            ArticleTopic(
                article=story,
                topic=desk["topics"][n % TOPICS],
                first_published_at=story.first_published_at,
            )
            for story, n in zip(stories, numbers, strict=True)
        )
        ArticleByline.objects.bulk_create(
            ArticleByline(
                article=story,
                author=desk["authors"][n % AUTHORS],
                position=0,
                first_published_at=story.first_published_at,
            )
            for story, n in zip(stories, numbers, strict=True)
        )


COLUMNS = [
    "state", "first_published_at", "path", "feed_id", "live", "newest", "section", "kind"
]  # fmt: skip


def _revision(story: "Article", number: int, desk: dict[str, Any]) -> Any:
    from django.utils import timezone  # noqa: PLC0415

    from articles.models import Revision  # noqa: PLC0415

    return Revision(
        article=story,
        number=1,
        headline=f"Story {number} about the hull of frigate {number % 97}",
        standfirst=TEXT,
        body=f"<p>{TEXT * 5}</p>",
        section=desk["sections"][number % SECTIONS],
        published_at=timezone.now(),
        change_kind="first",
        text_digest="0" * 64,
        chain_hash=f"{number:064x}",
    )


def _publish(story: "Article", number: int, size: int, revision: int, section: int) -> None:
    from django.utils import timezone  # noqa: PLC0415

    moment = timezone.now() - timedelta(days=3650) * (size - number) / size
    story.state, story.first_published_at = "published", moment
    story.path = f"{moment:%Y/%m}/story-{number}"
    story.feed_id = f"tag:localhost,{moment:%Y-%m-%d}:story/{story.pk}"
    story.live_id = story.newest_id = revision
    story.section_id, story.kind = section, "news"


def make_desk() -> dict[str, Any]:
    """Sections, topics and authors."""
    from articles.models import Author, Section, Topic  # noqa: PLC0415

    Section.objects.bulk_create(
        Section(name=f"Section {n}", slug=f"section-{n}", position=n) for n in range(SECTIONS)
    )
    Topic.objects.bulk_create(Topic(name=f"Topic {n}", slug=f"topic-{n}") for n in range(TOPICS))
    Author.objects.bulk_create(
        Author(name=f"Author {n}", slug=f"author-{n}") for n in range(AUTHORS)
    )
    return {
        "sections": list(Section.objects.order_by("pk")),
        "topics": list(Topic.objects.order_by("pk")),
        "authors": list(Author.objects.order_by("pk")),
    }


def make_draft(headline: str, *, body: str = "") -> "Article":
    """A draft of the desk's, in three topics and by two authors."""
    from articles.models import Author, Section, Topic  # noqa: PLC0415
    from articles.services import Words, create_article  # noqa: PLC0415

    words = Words(
        headline=headline,
        body=body or f"<p>{TEXT}</p>",
        section=Section.objects.order_by("pk")[0],
        topics=list(Topic.objects.order_by("pk")[:3]),
        bylines=list(Author.objects.order_by("pk")[:2]),
    )
    return create_article(words, editor=None)


def make_story(*, comments: int) -> "Article":
    """A published story of 900 words with a photo, and so many comments."""
    from django.core.files.base import ContentFile  # noqa: PLC0415
    from django.utils import timezone  # noqa: PLC0415

    from articles.models import Article, Author, Section, Topic  # noqa: PLC0415
    from articles.services import Words, add_photo, create_article, publish  # noqa: PLC0415

    photo = add_photo(ContentFile(_picture(), name="ship"), caption="A ship.", alt="A grey ship.")
    words = Words(
        headline="The hull is lifted",
        standfirst=TEXT,
        body="".join(f"<p>{TEXT * 4}</p>" for _ in range(15)),
        section=Section.objects.order_by("pk")[0],
        topics=list(Topic.objects.order_by("pk")[:3]),
        bylines=list(Author.objects.order_by("pk")[:2]),
        lead_photo=photo,
    )
    draft = create_article(words, editor=None)
    story = publish(draft.pk, editor=None, moment=timezone.now(), announce=False)
    add_comments(story, comments)
    return Article.objects.get(pk=story.pk)


def add_comments(story: "Article", count: int) -> None:
    """Published guests' comments; each third one answers the first."""
    from django.utils import timezone  # noqa: PLC0415

    from comments.models import Comment  # noqa: PLC0415
    from newsroom.press.services import purge  # noqa: PLC0415

    now, first = timezone.now(), Comment.objects.filter(article=story).first()
    begun = Comment.objects.count()
    Comment.objects.bulk_create(
        Comment(
            article=story,
            parent=first if number % 3 == 2 else None,
            name=f"Reader {number}",
            body=TEXT * 3,
            state=Comment.State.PUBLISHED,
            published_at=now,
            created_at=now + timedelta(seconds=number),
            key=f"bench-{begun + number}",
            privacy_words="bench",
        )
        for number in range(count)
    )
    purge([story.get_absolute_url()])


def _picture() -> bytes:
    import io  # noqa: PLC0415

    from PIL import Image  # noqa: PLC0415

    content = io.BytesIO()
    Image.new("RGB", (1600, 900), "teal").save(content, "JPEG")
    return content.getvalue()
