"""The chain of a story's public versions: whoever alters one later breaks it.

Each link is a SHA-256 over number, kind, reason, moment, the link before and a salted digest
of the text. A text can be struck out and the chain still verifies, for the digest stays.
"""

import hashlib
import json
from datetime import UTC

from articles.models import Article, Revision


def text_digest(revision: Revision) -> str:
    """Of all words that readers see, with the revision's own salt."""
    words = [
        revision.headline,
        revision.standfirst,
        revision.body,
        revision.lead_caption,
        revision.lead_alt,
    ]
    return _sha256([revision.salt, *words])


def link(revision: Revision, before: str) -> str:
    """The hash of this public revision after the hash before it."""
    if revision.published_at is None:
        raise ValueError("Only a public revision stands in the chain.")
    moment = revision.published_at.astimezone(UTC).isoformat()
    facts = [str(revision.number), revision.change_kind, revision.reason, moment, before]
    return _sha256([*facts, text_digest(revision)])


def last_link(article: Article) -> str:
    """The newest hash of the story's chain; empty before its first publication."""
    public = article.revisions.filter(published_at__isnull=False)
    return (
        public.order_by("-published_at", "-number")
        .values_list("chain_hash", flat=True)[:1]
        .first()
        or ""
    )


def verify(article: Article) -> list[int]:
    """Numbers of the public revisions whose row was altered; empty if the chain holds."""
    before, broken = "", []
    for revision in article.revisions.filter(published_at__isnull=False).order_by(
        "published_at", "number"
    ):
        if link(revision, before) != revision.chain_hash:
            broken.append(revision.number)
        before = revision.chain_hash
    return broken


def _sha256(parts: list[str]) -> str:
    return hashlib.sha256(json.dumps(parts, ensure_ascii=False).encode()).hexdigest()
