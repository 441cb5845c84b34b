"""Renditions: promised with the photo, made by a task, at most one maker at a time.

The promise is the photo's own row. A maker takes it for a while; if it is killed, the sweep finds
the photo again when the while is over. A file that kills its makers is given up after three.
"""

import base64
import logging
import secrets
from datetime import timedelta
from functools import partial
from pathlib import Path

from django.db import transaction
from django.db.models import F, QuerySet
from django.utils import timezone
from django.utils.translation import gettext as _

from articles.models import Photo, Rendition
from articles.pictures.apart import MakerDiedError, make_apart
from articles.pictures.making import SUFFIXES, Made, Order
from articles.pictures.marking import Marks
from articles.pictures.refusals import SENTENCES, RefusedError
from articles.services.placing import (
    refresh_pictures,
    remove_files,
    rendition_file,
    write_whole,
)
from articles.signals import photos_changed

TRIES = 3
LEASE = timedelta(minutes=4)  # More than a maker may take.
SWEPT = 20  # Photos that one sweep hands to the workers.

logger = logging.getLogger(__name__)


def new_name(suffix: str) -> str:
    """128 random bits in lower-case base32 (RFC 4648), and the suffix."""
    random = base64.b32encode(secrets.token_bytes(16)).decode().rstrip("=").lower()
    return f"{random}.{suffix}"


def hint(photo_id: int) -> None:
    """Call a worker on commit; the sweep finds the photo if the broker is away."""
    from articles import tasks  # noqa: PLC0415 - Tasks call services.

    enqueue = partial(tasks.make_renditions.delay, photo_id)
    transaction.on_commit(enqueue, robust=True)


@transaction.atomic
def promise_renditions(photo_id: int) -> None:
    """Have a photo's renditions made, or made anew; who works on them now works for nothing."""
    Photo.objects.filter(pk=photo_id).update(
        making=Photo.Making.WAITING, making_tries=0, making_until=None, failure=""
    )
    hint(photo_id)


def waiting_photos() -> list[int]:
    """Photos whose renditions nobody is making."""
    return list(Photo.objects.waiting().values_list("pk", flat=True)[:SWEPT])


def make_renditions(photo_id: int) -> None:
    """Make what the photo lacks. A second call, at once or later, changes nothing."""
    photo = _claim(photo_id)
    if photo is None:
        return
    if photo.making_tries > TRIES:
        _give_up(photo, _("Making its sizes failed three times. Export it anew as a JPEG."))
        return
    original = Path(photo.original.path)
    if not original.exists():
        _give_up(photo, _("The original file is gone. Upload it again."))
        return
    try:
        made = make_apart(original, _order_of(photo))
    except RefusedError as error:
        _give_up(photo, str(SENTENCES[error.refusal]))
    except MakerDiedError:
        logger.exception("picture maker died", extra={"photo_id": photo_id})
        _mine(photo).update(making_until=None)  # The sweep tries again.
    else:
        _keep(photo, made)


def _claim(photo_id: int) -> Photo | None:
    """Take the photo for a while; None if somebody has it, or it needs nothing."""
    until = timezone.now() + LEASE
    claimed = Photo.objects.waiting().filter(pk=photo_id)
    if not claimed.update(making_tries=F("making_tries") + 1, making_until=until):
        return None
    return Photo.objects.filter(pk=photo_id, making_until=until).first()


def _mine(photo: Photo) -> QuerySet[Photo]:
    """The photo's row while the claim holds: nobody promised it anew, nobody else took it."""
    return Photo.objects.filter(
        pk=photo.pk, making=Photo.Making.WAITING, making_until=photo.making_until
    )


def _order_of(photo: Photo) -> Order:
    marks = Marks(photo.creator, photo.credit, photo.copyright)
    return Order(marks, (photo.focal_x, photo.focal_y))


def _give_up(photo: Photo, why: str) -> None:
    _mine(photo).update(making=Photo.Making.FAILED, making_until=None, failure=why)
    logger.warning("picture given up", extra={"photo_id": photo.pk})


@transaction.atomic
def _keep(photo: Photo, made: list[Made]) -> None:
    if _mine(photo).select_for_update().first() is None:
        return
    for file in made:
        keep_file(photo, file)
    _mine(photo).update(making=Photo.Making.MADE, making_until=None, making_tries=0)
    refresh_pictures([photo.pk])
    photos_changed.send(sender=Photo, photo_ids=[photo.pk])


def keep_file(photo: Photo, made: Made) -> None:
    """The file as the photo's rendition. Where there was one of this kind it gets the new bytes.

    A whole picture keeps its name, for mails that went out carry it, and its pixels stay the
    same; a card may be cut elsewhere now, so it gets a new one: who quotes a page keeps pictures
    by their address.
    """
    rows = photo.renditions.filter(purpose=made.purpose, format=made.format, width=made.width)
    row = rows.first()
    if row is not None and _holds(row, made.content):
        return
    if row is not None and made.purpose == Rendition.Purpose.CARD:
        _forget(row)
        row = None
    name = row.name if row else new_name(SUFFIXES[made.format])
    write_whole(rendition_file(name), made.content)
    if row is not None:
        # A public one is laid out again: `placed` is what the sweep looks at.
        rows.update(bytes=len(made.content), height=made.height, placed=False)
        return
    Rendition.objects.create(
        photo=photo, purpose=made.purpose, format=made.format, width=made.width,
        height=made.height, name=name, bytes=len(made.content),
    )  # fmt: skip


def _holds(row: Rendition, content: bytes) -> bool:
    file = rendition_file(row.name)
    return file.exists() and file.read_bytes() == content


def _forget(row: Rendition) -> None:
    """At once, not on commit: after a rollback the making is repeated, a kill leaves no file."""
    remove_files([row.name])
    row.delete()
