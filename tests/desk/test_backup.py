"""One file that holds the title, and the way back."""

import os
import shutil
import subprocess
import sys
import tempfile
from collections.abc import Iterator
from pathlib import Path

import pytest
from django.conf import settings

pytestmark = pytest.mark.processes
MAKE = """
from articles.services import make_renditions
from tests.makers import make_article, make_photo
from newsroom.mail.ledger import promise_mailing
photo = make_photo(soon=False)
make_renditions(photo.pk)
make_article(headline="Kept", lead_photo=photo)
make_article(headline="Without a photo")
promise_mailing("article:1")
"""


@pytest.fixture
def folder() -> Iterator[Path]:
    path = Path(tempfile.mkdtemp(prefix="newsroom-backup-"))
    yield path
    shutil.rmtree(path)


def manage(folder: Path, *words: str) -> subprocess.CompletedProcess[str]:
    kept = {name: value for name, value in os.environ.items() if name in {"PATH", "HOME", "LANG"}}
    return subprocess.run(  # noqa: S603 - Our own command.
        [sys.executable, "manage.py", *words],
        cwd=settings.BASE_DIR,
        env=kept | {"DATA_DIR": str(folder / "var")},
        capture_output=True,
        text=True,
        check=False,
    )


def test_a_backup_brings_back_stories_pictures_and_keys(folder: Path) -> None:
    manage(folder, "migrate", "--verbosity", "0")
    manage(folder, "shell", "--no-imports", "--command", MAKE)
    keys = (folder / "var" / "settings.env").read_text()
    file = folder / "title.tar.gz"
    assert "keep it safe" in manage(folder, "backup", str(file)).stdout
    shutil.rmtree(folder / "var")

    restored = manage(folder, "restore", str(file))

    assert "1 mailings were under way: they wait for you" in restored.stdout
    assert (folder / "var" / "settings.env").read_text() == keys
    files = (path.suffix for path in (folder / "var" / "media").iterdir())
    assert sorted(files) == [".avif", ".jpg", ".jpg", ".jpg", ".webp"]  # Two of them are cards.
    count = "from articles.models import Article; print(Article.objects.published().count())"
    assert manage(folder, "shell", "--no-imports", "--command", count).stdout.strip() == "2"


def test_a_restore_does_not_replace_a_title_unasked(folder: Path) -> None:
    manage(folder, "migrate", "--verbosity", "0")
    file = folder / "title.tar.gz"
    manage(folder, "backup", str(file))

    refused = manage(folder, "restore", str(file))

    assert refused.returncode == 1
    assert "already holds a title" in refused.stderr
    assert manage(folder, "restore", "--replace", str(file)).returncode == 0
    assert (folder / "var" / "before-restore" / "newsroom.sqlite3").exists()


def test_a_damaged_backup_is_refused_and_nothing_changed(folder: Path) -> None:
    manage(folder, "migrate", "--verbosity", "0")
    file = folder / "title.tar.gz"
    manage(folder, "backup", str(file))
    file.write_bytes(file.read_bytes()[:5000])

    refused = manage(folder, "restore", "--replace", str(file))

    assert refused.returncode == 1
    assert "is not a backup that can be read" in refused.stderr
    assert (folder / "var" / "newsroom.sqlite3").exists()
