"""A public story to talk about, and what is needed to look at its conversation."""

from collections.abc import Callable
from typing import Any

import pytest
from django.test import Client

from articles.models import Article
from tests.comments.stories import make_story

SAME_ORIGIN = {"Sec-Fetch-Site": "same-origin"}
Post = Callable[..., Any]


@pytest.fixture
def story(db: None) -> Article:
    return make_story()


@pytest.fixture
def post(client: Client, story: Article) -> Post:
    """Send the form of the story as a browser does; fields given replace a guest's usual ones."""

    def send(path: str | None = None, **fields: str) -> Any:
        usual = {"name": "Ida", "email": "ida@example.org", "body": "Well argued."}
        address = f"/{path or story.path}/comments/"
        return client.post(address, usual | fields, headers=SAME_ORIGIN)

    return send
