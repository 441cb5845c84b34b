"""The WSGI application: the thin front that serves files, and Django behind it."""

import os

from django.core.wsgi import get_wsgi_application

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "newsroom.settings")
django_application = get_wsgi_application()

from newsroom.press.front import Front  # noqa: E402 - It reads the settings.

application = Front(django_application)
