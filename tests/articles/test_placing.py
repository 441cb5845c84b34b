"""Which picture files readers may have: those that public stories show, and no others."""

import errno
from pathlib import Path

import pytest
from django.conf import settings

from articles.models import Photo
from articles.services import (
    PublicChange,
    place_pictures,
    publish,
    publish_changes,
    rendition_file,
    save_revision,
    sweep_pictures,
    withdraw,
)
from tests.conftest import Committing
from tests.makers import make_article, make_author, make_draft, make_photo, make_words


@pytest.mark.django_db
def test_a_photo_is_private_until_a_public_story_shows_it_and_again_after(
    committing: Committing,
) -> None:
    photo = make_photo()
    draft = make_draft(lead_photo=photo)
    assert not is_public(photo)

    with committing():
        publish(draft.pk, editor=None, announce=False)
    assert is_public(photo)

    with committing():
        withdraw(draft.pk, editor=None, note="Gone.")
    assert not is_public(photo)
    assert rendition_file(photo.renditions.get().name).exists()


def is_public(photo: Photo) -> bool:
    """Whether a stranger could have the file; the database must say the same."""
    rendition = Photo.objects.get(pk=photo.pk).renditions.get()
    there: bool = (settings.MEDIA_DIR / rendition.name).exists()
    assert there == rendition.public == rendition.placed
    return there


@pytest.mark.django_db
def test_a_photo_stays_public_while_another_story_shows_it(committing: Committing) -> None:
    photo = make_photo()
    first, second = make_article(lead_photo=photo), make_article(lead_photo=photo)

    with committing():
        withdraw(first.pk, editor=None, note="Gone.")
    assert is_public(photo)

    with committing():
        withdraw(second.pk, editor=None, note="Gone.")
    assert not is_public(photo)


@pytest.mark.django_db
def test_the_photo_of_words_not_yet_published_is_private(committing: Committing) -> None:
    old, new = make_photo(), make_photo()
    with committing():
        article = make_article(lead_photo=old)
        save_revision(article.pk, make_words(lead_photo=new), editor=None, began_from=1)
    assert (is_public(old), is_public(new)) == (True, False)

    with committing():
        publish_changes(article.pk, PublicChange("update"), editor=None)

    assert (is_public(old), is_public(new)) == (False, True)


@pytest.mark.django_db
def test_a_portrait_is_public_while_its_author_has_a_public_story(committing: Committing) -> None:
    portrait = make_photo()
    author = make_author(portrait=portrait)
    with committing():
        article = make_article(bylines=(author,), lead_photo=make_photo())
    assert is_public(portrait)

    with committing():
        withdraw(article.pk, editor=None, note="Gone.")

    assert not is_public(portrait)


@pytest.mark.django_db
def test_a_portrait_is_public_beside_an_author_without_one(committing: Committing) -> None:
    portrait = make_photo()
    with committing():
        article = make_article(bylines=(make_author(), make_author(portrait=portrait)))
    assert is_public(portrait)

    with committing():
        withdraw(article.pk, editor=None, note="It was wrong.")
    assert not is_public(portrait)


@pytest.mark.django_db
def test_a_withdrawn_storys_photo_stays_while_it_is_a_portrait(committing: Committing) -> None:
    photo = make_photo()
    with committing():
        make_article(bylines=(make_author(portrait=photo),))
        article = make_article(lead_photo=photo)

    with committing():
        withdraw(article.pk, editor=None, note="Gone.")

    assert is_public(photo)


@pytest.mark.django_db
def test_the_sweep_does_what_a_killed_process_left(committing: Committing) -> None:
    photo = make_photo()
    make_article(lead_photo=photo)  # Killed: its on_commit hooks never run here.

    assert sweep_pictures() == 1
    assert sweep_pictures() == 0

    assert is_public(photo)


@pytest.mark.django_db
def test_the_sweep_finds_a_file_placed_by_a_process_killed_before_it_could_say_so() -> None:
    photo = make_photo()
    article = make_article(lead_photo=photo)
    rendition = photo.renditions.get()
    (settings.MEDIA_DIR / rendition.name).write_bytes(b"placed")
    withdraw(article.pk, editor=None, note="Gone.")  # Killed as well.

    sweep_pictures()

    assert not is_public(photo)


@pytest.mark.django_db
def test_one_lost_file_does_not_stop_the_sweep(caplog: pytest.LogCaptureFixture) -> None:
    lost, whole = make_photo(), make_photo()
    make_article(lead_photo=lost)
    make_article(lead_photo=whole)
    rendition_file(lost.renditions.get().name).unlink()

    assert sweep_pictures() == 1

    assert is_public(whole)
    assert [record.message for record in caplog.records] == ["picture not placed"]


@pytest.mark.django_db
def test_placing_twice_changes_nothing_and_doubles_no_bytes(committing: Committing) -> None:
    photo = make_photo()
    with committing():
        make_article(lead_photo=photo)

    place_pictures([photo.pk])

    name = photo.renditions.get().name
    assert (settings.MEDIA_DIR / name).samefile(rendition_file(name))
    assert not list(settings.MEDIA_DIR.glob(".*"))


@pytest.mark.django_db
def test_between_two_disks_the_file_is_copied(
    committing: Committing, monkeypatch: pytest.MonkeyPatch
) -> None:
    def refuse(self: Path, target: Path) -> None:
        raise OSError(errno.EXDEV, "Invalid cross-device link")

    monkeypatch.setattr(Path, "hardlink_to", refuse)
    photo = make_photo()

    with committing():
        make_article(lead_photo=photo)

    name = photo.renditions.get().name
    assert is_public(photo)
    assert (settings.MEDIA_DIR / name).read_bytes() == rendition_file(name).read_bytes()
    assert not list(settings.MEDIA_DIR.glob(".*"))
