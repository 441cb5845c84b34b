"""Which picture files readers may have: what the database says, and the public folder."""

import logging
import os
import secrets
from collections.abc import Iterable
from functools import partial
from pathlib import Path

from django.conf import settings
from django.db import transaction

from articles.models import Article, Photo, Rendition, Revision
from articles.models.photo import PublicFile
from newsroom.press.packing import date_of

# Each way in which a revision shows a photo. What the live one of a public story shows is public.
SHOWN_BY = ("lead_photo", "gallery_rows__photo", "byline_rows__author__portrait")

logger = logging.getLogger(__name__)


def rendition_file(name: str) -> Path:
    """Where the private copy of a rendition lies."""
    folder: Path = settings.PRIVATE_DIR / "renditions"
    folder.mkdir(parents=True, exist_ok=True)
    return folder / name


def public_file(name: str) -> Path:
    """Where the public copy lies while a public story shows it."""
    folder: Path = settings.MEDIA_DIR
    folder.mkdir(parents=True, exist_ok=True)
    return folder / name


def write_whole(path: Path, content: bytes) -> None:
    """Write under a dotted name and rename, so that nobody sees half a file.

    It is dated by its bytes, as a stored page is: whoever serves it makes its tag of the date.
    """
    draft = path.with_name(f".{secrets.token_hex(8)}")
    draft.write_bytes(content)
    dated = date_of(content)
    os.utime(draft, (dated, dated))
    draft.replace(path)


def remove_files(names: Iterable[str]) -> None:
    """Take the public copies away, then the private ones."""
    for name in names:
        for path in (public_file(name), rendition_file(name)):
            path.unlink(missing_ok=True)


def photos_in(revisions: Iterable[Revision]) -> set[int]:
    """The photos that these revisions show."""
    shown = Revision.objects.filter(pk__in=[revision.pk for revision in revisions])
    rows = (shown.values_list(way, flat=True) for way in SHOWN_BY)
    return {pk for found in rows for pk in found if pk is not None}


@transaction.atomic
def refresh_pictures(photo_ids: Iterable[int]) -> None:
    """Say in the database which of these photos readers may see; move the files on commit."""
    ids = sorted(set(photo_ids))
    # Of one who publishes and one who withdraws at once, the later sees what the earlier did.
    list(Photo.objects.select_for_update().filter(pk__in=ids).order_by("pk"))
    renditions = Rendition.objects.filter(photo__in=ids)
    shown = _shown(ids)
    # `placed` is set to the contrary: until the file is moved, the sweep finds it misplaced.
    renditions.filter(photo__in=shown, public=False).update(public=True, placed=False)
    renditions.exclude(photo__in=shown).filter(public=True).update(public=False, placed=True)
    if ids:
        transaction.on_commit(partial(place_pictures, ids), robust=True)


def _shown(ids: list[int]) -> set[int]:
    public = Article.objects.published()
    ways = [f"live__{way}" for way in SHOWN_BY]
    return {
        pk
        for way in ways
        for pk in public.filter(**{f"{way}__in": ids}).values_list(way, flat=True)
    }


def place_pictures(photo_ids: Iterable[int]) -> None:
    """Bring the public folder to what the database says. May run at any time, twice at once."""
    renditions = Rendition.objects.filter(photo__in=list(photo_ids))
    for pk in renditions.values_list("pk", flat=True):
        place(Rendition, pk)


def sweep_pictures() -> int:
    """Place every rendition whose file is not where the database wants it; say how many.

    One whose file cannot be moved is logged, and the others are placed all the same.
    """
    misplaced = Rendition.objects.misplaced().values_list("pk", flat=True)
    return sum(_try_to_place(pk) for pk in list(misplaced))


def _try_to_place(pk: int) -> bool:
    try:
        place(Rendition, pk)
    except OSError as error:
        logger.exception("picture not placed", extra={"rendition_id": pk})
        if isinstance(error, FileNotFoundError):
            _have_made_again(pk)
        return False
    return True


def _have_made_again(pk: int) -> None:
    """The private copy is lost: the photo waits for its renditions once more."""
    made = Photo.objects.filter(renditions=pk, making=Photo.Making.MADE)
    Photo.objects.filter(pk__in=list(made.values_list("pk", flat=True))).update(
        making=Photo.Making.WAITING, making_tries=0
    )


@transaction.atomic
def place(model: type[PublicFile], pk: int) -> None:
    """With the row held, so that nobody changes his mind between the look and the move."""
    rows = model._default_manager
    row = rows.select_for_update().filter(pk=pk).first()
    if row is None:
        return
    target = public_file(row.name)
    if row.public:
        lay_out(rendition_file(row.name), target)
    else:
        target.unlink(missing_ok=True)
    rows.filter(pk=pk).update(placed=row.public)


def lay_out(source: Path, target: Path) -> None:
    """A second name for the file; a copy where the folders lie on two disks."""
    if target.exists() and target.samefile(source):
        return
    draft = target.with_name(f".{secrets.token_hex(8)}")
    try:
        draft.hardlink_to(source)
    except FileNotFoundError:
        raise
    except OSError:
        write_whole(target, source.read_bytes())
    else:
        draft.replace(target)
