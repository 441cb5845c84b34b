"""The settings under test: the same house, made fast and kept in a folder of its own."""

import os
import tempfile
from pathlib import Path

folder = Path(os.environ.get("DATA_DIR") or tempfile.mkdtemp(prefix="newsroom-test-"))
worker = os.environ.get("PYTEST_XDIST_WORKER", folder.name)  # Each of several has its own.
os.environ["DATA_DIR"] = str(folder if folder.name == worker else folder / worker)

from newsroom.settings import *  # noqa: E402, F403 - The folder comes first; all is taken over.
from newsroom.settings import STATIC_ROOT, STORAGES  # noqa: E402 - Likewise.

PASSWORD_HASHERS = ["django.contrib.auth.hashers.MD5PasswordHasher"]
CACHES = {"default": {"BACKEND": "django.core.cache.backends.locmem.LocMemCache"}}
STORAGES = STORAGES | {
    "staticfiles": {"BACKEND": "django.contrib.staticfiles.storage.StaticFilesStorage"}
}
CELERY_TASK_ALWAYS_EAGER = True
CELERY_TASK_EAGER_PROPAGATES = True
STATIC_ROOT.mkdir(parents=True, exist_ok=True)  # WhiteNoise warns of a folder that is not there.
