"""Stories from elsewhere: one JSON object a line. Imports never mail."""

import json
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from django.core.files.base import ContentFile
from django.db import DatabaseError, transaction
from django.db.models import Q
from django.utils import timezone
from django.utils.dateparse import parse_datetime
from django.utils.html import format_html, format_html_join
from django.utils.translation import gettext as _

from articles.errors import ArticleError
from articles.models import Article, Author, Kind, Photo, Revision, Section, Topic
from articles.services.drafts import create_article, newest_of, save_revision
from articles.services.photos import add_photo
from articles.services.publishing import PublicChange, publish, publish_changes
from articles.services.words import GalleryPicture, Words
from articles.slugs import slug_of
from newsroom.press.services import new_generation

KEYS = {
    "headline", "body", "standfirst", "slug", "section", "kind", "topics", "bylines",
    "published_at", "photo", "see_also", "external_id", "dateline", "sources", "gallery",
}  # fmt: skip
LONGEST = {"headline": 200, "standfirst": 600, "external_id": 200, "dateline": 80}  # Characters.
LONGEST_SOURCES = 8000
DEFAULT_SECTION = "News"
DEFAULT_BYLINE = "Newsroom"


class LineError(Exception):
    """What is wrong with a line, for whoever made the file."""


@dataclass
class Report:
    """What became of each line: counts, and (line number, reason) of those not imported."""

    lines: int = 0
    made: int = 0
    updated: int = 0
    unchanged: int = 0
    failed: list[tuple[int, str]] = field(default_factory=list)


def import_lines(lines: Iterable[str], *, folder: Path, draft: bool = False) -> Iterator[Report]:
    """Import line by line, each in its own transaction; yields the running report after each.

    `folder` is where photo paths begin. A bad line is reported and the next one tried.
    """
    report = Report()
    for number, line in enumerate(lines, start=1):
        if not line.strip():
            continue
        report.lines += 1
        try:
            with transaction.atomic():
                outcome = _import_line(line, folder, draft=draft)
        except (LineError, ArticleError) as error:
            report.failed.append((number, str(error)))
        except DatabaseError as error:
            report.failed.append((number, f"the database refused it: {error}"))
        else:
            setattr(report, outcome, getattr(report, outcome) + 1)
        yield report


def _import_line(line: str, folder: Path, *, draft: bool) -> str:
    row = _read(line)
    known = _known(row)
    words = _words(row, folder, known)
    if known is not None:
        return _update(known, words)
    article = create_article(
        words, editor=None, slug=_text(row, "slug"), external_id=_text(row, "external_id") or None
    )
    if not draft:
        publish(article.pk, editor=None, moment=_moment(row), announce=False)
    return "made"


def _update(article: Article, words: Words) -> str:
    newest = newest_of(article)
    revision = save_revision(article.pk, words, editor=None, began_from=newest.number)
    if revision.pk == newest.pk:
        return "unchanged"
    if article.state == Article.State.PUBLISHED:
        publish_changes(article.pk, PublicChange(Revision.Change.UPDATE), editor=None)
    return "updated"


def _read(line: str) -> dict[str, Any]:
    try:
        row = json.loads(line)
        json.dumps(row, ensure_ascii=False).encode()
    except UnicodeEncodeError:
        raise LineError("holds half a character (a lone surrogate)") from None
    except (ValueError, RecursionError) as error:
        raise LineError(f"not JSON: {error}") from None
    if not isinstance(row, dict):
        raise LineError("not a JSON object")
    unknown = sorted(set(row) - KEYS)
    if unknown:
        raise LineError(f"unknown keys: {', '.join(unknown)}")
    for name in ("headline", "body"):
        if not _text(row, name).strip():
            raise LineError(f"{name} is missing or empty")
    return row


def _text(row: dict[str, Any], name: str) -> str:
    value = row.get(name)
    if value is None:
        return ""
    if not isinstance(value, str):
        raise LineError(f"{name} must be text")
    if "\0" in value:
        raise LineError(f"{name} holds a NUL character")
    longest = LONGEST.get(name)
    if longest and len(value) > longest:
        raise LineError(f"{name} is longer than {longest} characters")
    return value


def _list(row: dict[str, Any], name: str) -> list[str]:
    value = row.get(name) or []
    if isinstance(value, str):
        value = [value]
    if not isinstance(value, list) or not all(isinstance(item, str) and item for item in value):
        raise LineError(f"{name} must be a list of texts")
    if any("\0" in item for item in value):
        raise LineError(f"{name} holds a NUL character")
    return list(dict.fromkeys(value))


def _known(row: dict[str, Any]) -> Article | None:
    key = _text(row, "external_id")
    return Article.objects.filter(external_id=key).first() if key else None


def _words(row: dict[str, Any], folder: Path, known: Article | None) -> Words:
    kind = _text(row, "kind") or Kind.NEWS
    if kind not in Kind.values:
        raise LineError(f"kind must be one of {', '.join(Kind.values)}")
    lead_photo = _lead_photo(row, folder, known)
    before = known.newest if known else None
    kept = before if before and before.lead_photo == lead_photo else None
    return Words(
        headline=_text(row, "headline"),
        standfirst=_text(row, "standfirst"),
        body=as_html(_text(row, "body")),
        section=_section(_text(row, "section") or DEFAULT_SECTION),
        kind=kind,
        topics=[_named(Topic, name) for name in _list(row, "topics")],
        bylines=[_named(Author, name) for name in _list(row, "bylines") or [DEFAULT_BYLINE]],
        see_also=_see_also(row),
        lead_photo=lead_photo,
        lead_caption=kept.photo_caption if kept else "",
        lead_alt=kept.photo_alt if kept else "",
        dateline=_text(row, "dateline"),
        sources=_sources(row),
        gallery=_gallery(row, folder, known),
    )


def as_html(body: str) -> str:
    """HTML as it is; plain paragraphs, parted by empty lines, as `<p>`."""
    if "<p" in body or "</" in body:
        return body
    paragraphs = [" ".join(part.split()) for part in body.replace("\r\n", "\n").split("\n\n")]
    return format_html_join("\n", "<p>{}</p>", ([part] for part in paragraphs if part)) or (
        format_html("<p>{}</p>", body)
    )


def _section(name: str) -> Section:
    return _named(Section, name, position=Section.objects.count() + 1)


def _named[Row: (Section, Topic, Author)](model: type[Row], name: str, **fields: Any) -> Row:
    """The row of this name or slug; made if there is none."""
    longest = model._meta.get_field("name").max_length or 0
    if len(name) > longest:
        raise LineError(f"{name!r} is longer than {longest} characters")
    room = model._meta.get_field("slug").max_length or 0
    unnamed = f"{model._meta.model_name}-{model._default_manager.count() + 1}"
    slug = slug_of(name, longest=room) or unnamed
    found = model._default_manager.filter(Q(name=name) | Q(slug=slug)).first()
    if found is None and model is Section:
        new_generation()  # The menu stands on every page.
    return found or model._default_manager.create(name=name, slug=slug, **fields)


def _see_also(row: dict[str, Any]) -> list[Article]:
    keys = _list(row, "see_also")
    found = Article.objects.filter(Q(external_id__in=keys) | Q(slug__in=keys))
    by_key = {article.slug: article for article in found}
    by_key |= {article.external_id or "": article for article in found}
    missing = [key for key in keys if key not in by_key]
    if missing:
        raise LineError(f"see_also names stories that are not here: {', '.join(missing)}")
    return [by_key[key] for key in keys]


def _sources(row: dict[str, Any]) -> str:
    sources = "\n".join(" ".join(source.split()) for source in _list(row, "sources"))
    if len(sources) > LONGEST_SOURCES:
        raise LineError(f"sources are longer than {LONGEST_SOURCES} characters")
    return sources


def _lead_photo(row: dict[str, Any], folder: Path, known: Article | None) -> Photo | None:
    photo = row.get("photo")
    if photo is None:
        return None
    if known is not None and known.newest and known.newest.lead_photo:
        return known.newest.lead_photo  # The same import again brings no second copy.
    return _photo(photo, folder)


def _gallery(row: dict[str, Any], folder: Path, known: Article | None) -> list[GalleryPicture]:
    photos = row.get("gallery") or []
    if not isinstance(photos, list):
        raise LineError("gallery must be a list of photos")
    if len(photos) > Revision.MOST_PICTURES:
        raise LineError(f"gallery holds more than {Revision.MOST_PICTURES} photos")
    kept = (
        list(known.newest.gallery_rows.select_related("photo")) if known and known.newest else []
    )
    if photos and len(photos) == len(kept):
        # As above, with the words they have in the story.
        return [GalleryPicture(row.photo, row.shown_caption, row.shown_alt) for row in kept]
    return [GalleryPicture(_photo(photo, folder)) for photo in photos]


def _photo(photo: Any, folder: Path) -> Photo:
    if not isinstance(photo, dict) or not isinstance(photo.get("path"), str):
        raise LineError("a photo must be an object with a path")
    path = (folder / photo["path"]).resolve()
    if not path.is_relative_to(folder.resolve()):
        raise LineError("photo path leads out of the folder of the file")
    try:
        content = path.read_bytes()
    except OSError as error:
        raise LineError(f"photo {photo['path']}: {error.strerror}") from None
    caption, credit, alt = (_text(photo, name) for name in ("caption", "credit", "alt"))
    upload = ContentFile(content, name=path.name)
    return add_photo(upload, caption=caption, credit=credit, alt=alt)


def _moment(row: dict[str, Any]) -> datetime | None:
    """ISO 8601; without an offset it is of the title's own zone."""
    text = _text(row, "published_at")
    if not text:
        return None
    try:
        moment = parse_datetime(text) or parse_datetime(f"{text}T12:00:00")
    except ValueError:
        moment = None
    if moment is None:
        raise LineError(f"published_at {text!r} is not a moment such as 2026-11-24T09:30:00Z")
    try:
        if timezone.is_naive(moment):
            moment = timezone.make_aware(moment)
        moment = moment.astimezone(UTC)
        timezone.localtime(moment)
    except OverflowError:
        raise LineError(f"published_at {text!r} lies beyond the calendar") from None
    if moment > timezone.now():
        raise LineError(_("published_at lies in the future"))
    return moment
