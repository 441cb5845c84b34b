"""The real migrations on a real PostgreSQL; the suite itself runs without them."""

import os
import subprocess
import sys
from pathlib import Path

import pytest
from django.conf import settings

pytestmark = pytest.mark.processes

FROM_ZERO = """
import django
django.setup()
from django.core.management import call_command
from django.db import connection
call_command("migrate", verbosity=0)
call_command("migrate", "--check", verbosity=0)
call_command("makemigrations", "--check", "--dry-run", verbosity=0)
print(connection.vendor)
"""


def test_the_migrations_make_an_empty_postgresql_what_the_models_say(tmp_path: Path) -> None:
    kept = {name: value for name, value in os.environ.items() if name in {"PATH", "HOME", "LANG"}}

    done = subprocess.run(  # noqa: S603 - Our own command.
        [sys.executable, "deploy/with_postgres.py", sys.executable, "-c", FROM_ZERO],
        cwd=settings.BASE_DIR,
        env=kept
        | {"DATA_DIR": str(tmp_path), "DJANGO_SETTINGS_MODULE": "newsroom.settings"}
        | {"PYTHONPATH": str(settings.BASE_DIR)},
        capture_output=True,
        text=True,
        timeout=120,
        check=False,
    )

    assert done.returncode == 0, done.stderr
    assert done.stdout.split()[-1] == "postgresql"
