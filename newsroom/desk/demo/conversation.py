"""What the readers of the demo title said."""

from datetime import datetime, timedelta
from typing import Any

from articles.models import Article
from comments.models import Comment, ListedWord, ModerationDecision
from comments.screening import screen
from comments.services import PRIVACY_WORDS
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
    by_staff = row.get("editor", False)
    written_at = _moment(article, row["minutes_after"])
    comment = _write(
        article,
        row,
        key=f"demo-{row['key']}",
        parent=parent,
        user=editor if by_staff else None,
        by_staff=by_staff,
        created_at=written_at,
        state=Comment.State.PUBLISHED,
        published_at=written_at + timedelta(minutes=4),
    )
    ModerationDecision.objects.create(
        comment=comment, what=ModerationDecision.What.PUBLISH, by=editor
    )
    return comment


def make_queue(talk: dict[str, Any], now: datetime) -> list[Comment]:
    """Five comments that wait, each for the reason that screening itself finds."""
    waiting = []
    for number, row in enumerate(talk["held"], start=1):
        article = Article.objects.get(slug=row["story"])
        written_at = now - timedelta(minutes=9 * number)
        comment = _write(article, row, key=f"demo-held-{number}", created_at=written_at)
        comment.screening = screen(comment)
        comment.save(update_fields=["screening"])
        ModerationDecision.objects.create(
            comment=comment,
            what=ModerationDecision.What.HOLD,
            rule=", ".join(comment.screening)[:60],
        )
        waiting.append(comment)
    return waiting


def make_listed_words(talk: dict[str, Any]) -> list[ListedWord]:
    return [
        ListedWord.objects.create(words=words, note="Brought by the demo.")
        for words in talk["listed_words"]
    ]


def _write(article: Article, row: dict[str, Any], **fields: Any) -> Comment:
    name = row["name"]
    mailbox = "".join(letter for letter in name.lower() if letter.isascii() and letter.isalnum())
    return Comment.objects.create(
        article=article,
        name=name,
        body=row["body"],
        website=row.get("website", ""),
        email=f"{mailbox or 'reader'}@example.org",
        privacy_words=PRIVACY_WORDS,
        **fields,
    )


def _moment(article: Article, minutes_after: int) -> datetime:
    if article.first_published_at is None:
        raise ValueError(f"{article.slug} is not public, so nobody can have answered it.")
    return article.first_published_at + timedelta(minutes=minutes_after)
