"""The WSGI application: the thin front that serves files, and Django behind it."""

import os

from django.core.wsgi import get_wsgi_application

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "newsroom.settings")
django_application = get_wsgi_application()

from django.db import connections  # noqa: E402 - They read the settings.

from newsroom.press.cores import keep_to_a_core  # noqa: E402 - Likewise.
from newsroom.press.front import Front  # noqa: E402 - Likewise.
from newsroom.press.services import open_store  # noqa: E402 - Likewise.

core = keep_to_a_core()  # As long as the process lives.
open_store()
connections.close_all()  # Requests come in other threads.
application = Front(django_application)
