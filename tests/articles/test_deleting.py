"""What is in use is not deleted, and who leaves is not missed."""

from collections.abc import Callable
from typing import Any

import pytest
from django.db.models import Model, ProtectedError

from articles.chain import verify
from articles.models import Article
from articles.services import (
    GalleryPicture,
    PublicChange,
    create_article,
    delete_photo,
    publish_changes,
    save_revision,
    strike_out,
)
from tests.makers import (
    make_article,
    make_author,
    make_photo,
    make_section,
    make_staff,
    make_topic,
    make_words,
)

pytestmark = pytest.mark.django_db
NAMES: dict[str, tuple[Callable[[], Model], bool]] = {
    "section": (make_section, False),
    "lead_photo": (make_photo, False),
    "topics": (make_topic, True),
    "bylines": (make_author, True),
    "see_also": (make_article, True),
}


@pytest.mark.parametrize("name", NAMES)
def test_what_a_story_names_cannot_be_deleted(name: str) -> None:
    make, many = NAMES[name]
    row = make()
    named: dict[str, Any] = {name: (row,) if many else row}
    article = make_article(**named)

    with pytest.raises(ProtectedError):
        row.delete()

    assert Article.objects.published().filter(pk=article.pk).exists()


@pytest.mark.parametrize("name", NAMES)
def test_what_a_story_once_named_cannot_be_deleted(name: str) -> None:
    make, many = NAMES[name]
    row = make()
    named: dict[str, Any] = {name: (row,) if many else row}
    article = make_article(**named)
    save_revision(article.pk, make_words(), editor=None, began_from=1)
    publish_changes(article.pk, PublicChange("update"), editor=None)

    with pytest.raises(ProtectedError):
        row.delete()


def test_a_portrait_in_use_cannot_be_deleted() -> None:
    photo = make_photo()
    make_author(portrait=photo)

    with pytest.raises(ProtectedError):
        photo.delete()


def test_a_photo_that_a_gallery_once_showed_cannot_be_deleted() -> None:
    photo = make_photo()
    article = make_article(gallery=[GalleryPicture(photo)])
    save_revision(article.pk, make_words(), editor=None, began_from=1)
    publish_changes(article.pk, PublicChange("update"), editor=None)

    with pytest.raises(ProtectedError):
        delete_photo(photo.pk)

    strike_out(article.revisions.get(number=1).pk, reason="A name.", editor=None)
    delete_photo(photo.pk)
    assert verify(article) == []


def test_a_person_who_is_erased_leaves_the_stories_and_the_byline() -> None:
    editor = make_staff()
    author = make_author("Ada", user=editor)
    draft = create_article(make_words(bylines=(author,)), editor=editor)

    editor.delete()

    draft.refresh_from_db()
    author.refresh_from_db()
    assert draft.newest is not None
    assert draft.newest.editor is None
    assert [row.author for row in draft.newest.byline_rows.all()] == [author]
    assert author.user is None


def test_a_person_who_is_erased_leaves_the_chain_whole() -> None:
    editor = make_staff()
    article = make_article()
    save_revision(article.pk, make_words(), editor=editor, began_from=1)
    publish_changes(article.pk, PublicChange("update"), editor=editor)

    editor.delete()

    assert verify(article) == []
    assert Article.objects.published().count() == 1
