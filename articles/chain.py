"""The chain of a story's public versions: whoever alters one later breaks it.

Each link is a SHA-256 over number, kind, reason, moment, the link before and a digest of what
readers saw. That digest is of several parts, one a table, so that a part that was altered can be
named; each is salted, so that nobody can try texts against it once the text is struck out with
its salt, and the chain then still verifies. A correction stands beside a version, not in it, and
the story's address beside its first: those parts have no salt and are never struck out.

A withdrawal follows the last version as another link does; it is on the story's own row, for it
ends when the story comes back.

What a version shows with its pictures is kept when it becomes public, where a photo's own words
stand for it too, and is under the parts that are written since. Versions of before have the
parts of then, without it, or a digest of their words alone. Which of them a version has is known
by `part_digests`, and that is under the digest that the link covers.
"""

import hashlib
import json
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import UTC, timedelta
from itertools import pairwise

from articles.models import Article, Correction, Redirect, Revision

# Each part of a digest, and the table whose rows it vouches for.
TABLES = {
    "shown_words": "articles_revision",
    "topics": "articles_revisiontopic",
    "bylines": "articles_revisionbyline",
    "see_also": "articles_revisionseealso",
    "shown_gallery": "articles_revisionphoto",
    "correction": "articles_correction",
    "address": "articles_article",
    # As once they were, without what the photos themselves said:
    "words": "articles_revision",
    "gallery": "articles_revisionphoto",
}
ONCE = {"words", "gallery"}
UNSALTED = {"correction", "address"}
# The first and the last of all time zones; from 10 to 12 h UTC the day between them is a third.
ZONES = (timedelta(hours=-12), timedelta(0), timedelta(hours=14))


@dataclass(frozen=True)
class Fault:
    """A table whose rows are not as published; `number` is the version's, 0 for the story's own."""

    table: str
    number: int
    says: str


def part_digests_of(revision: Revision, correction: Correction | None, article: Article) -> str:
    """Of all that readers see of the version, part by part: `words:HEX topics:HEX ...`; of the
    first, also of the address and feed id that the story was given with it."""
    parts = _parts(revision, correction)
    if revision.change_kind == Revision.Change.FIRST:
        parts["address"] = [article.feed_id, article.path]
    written = {name: facts for name, facts in parts.items() if name not in ONCE}
    return " ".join(f"{name}:{_sha256(facts)}" for name, facts in written.items())


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


def withdrawal_link(article: Article, before: str) -> str:
    """The hash of the story's withdrawal, moment and note, after the hash of its last version."""
    moment = article.withdrawn_at.astimezone(UTC).isoformat() if article.withdrawn_at else ""
    return _sha256([moment, article.withdrawal_note, before])


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
        *(_identity_faults(article, versions) if versions else ()),
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
    kept, parts = _kept(revision), _parts(revision, correction)
    altered = [name for name in parts if name in kept and kept[name] != _sha256(parts[name])]
    if blank:
        altered = [name for name in altered if name in UNSALTED]
    elif set(altered) >= set(kept) - UNSALTED:
        altered = ["words"]  # The salt itself, which stands among the words.
    return [TABLES[name] for name in altered]


def _kept(revision: Revision) -> dict[str, str]:
    """The digest of each part, as it was written; empty for versions of before there were any."""
    parts = revision.part_digests.split(" ") if revision.part_digests else []
    return dict(part.split(":", 1) for part in parts)


def _is_blank(revision: Revision) -> bool:
    """Struck out, and with nothing put in its place."""
    links = revision.links()
    words = [*_words_once(revision), revision.dateline, revision.sources]
    blank = not any([revision.salt, *words, revision.public_caption, revision.public_alt])
    return revision.struck_out_at is not None and blank and not any(links)


def _identity_faults(article: Article, versions: list[Revision]) -> Iterator[Fault]:
    """What the story's row says of when it came out, where it stands and whether it is there."""
    table = TABLES["address"]
    first, last = versions[0], versions[-1]
    if first.change_kind == Revision.Change.FIRST:
        if article.first_published_at != first.published_at:
            yield Fault(table, 0, "came out at another moment than its first version")
        if not _has_its_address(article, first):
            yield Fault(table, 0, "has another address or feed id than it was given")
    if article.state == Article.State.WITHDRAWN:
        if withdrawal_link(article, last.chain_hash) != article.withdrawal_hash:
            yield Fault(table, 0, "was withdrawn otherwise than the row says")
    elif article.state != Article.State.PUBLISHED:
        yield Fault(table, 0, f"is {article.state}, though readers were shown it")
    elif article.withdrawal_hash or article.withdrawal_note or article.withdrawn_at:
        yield Fault(table, 0, "was withdrawn, though readers are shown it")


def _has_its_address(article: Article, first: Revision) -> bool:
    """Whether the address is the one of the first publication, or that one is known to have
    been left: as a redirect, by now perhaps of another story that stood there since."""
    path, feed_id, came_out = article.path or "", article.feed_id or "", first.published_at
    digest = _kept(first).get("address")
    if digest is None:  # Of before it was kept: month and feed id must fit the rest.
        local = [came_out + zone for zone in ZONES] if came_out else []
        dated = any(feed_id.endswith(f",{day:%Y-%m-%d}:story/{article.pk}") for day in local)
        return dated and any(path.startswith(f"{day:%Y/%m}/") for day in local)
    if digest == _sha256([feed_id, path]):
        return True
    left = Redirect.objects.filter(old_path__startswith=f"{path.rpartition('/')[0]}/")
    paths = left.values_list("old_path", flat=True)
    return any(digest == _sha256([feed_id, old]) for old in paths)


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
    yield from _list_faults(article, live)


def _list_faults(article: Article, live: Revision) -> Iterator[Fault]:
    """What the rows say by which lists of topics and authors find the story."""
    links, moment = live.links(), article.first_published_at
    topics, bylines = list(article.topic_rows.all()), list(article.byline_rows.all())
    if {row.topic_id for row in topics} != links.topics:
        yield Fault("articles_article_topics", 0, "has other topics than readers were told")
    if [row.author_id for row in bylines] != links.bylines:
        yield Fault("articles_articlebyline", 0, "has other authors than readers were told")
    if any(row.first_published_at != moment for row in topics):
        yield Fault("articles_article_topics", 0, "has another moment than the story")
    if any(row.first_published_at != moment for row in bylines):
        yield Fault("articles_articlebyline", 0, "has another moment than the story")


def _parts(revision: Revision, correction: Correction | None) -> dict[str, list[object]]:
    links, salt = revision.links(), revision.salt
    words = [getattr(revision, name) for name in Revision.WORDS]
    shown = [(row.public_caption, row.public_alt) for row in revision.gallery_rows.all()]
    gallery = [(*row, *said) for row, said in zip(links.gallery, shown, strict=True)]
    return {
        "shown_words": [salt, *words, revision.public_caption, revision.public_alt],
        "topics": [salt, *sorted(links.topics)],
        "bylines": [salt, *links.bylines],
        "see_also": [salt, *links.see_also],
        "shown_gallery": [salt, *gallery],
        "correction": _told(correction),
        "words": [salt, *words],
        "gallery": [salt, *links.gallery],
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
