"""The chain of a story's public versions: whoever alters one later breaks it.

Each link is a SHA-256 over number, kind, reason, moment, the link before and a salted digest
of the text. The digest is kept, so a text can be struck out, with its salt, and the chain still
verifies; without the salt nobody can try texts against the digest.
"""

import hashlib
import json
from datetime import UTC

from articles.models import Article, Revision


def digest_of(revision: Revision) -> str:
    """Of all words that readers see, with the revision's own salt; hexadecimal."""
    return _sha256([revision.salt, *_words(revision)])


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


def verify(article: Article) -> list[int]:
    """Numbers of the public revisions that do not follow from their row; empty if all do.

    A text struck out with its salt is no alteration: its digest stands for it.
    """
    before, broken = "", []
    for revision in article.revisions.filter(published_at__isnull=False).order_by("number"):
        if link(revision, before) != revision.chain_hash or not _text_holds(revision):
            broken.append(revision.number)
        before = revision.chain_hash
    return broken


def _text_holds(revision: Revision) -> bool:
    struck_out = not any([revision.salt, *_words(revision)])
    return struck_out or digest_of(revision) == revision.text_digest


def _words(revision: Revision) -> list[str]:
    return [
        revision.headline,
        revision.standfirst,
        revision.body,
        revision.lead_caption,
        revision.lead_alt,
    ]


def _sha256(parts: list[str]) -> str:
    return hashlib.sha256(json.dumps(parts, ensure_ascii=False).encode()).hexdigest()
