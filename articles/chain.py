"""The chain of a story's public versions: whoever alters one later breaks it.

Each link is a SHA-256 over number, kind, reason, moment, the link before and a digest of what
readers saw. That digest is of several parts, one a table, so that a part that was altered can be
named; each is salted, so that nobody can try texts against it once the text is struck out with
its salt, and the chain then still verifies. A correction stands beside a version, not in it: its
part has no salt and is never struck out.

Versions published before there were parts have a digest of their words alone. Which kind a
version has is known by `part_digests`, and that is under the digest that the link covers.
"""

import hashlib
import json
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import UTC
from itertools import pairwise

from articles.models import Article, Correction, Revision

# Each part of a digest, and the table whose rows it vouches for.
TABLES = {
    "words": "articles_revision",
    "topics": "articles_revisiontopic",
    "bylines": "articles_revisionbyline",
    "see_also": "articles_revisionseealso",
    "gallery": "articles_revisionphoto",
    "correction": "articles_correction",
}


SALTED = set(TABLES) - {"correction"}


@dataclass(frozen=True)
class Fault:
    """A table whose rows are not as published; `number` is the version's, 0 for the story's own."""

    table: str
    number: int
    says: str


def part_digests_of(revision: Revision, correction: Correction | None) -> str:
    """Of all that readers see of the version, part by part: `words:HEX topics:HEX ...`."""
    parts = _parts(revision, correction)
    return " ".join(f"{name}:{_sha256(facts)}" for name, facts in parts.items())


def digest_of(revision: Revision) -> str:
    """What the link covers; hexadecimal."""
    if revision.part_digests:
        return _sha256([revision.part_digests])
    return _sha256([revision.salt, *_words_once(revision)])


def link(revision: Revision, before: str) -> str:
    """The hash of this public revision after the hash before it.

    Raises ValueError for a revision that is not public.
    """
    if revision.published_at is None:
        raise ValueError("Only a public revision stands in the chain.")
    moment = revision.published_at.astimezone(UTC).isoformat()
    facts = [str(revision.number), revision.change_kind, revision.reason, moment, before]
    return _sha256([*facts, revision.text_digest])


def last_link(article: Article) -> str:
    """The newest hash of the story's chain; empty before its first publication."""
    public = article.revisions.filter(published_at__isnull=False).order_by("-number")
    return public.values_list("chain_hash", flat=True).first() or ""


def verify(article: Article) -> list[Fault]:
    """What does not follow from the rows that were published; empty if all does.

    The rows are read anew. A text struck out by `strike_out` is no alteration: its digest
    stands for it.
    """
    article = Article.objects.get(pk=article.pk)
    versions = list(
        article.revisions.filter(published_at__isnull=False)
        .prefetch_related("topic_rows", "byline_rows", "see_also_rows", "gallery_rows")
        .order_by("number")
    )
    corrections = {
        row.revision_id: row for row in article.corrections.select_related("first_wrong")
    }
    return [
        *_breaks(versions),
        *(
            Fault(table, revision.number, "was altered")
            for revision in versions
            for table in _altered(revision, corrections.pop(revision.pk, None))
        ),
        *(Fault(TABLES["correction"], 0, "tells of no version") for _ in corrections),
        *_story_faults(article, versions),
    ]


def _breaks(versions: Iterable[Revision]) -> Iterator[Fault]:
    """Links that do not follow: of an altered row, or of a row taken away before it."""
    for before, revision in pairwise([None, *versions]):
        if revision is None:
            continue
        if link(revision, before.chain_hash if before else "") != revision.chain_hash:
            yield Fault(TABLES["words"], revision.number, "does not follow from the one before")


def _altered(revision: Revision, correction: Correction | None) -> list[str]:
    """The tables that say something else of this version than was published."""
    blank = _is_blank(revision)
    if digest_of(revision) != revision.text_digest and (revision.part_digests or not blank):
        return [TABLES["words"]]
    if not revision.part_digests:
        return []
    kept = dict(part.split(":", 1) for part in revision.part_digests.split(" "))
    parts = _parts(revision, correction)
    altered = [name for name, digest in kept.items() if digest != _sha256(parts[name])]
    if blank:
        altered = [name for name in altered if name == "correction"]
    elif set(altered) >= SALTED:
        altered = ["words"]  # The salt itself, which stands among the words.
    return [TABLES[name] for name in altered]


def _is_blank(revision: Revision) -> bool:
    """Struck out, and with nothing put in its place."""
    links = revision.links()
    blank = not any([revision.salt, *_words_once(revision), revision.dateline, revision.sources])
    return revision.struck_out_at is not None and blank and not any(links)


def _story_faults(article: Article, versions: list[Revision]) -> Iterator[Fault]:
    """What the story's own rows say beside the version that readers see."""
    missing = article.public_versions - len(versions)
    if missing:
        says = f"has {len(versions)} public versions, and {article.public_versions} were published"
        yield Fault(TABLES["words"], 0, says)
    live = versions[-1] if versions else None
    if live is None:
        return
    if article.live_id != live.pk:
        yield Fault("articles_article", 0, "shows another version than the last")
    if (article.section_id, article.kind) != (live.section_id, live.kind):
        yield Fault("articles_article", 0, "has another section or kind than readers were told")
    links = live.links()
    if set(article.topics.values_list("pk", flat=True)) != links.topics:
        yield Fault("articles_article_topics", 0, "has other topics than readers were told")
    if [row.author_id for row in article.byline_rows.all()] != links.bylines:
        yield Fault("articles_articlebyline", 0, "has other authors than readers were told")


def _parts(revision: Revision, correction: Correction | None) -> dict[str, list[object]]:
    links = revision.links()
    return {
        "words": [revision.salt, *(getattr(revision, name) for name in Revision.WORDS)],
        "topics": [revision.salt, *sorted(links.topics)],
        "bylines": [revision.salt, *links.bylines],
        "see_also": [revision.salt, *links.see_also],
        "gallery": [revision.salt, *links.gallery],
        "correction": _told(correction),
    }


def _told(correction: Correction | None) -> list[object]:
    if correction is None:
        return []
    first = correction.first_wrong
    moment = correction.at.astimezone(UTC).isoformat()
    return [
        correction.kind, correction.wrong, correction.right, moment, first.number if first else 0
    ]  # fmt: skip


def _words_once(revision: Revision) -> list[str]:
    """What the digest of a version covered before there were parts; never altered."""
    return [
        revision.headline,
        revision.standfirst,
        revision.body,
        revision.lead_caption,
        revision.lead_alt,
    ]


def _sha256(parts: Iterable[object]) -> str:
    return hashlib.sha256(json.dumps(list(parts), ensure_ascii=False).encode()).hexdigest()
