"""The promise of renditions: kept once, by whoever lives, or given up with a reason."""

from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
from django.conf import settings
from django.core.files.base import ContentFile
from django.utils import timezone

from articles import tasks
from articles.models import Photo, Rendition
from articles.pictures.apart import MakerDiedError, make_apart
from articles.pictures.refusals import Refusal, RefusedError
from articles.services import (
    add_photo,
    make_renditions,
    promise_renditions,
    publish,
    rendition_file,
    renditions,
    sweep_pictures,
    waiting_photos,
    withdraw,
)
from articles.signals import photos_changed
from tests.articles.pictures.files import saved
from tests.articles.test_services import heard
from tests.conftest import Committing
from tests.makers import make_article, make_draft, make_photo

pytestmark = pytest.mark.django_db


def wide_photo() -> Photo:
    upload = ContentFile(saved("JPEG", size=(700, 350)), name="wide")
    return add_photo(upload, alt="A grey ship.", soon=False)


def test_a_task_makes_every_format_and_width_and_the_card() -> None:
    photo = wide_photo()

    tasks.make_renditions(photo.pk)

    photo = Photo.objects.get()
    assert photo.making == Photo.Making.MADE
    kinds = {(row.format, row.width) for row in photo.pictures}
    assert kinds == {(f, w) for f in ("avif", "webp", "jpeg") for w in (320, 480, 640)}
    assert photo.card is not None
    assert (photo.card.width, photo.card.height) == (1200, 630)
    for row in photo.renditions.all():
        assert rendition_file(row.name).stat().st_size == row.bytes
        assert row.name.endswith({"avif": ".avif", "webp": ".webp", "jpeg": ".jpg"}[row.format])


def test_the_first_jpeg_keeps_its_name() -> None:
    photo = wide_photo()
    first = photo.renditions.get()

    make_renditions(photo.pk)

    assert photo.renditions.get(format="jpeg", width=first.width, purpose="picture") == first


def test_a_second_task_makes_nothing(monkeypatch: pytest.MonkeyPatch) -> None:
    photo = wide_photo()
    make_renditions(photo.pk)
    before = set(photo.renditions.values_list("name", flat=True))
    monkeypatch.setattr(renditions, "make_apart", fail_if_called)

    make_renditions(photo.pk)

    assert set(photo.renditions.values_list("name", flat=True)) == before


def fail_if_called(*args: object) -> None:
    raise AssertionError("The renditions are there.")


def test_two_workers_do_not_work_on_one_photo(monkeypatch: pytest.MonkeyPatch) -> None:
    photo = wide_photo()

    def second_comes(*args: Any) -> Any:
        monkeypatch.setattr(renditions, "make_apart", fail_if_called)
        make_renditions(photo.pk)
        assert waiting_photos() == []
        return make_apart(*args)

    monkeypatch.setattr(renditions, "make_apart", second_comes)

    make_renditions(photo.pk)

    assert Photo.objects.get().making == Photo.Making.MADE


def test_a_story_published_before_the_task_ran_shows_every_size_after_it(
    committing: Committing,
) -> None:
    photo = wide_photo()
    with committing():
        make_article(lead_photo=photo)
    assert public_names(photo) == set(photo.renditions.values_list("name", flat=True))

    with committing(), heard(photos_changed) as news:
        make_renditions(photo.pk)

    assert [item["photo_ids"] for item in news] == [[photo.pk]]
    assert len(public_names(photo)) == 10
    for name in public_names(photo):
        assert (settings.MEDIA_DIR / name).samefile(rendition_file(name))


def public_names(photo: Photo) -> set[str]:
    """Of the photo's files those that a stranger can have; the database must say the same."""
    rows = Rendition.objects.filter(photo=photo)
    there = {row.name for row in rows if (settings.MEDIA_DIR / row.name).exists()}
    assert there == {row.name for row in rows if row.public and row.placed}
    return there


def test_every_file_is_gone_after_the_withdrawal_and_back_under_its_name(
    committing: Committing,
) -> None:
    photo = wide_photo()
    make_renditions(photo.pk)
    draft = make_draft(lead_photo=photo)
    with committing():
        publish(draft.pk, editor=None, announce=False)
    names = public_names(photo)
    assert len(names) == 10

    with committing():
        withdraw(draft.pk, editor=None, note="Gone.")
    assert public_names(photo) == set()

    with committing():
        publish(draft.pk, editor=None, announce=False)
    assert public_names(photo) == names


def test_what_is_written_anew_reaches_the_public_folder(committing: Committing) -> None:
    photo = wide_photo()
    with committing():
        make_renditions(photo.pk)
        make_article(lead_photo=photo)
    row = photo.renditions.get(format="webp", width=320)
    before = (settings.MEDIA_DIR / row.name).read_bytes()
    Photo.objects.update(credit="Berg/Watch")

    with committing():
        promise_renditions(photo.pk)

    after = (settings.MEDIA_DIR / row.name).read_bytes()
    assert before != after
    assert b"Berg/Watch" in after
    assert not list(settings.MEDIA_DIR.glob(".*"))


def test_what_a_killed_worker_left_is_found_when_its_time_is_over() -> None:
    photo = wide_photo()
    renditions._claim(photo.pk)  # And killed.
    assert waiting_photos() == []

    Photo.objects.update(making_until=timezone.now() - timedelta(seconds=1))
    assert waiting_photos() == [photo.pk]
    tasks.sweep_pictures()

    assert Photo.objects.get().making == Photo.Making.MADE


def test_a_file_that_kills_its_makers_is_given_up_after_three(
    monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    photo = make_photo(soon=False)
    monkeypatch.setattr(renditions, "make_apart", die)

    for _ in range(5):
        tasks.sweep_pictures()

    photo.refresh_from_db()
    assert photo.making == Photo.Making.FAILED
    assert photo.failure == "Making its sizes failed three times. Export it anew as a JPEG."
    said = [record.message for record in caplog.records if record.name.startswith("articles")]
    assert said == [
        "picture maker died", "picture maker died", "picture maker died", "picture given up",
    ]  # fmt: skip


def die(*args: object) -> None:
    raise MakerDiedError("ended with -9")


def test_a_picture_that_needs_too_much_is_given_up_at_once(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    photo = make_photo(soon=False)

    def refuse(*args: object) -> None:
        raise RefusedError(Refusal.TOO_SLOW)

    monkeypatch.setattr(renditions, "make_apart", refuse)

    make_renditions(photo.pk)

    photo.refresh_from_db()
    assert photo.failure.startswith("The picture takes too long to read.")
    assert photo.rendition is not None  # Readers still see the first one.


def test_a_lost_original_is_said() -> None:
    photo = make_photo(soon=False)
    Path(photo.original.path).unlink()

    make_renditions(photo.pk)

    photo.refresh_from_db()
    assert photo.failure == "The original file is gone. Upload it again."


def test_who_works_for_nothing_changes_nothing(monkeypatch: pytest.MonkeyPatch) -> None:
    photo = wide_photo()

    def credit_changes_meanwhile(*args: Any) -> Any:
        made = make_apart(*args)
        Photo.objects.update(credit="New")
        promise_renditions(photo.pk)
        return made

    monkeypatch.setattr(renditions, "make_apart", credit_changes_meanwhile)

    make_renditions(photo.pk)

    assert photo.renditions.count() == 1
    assert waiting_photos() == [photo.pk]


def test_a_photo_deleted_meanwhile_stops_nothing(monkeypatch: pytest.MonkeyPatch) -> None:
    photo = wide_photo()

    def deleted(*args: Any) -> Any:
        made = make_apart(*args)
        Photo.objects.all().delete()
        return made

    monkeypatch.setattr(renditions, "make_apart", deleted)

    make_renditions(photo.pk)
    make_renditions(photo.pk)

    assert not Rendition.objects.exists()


def test_a_lost_private_copy_is_made_again(
    committing: Committing, caplog: pytest.LogCaptureFixture
) -> None:
    photo = wide_photo()
    make_renditions(photo.pk)
    make_article(lead_photo=photo)  # Killed before its files were placed.
    lost = photo.renditions.filter(format="avif")[0]
    rendition_file(lost.name).unlink()

    sweep_pictures()
    assert waiting_photos() == [photo.pk]
    with committing():
        tasks.sweep_pictures()

    assert lost.name in public_names(photo)


def test_a_hint_goes_out_when_the_upload_is_committed(committing: Committing) -> None:
    with committing():
        photo = make_photo()

    photo.refresh_from_db()
    assert photo.making == Photo.Making.MADE
