"""A comment is decided on while something else happens. Only PostgreSQL can tell."""

import threading
from typing import Any

import pytest
from django.conf import settings
from django.db import connection

from articles.models import Article
from articles.services import addresses, change_address
from comments.models import Comment
from comments.services import decide, forget_person
from newsroom.press.models import PagePath
from tests.makers import make_article, make_comment

pytestmark = [
    pytest.mark.django_db(transaction=True),
    pytest.mark.skipif(
        "postgresql" not in str(settings.DATABASES["default"]["ENGINE"]),
        reason="needs a database with several writers: see make test-all",
    ),
]


@pytest.mark.parametrize("verb", ["decide", "forget"])
def test_a_comment_that_goes_while_its_story_moves_goes_from_the_new_address(
    verb: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    article = make_article()
    comment = make_comment(article, state=Comment.State.PUBLISHED, email="ida@example.org")
    real, done = addresses._move, threading.Event()

    def take_away() -> None:
        if verb == "decide":
            decide(comment.pk, "reject", by=None)
        else:
            forget_person("ida@example.org")
        connection.close()
        done.set()

    def move(*args: Any) -> None:
        threading.Thread(target=take_away).start()
        done.wait(0.5)  # It must wait for the end of the move.
        real(*args)

    monkeypatch.setattr(addresses, "_move", move)
    change_address(article.pk, "elsewhere", editor=None)
    assert done.wait(10)

    moved = Article.objects.get(pk=article.pk)
    assert PagePath.objects.get(path=moved.get_absolute_url()).version == 2
