"""One file that holds the title: database, originals, keys. And the way back."""

import io
import json
import shutil
import sqlite3
import tarfile
from contextlib import closing
from pathlib import Path
from typing import Any

from django.conf import settings
from django.core.management import CommandError
from django.db import connection, connections
from django.db.backends.sqlite3._functions import register as teach_functions  # type: ignore[import-untyped]  # Django's own.
from django.utils import timezone

DATABASE = "newsroom.sqlite3"
KEYS = "settings.env"
ABOUT = "about.json"
FORMAT = 1


def write_backup(target: Path) -> None:
    """Write the backup; under a dotted name first, so that a broken one is never taken for whole.

    The database is copied by SQLite's own backup while the site runs. Raises CommandError
    where the database is not SQLite, or the file cannot be written.
    """
    _only_sqlite()
    draft = target.with_name(f".{target.name}.part")
    copy = settings.DATA_DIR / f".backup-{DATABASE}"
    try:
        _copy_database(Path(connection.settings_dict["NAME"]), copy)
        with tarfile.open(draft, "w:gz", compresslevel=3) as archive:
            _add_about(archive)
            archive.add(copy, DATABASE)
            if (settings.DATA_DIR / KEYS).exists():
                archive.add(settings.DATA_DIR / KEYS, KEYS)
            if settings.PRIVATE_DIR.exists():
                archive.add(settings.PRIVATE_DIR, "private")
        draft.chmod(0o600)
        draft.replace(target)
    except OSError as error:
        raise CommandError(f"{target} cannot be written: {error.strerror or error}.") from None
    finally:
        copy.unlink(missing_ok=True)
        draft.unlink(missing_ok=True)


def unpack_backup(source: Path, *, replace: bool) -> dict[str, Any]:
    """Put what the backup holds into DATA_DIR; return what it says about itself.

    What was there before is kept in `DATA_DIR/before-restore`. Raises CommandError if the
    file is no backup of this program, or DATA_DIR holds a title and `replace` is not set.
    """
    _only_sqlite()
    database = Path(connection.settings_dict["NAME"])
    if _holds_a_title(database) and not replace:
        raise CommandError(
            f"{settings.DATA_DIR} already holds a title."
            " To put the backup in its place: restore --replace"
        )
    fresh = settings.DATA_DIR / ".restore"
    shutil.rmtree(fresh, ignore_errors=True)
    about = _unpack(source, fresh)
    connections.close_all()
    _set_aside(database)
    _move_in(fresh, database)
    return about


def _only_sqlite() -> None:
    if connection.vendor != "sqlite":
        raise CommandError("The database is not SQLite: use pg_dump; see docs/operations.md.")


def _copy_database(source: Path, target: Path) -> None:
    target.unlink(missing_ok=True)
    with closing(sqlite3.connect(source)) as old, closing(sqlite3.connect(target)) as new:
        old.backup(new)


def _add_about(archive: tarfile.TarFile) -> None:
    about = {"format": FORMAT, "made_at": timezone.now().isoformat(), "site": settings.SITE_URL}
    content = json.dumps(about).encode()
    entry = tarfile.TarInfo(ABOUT)
    entry.size = len(content)
    archive.addfile(entry, io.BytesIO(content))


def _holds_a_title(database: Path) -> bool:
    return database.exists() and "articles_article" in connection.introspection.table_names()


def _unpack(source: Path, folder: Path) -> dict[str, Any]:
    try:
        with tarfile.open(source, "r:gz") as archive:
            archive.extractall(folder, filter="data")
        about: dict[str, Any] = json.loads((folder / ABOUT).read_text())
        with closing(sqlite3.connect(folder / DATABASE)) as database:
            teach_functions(database)  # The check asks the constraints, which call some.
            (answer,) = database.execute("PRAGMA quick_check").fetchone()
    except (OSError, EOFError, ValueError, tarfile.TarError, sqlite3.Error) as error:
        raise CommandError(f"{source} is not a backup that can be read: {error}.") from None
    if about.get("format") != FORMAT or answer != "ok":
        raise CommandError(f"{source} is not a backup that can be read: it is damaged.")
    return about


def _set_aside(database: Path) -> None:
    aside = settings.DATA_DIR / "before-restore"
    shutil.rmtree(aside, ignore_errors=True)
    aside.mkdir(parents=True)
    for name in (database.name, f"{database.name}-wal", f"{database.name}-shm"):
        _move(database.with_name(name), aside / name)
    _move(settings.PRIVATE_DIR, aside / "private")
    _move(settings.MEDIA_DIR, aside / "media")
    _move(settings.DATA_DIR / KEYS, aside / KEYS)


def _move_in(fresh: Path, database: Path) -> None:
    _move(fresh / DATABASE, database)
    _move(fresh / "private", settings.PRIVATE_DIR)
    _move(fresh / KEYS, settings.DATA_DIR / KEYS)
    shutil.rmtree(fresh)


def _move(old: Path, new: Path) -> None:
    if old.exists():
        shutil.move(old, new)
