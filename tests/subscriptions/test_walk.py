"""The whole way of a reader, over real messages."""

import pytest
from django.test import Client

from subscriptions.models import Subscriber
from tests.conftest import Committing
from tests.makers import make_article
from tests.subscriptions.conftest import SAME_ORIGIN, Outbox, path_in

pytestmark = pytest.mark.django_db


def test_a_reader_asks_confirms_gets_a_story_and_leaves(
    client: Client, outbox: Outbox, committing: Committing
) -> None:
    with committing():
        client.post("/subscribe/", {"email": "Ann@Example.org", "page": "/"}, headers=SAME_ORIGIN)
    confirm = path_in(outbox()[0], "/subscribe/confirm/")
    assert b'method="post"' in client.get(confirm).content
    client.post(confirm)

    with committing():
        article = make_article(headline="A story for Ann", announce=True)
    story = outbox()[1]
    leave = path_in(story, "/unsubscribe/")
    client.post(leave, {"List-Unsubscribe": "One-Click"})
    with committing():
        make_article(headline="Not for Ann", announce=True)

    assert [message["Subject"] for message in outbox()][1:] == ["A story for Ann"]
    assert story["To"] == "Ann@Example.org"
    assert path_in(story, "/20") == article.get_absolute_url()
    assert Subscriber.objects.get().state == Subscriber.State.LEFT
    assert client.cookies == {}
