"""What the readers of the demo title said."""

from datetime import datetime, timedelta
from typing import Any

from articles.models import Article
from comments.models import Comment, ListedWord, ModerationDecision
from comments.services import Written, decide, post_comment
from newsroom.accounts.models import User


def make_conversation(talk: dict[str, Any], editor: User) -> list[Comment]:
    """The forty comments under one story, each approved some minutes after it was written."""
    article = Article.objects.get(slug=talk["story"])
    by_key: dict[str, Comment] = {}
    for row in talk["comments"]:
        by_key[row["key"]] = _approved(row, article, by_key.get(row.get("parent", "")), editor)
    return list(by_key.values())


def _approved(
    row: dict[str, Any], article: Article, parent: Comment | None, editor: User
) -> Comment:
    """Through the same doors as a reader's, so that its log says what screening found."""
    written_at = _moment(article, row["minutes_after"])
    comment = post_comment(
        article.pk,
        _written(row, parent),
        user=editor if row.get("editor", False) else None,
        moment=written_at,
    )
    decided_at = written_at + timedelta(minutes=4)
    decide(comment.pk, ModerationDecision.What.PUBLISH, by=editor, moment=decided_at)
    comment.refresh_from_db()
    return comment


def make_queue(talk: dict[str, Any], now: datetime) -> list[Comment]:
    """Five comments that wait, each for a reason of its own that screening itself finds."""
    waiting = []
    for number, row in enumerate(talk["held"], start=1):
        article = Article.objects.get(slug=row["story"])
        written_at = now - timedelta(minutes=9 * number)
        waiting.append(post_comment(article.pk, _written(row, None), moment=written_at))
    return waiting


def make_listed_words(talk: dict[str, Any]) -> list[ListedWord]:
    return [
        ListedWord.objects.create(words=words, note="Brought by the demo.")
        for words in talk["listed_words"]
    ]


def _written(row: dict[str, Any], parent: Comment | None) -> Written:
    """The row of the file as a form would say it."""
    name = row["name"]
    mailbox = "".join(letter for letter in name.lower() if letter.isascii() and letter.isalnum())
    return Written(
        body=row["body"],
        name=name,
        email=f"{mailbox or 'reader'}@example.org",
        website=row.get("website", ""),
        parent=parent.pk if parent is not None else None,
    )


def _moment(article: Article, minutes_after: int) -> datetime:
    if article.first_published_at is None:
        raise ValueError(f"{article.slug} is not public, so nobody can have answered it.")
    return article.first_published_at + timedelta(minutes=minutes_after)
