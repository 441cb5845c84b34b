"""All settings, fed by the environment. docs/operations.md explains each variable."""

from datetime import timedelta
from pathlib import Path
from urllib.parse import urlsplit
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

import django_stubs_ext
from celery.schedules import crontab
from django.utils.csp import CSP
from js_asset import static_lazy

from newsroom.environment import (
    bounce_address,
    flag,
    hook_secrets,
    is_loopback,
    kept_settings,
    number,
    outgoing_mailer,
    require_public_settings,
    sender_address,
    site_origin,
    stop,
    text,
    url_config,
    writable_folder,
)

django_stubs_ext.monkeypatch()  # Makes ModelAdmin[...] and its like mean something at run time.

BASE_DIR = Path(__file__).resolve().parent.parent

# The site and its folder -------------------------------------------------------------------

PORT = number("PORT", 8000)
SITE_URL = site_origin(text("SITE_URL", f"http://localhost:{PORT}"))
SITE_HOST = urlsplit(SITE_URL).hostname or ""
SECURE = SITE_URL.startswith("https:")
EMBEDDED = is_loopback(
    SITE_HOST
)  # One's own machine: SQLite, the bundled broker, the local outbox.
if not EMBEDDED:
    require_public_settings(SITE_URL)

DATA_DIR = writable_folder(Path(text("DATA_DIR", str(BASE_DIR / "var"))).absolute())
KEPT = kept_settings(DATA_DIR) if EMBEDDED else {}
SECRET_KEY = text("SECRET_KEY", KEPT.get("SECRET_KEY", ""))
ADDRESS_KEY = text("ADDRESS_KEY", KEPT.get("ADDRESS_KEY", ""))  # Never rotated: see Suppression.

DEBUG = flag("DEBUG", default=False)
ALLOWED_HOSTS = text("ALLOWED_HOSTS", f"localhost,127.0.0.1,[::1],{SITE_HOST}").split(",")
TRUSTED_PROXIES = [network for network in text("TRUSTED_PROXIES", "").split(",") if network]
MEDIA_DIR = DATA_DIR / "media"  # Public renditions, under random names.
PAGES_DIR = DATA_DIR / "pages"  # Ready pages; see newsroom/press.
PRIVATE_DIR = DATA_DIR / "private"  # Originals and renditions not yet public.

# The house ---------------------------------------------------------------------------------

INSTALLED_APPS = [
    "newsroom.desk.apps.DeskAdminConfig",
    "newsroom.desk",
    "comments",
    "subscriptions",
    "articles",
    "newsroom.press",
    "newsroom.mail",
    "newsroom.accounts",
    "newsroom.kit",
    "allauth",
    "allauth.account",
    "allauth.mfa",
    "django_prose_editor",
    "django.contrib.auth",
    "django.contrib.contenttypes",
    "django.contrib.humanize",
    "django.contrib.sessions",
    "django.contrib.messages",
    "whitenoise.runserver_nostatic",
    "django.contrib.staticfiles",
    "django.forms",
]

MIDDLEWARE = [
    "newsroom.kit.client.ClientMiddleware",
    "django.middleware.security.SecurityMiddleware",
    "newsroom.kit.csp.PolicyMiddleware",
    "whitenoise.middleware.WhiteNoiseMiddleware",
    "newsroom.press.middleware.PackingMiddleware",
    "django.middleware.http.ConditionalGetMiddleware",  # After packing: its padding is random.
    "newsroom.press.middleware.ReaderCacheMiddleware",
    "django.contrib.sessions.middleware.SessionMiddleware",
    "django.middleware.common.CommonMiddleware",
    "django.middleware.csrf.CsrfViewMiddleware",
    "django.contrib.auth.middleware.AuthenticationMiddleware",
    "django.contrib.messages.middleware.MessageMiddleware",
    "django.middleware.clickjacking.XFrameOptionsMiddleware",
    "allauth.account.middleware.AccountMiddleware",
    "newsroom.kit.methods.MethodsMiddleware",
]

ROOT_URLCONF = "newsroom.urls"
WSGI_APPLICATION = "newsroom.wsgi.application"
DEFAULT_AUTO_FIELD = "django.db.models.BigAutoField"

TEMPLATES = [
    {
        "BACKEND": "django.template.backends.django.DjangoTemplates",
        "DIRS": [BASE_DIR / "templates"],
        "APP_DIRS": True,
        "OPTIONS": {
            "context_processors": [
                "django.template.context_processors.request",
                "django.template.context_processors.csp",
                "django.contrib.auth.context_processors.auth",
                "django.contrib.messages.context_processors.messages",
                "newsroom.kit.context.site",
                "articles.context.navigation",
                "newsroom.desk.context.desk",
            ],
        },
    }
]
DJANGO_PROSE_EDITOR_EXTENSIONS = [
    {
        "js": [static_lazy("newsroom/js/desk-paste.js")],
        "extensions": {"PasteFromOffice": "newsroom.kit.html.allows_nothing_more"},
    }
]
FORM_RENDERER = "django.forms.renderers.TemplatesSetting"

# Data --------------------------------------------------------------------------------------

DATABASES = {
    "default": url_config("DATABASE_URL", "db", f"sqlite:///{DATA_DIR / 'newsroom.sqlite3'}")
}
if "sqlite3" in str(DATABASES["default"]["ENGINE"]):
    DATABASES["default"]["OPTIONS"] = {
        "transaction_mode": "IMMEDIATE",
        "timeout": 20,
        "init_command": "PRAGMA journal_mode=WAL; PRAGMA synchronous=NORMAL;"
        " PRAGMA foreign_keys=ON; PRAGMA cache_size=-16000",  # KiB that a connection keeps at most.
    }
    DATABASES["default"]["CONN_MAX_AGE"] = None
else:
    DATABASES["default"] |= {"CONN_MAX_AGE": 60, "CONN_HEALTH_CHECKS": True}

REDIS_URL = text("REDIS_URL", f"unix://{DATA_DIR / 'valkey.sock'}")
_impatient = {"socket_timeout": 0.5, "socket_connect_timeout": 0.5}
CACHES = {
    "default": {
        "BACKEND": "newsroom.kit.cache.FallbackCache",
        "LOCATION": REDIS_URL,
        "OPTIONS": _impatient,
    }
}

# Celery carries hints; promises are rows, and the sweeps below find what a hint lost.
CELERY_BROKER_URL = REDIS_URL.replace("unix://", "redis+socket://", 1)
CELERY_TASK_IGNORE_RESULT = True
CELERY_TASK_ACKS_LATE = True
CELERY_TASK_REJECT_ON_WORKER_LOST = True
CELERY_TASK_PUBLISH_RETRY = False
CELERY_BROKER_TRANSPORT_OPTIONS = _impatient | {"retry_on_timeout": False, "max_retries": 0}
CELERY_BROKER_CONNECTION_RETRY_ON_STARTUP = True
CELERY_BROKER_CONNECTION_MAX_RETRIES = None
CELERY_WORKER_PREFETCH_MULTIPLIER = 1
CELERY_TASK_DEFAULT_QUEUE = "house"
CELERY_TASK_ROUTES = {
    "newsroom.mail.tasks.send_transactional": {"queue": "transactional"},
    "newsroom.mail.tasks.send_letters": {"queue": "transactional"},
    "newsroom.mail.tasks.*": {"queue": "mailing"},
    "subscriptions.tasks.go_on_with_import": {"queue": "house"},
    "subscriptions.tasks.forget": {"queue": "house"},
    "subscriptions.tasks.*": {"queue": "mailing"},
    "articles.tasks.make_renditions": {"queue": "pictures"},
}
CELERY_TIMEZONE = "UTC"
CELERY_BEAT_SCHEDULE = {
    "mail-sweep": {"task": "newsroom.mail.tasks.sweep", "schedule": timedelta(seconds=15)},
    "subscriptions-sweep": {
        "task": "subscriptions.tasks.sweep",
        "schedule": timedelta(seconds=15),
    },
    "pictures-sweep": {"task": "articles.tasks.sweep_pictures", "schedule": timedelta(seconds=20)},
    # Twice in the ten seconds that a page may be late: a worker may be busy with something.
    "press-sweep": {
        "task": "newsroom.press.tasks.sweep",
        "schedule": timedelta(seconds=5),
        "options": {"expires": 5},
    },
    "embargoes": {
        "task": "articles.tasks.lift_embargoes",
        "schedule": timedelta(seconds=5),
        "options": {"expires": 5},
    },
    "search-sweep": {"task": "articles.tasks.sweep_search", "schedule": timedelta(minutes=5)},
    "search-words": {
        "task": "articles.tasks.recount_words",
        "schedule": crontab(hour=2, minute=10),
    },
    "related-sweep": {"task": "articles.tasks.refresh_related", "schedule": timedelta(seconds=20)},
    "related-nightly": {
        "task": "articles.tasks.refresh_all_related",
        "schedule": crontab(hour=2, minute=30),
    },
    "subscriptions-pace": {
        "task": "subscriptions.tasks.count_pace",
        "schedule": timedelta(hours=1),  # It counts once a day.
    },
    "moderators-notice": {
        "task": "comments.tasks.remind_moderators",
        "schedule": timedelta(minutes=5),
    },
    "mail-forget": {"task": "newsroom.mail.tasks.forget_notices", "schedule": timedelta(hours=6)},
    "subscriptions-forget": {
        "task": "subscriptions.tasks.forget",
        "schedule": timedelta(hours=6),
    },
    "comments-forget": {"task": "comments.tasks.forget_addresses", "schedule": timedelta(hours=6)},
}

# Mail --------------------------------------------------------------------------------------

MAIL_STAYS_HERE = not text("EMAIL_URL", "")  # The local outbox, until a real sender is named.
MAIL_HOLD_MINUTES = number("MAIL_HOLD_MINUTES", 0 if EMBEDDED else 5)  # From publishing to mail.
DEFAULT_FROM_EMAIL = sender_address("DEFAULT_FROM_EMAIL", SITE_HOST)
OUTBOX_DIR = DATA_DIR / "outbox"
MAILERS = {
    # Whoever sends by Django's own means (allauth does) promises the message to the post room.
    "default": {"BACKEND": "newsroom.mail.mailer.PostRoomMailer"},
    # What the post room's senders use.
    "outgoing": {"BACKEND": "newsroom.mail.outbox.OutboxMailer", "OPTIONS": {"folder": OUTBOX_DIR}}
    if MAIL_STAYS_HERE
    else outgoing_mailer("EMAIL_URL"),
}
ANYMAIL = {"IGNORE_UNSUPPORTED_FEATURES": True}  # Some cannot give our token back: see hooks.
BOUNCE_ADDRESS = bounce_address("BOUNCE_ADDRESS")  # Empty: mail comes back to the From address.
MAIL_HOOKS = hook_secrets("MAIL_HOOK")  # By provider, what proves that a report is its own.
MAIL_CONNECTIONS = number("MAIL_CONNECTIONS", 4) or 1  # Of one worker, at once.
MAIL_PER_CONNECTION = number("MAIL_PER_CONNECTION", 0)  # Messages; 0: as many as the server takes.
MAIL_PER_SECOND = number("MAIL_PER_SECOND", 0)  # Messages of one worker; 0: as fast as it goes.
MAILING_MAX_AGE = timedelta(hours=number("MAILING_MAX_AGE", 12))  # Older ones start by hand.

# People ------------------------------------------------------------------------------------

AUTH_USER_MODEL = "accounts.User"
AUTHENTICATION_BACKENDS = [
    "django.contrib.auth.backends.ModelBackend",
    "allauth.account.auth_backends.AuthenticationBackend",
]
AUTH_PASSWORD_VALIDATORS = [
    {"NAME": f"django.contrib.auth.password_validation.{name}"}
    for name in (
        "UserAttributeSimilarityValidator",
        "MinimumLengthValidator",
        "CommonPasswordValidator",
        "NumericPasswordValidator",
    )
]
LOGIN_URL = "account_login"
LOGIN_REDIRECT_URL = "/"
ACCOUNT_USER_MODEL_USERNAME_FIELD = None
ACCOUNT_LOGIN_METHODS = {"email"}
ACCOUNT_SIGNUP_FIELDS = ["email*", "password1*"]
ACCOUNT_EMAIL_VERIFICATION = "mandatory"
ACCOUNT_PREVENT_ENUMERATION = True
ACCOUNT_ADAPTER = "newsroom.desk.adapter.AccountAdapter"
ACCOUNT_CHANGE_EMAIL = True
ACCOUNT_SESSION_REMEMBER = True  # Until one signs out: a desk that asks again loses texts.
ACCOUNT_EMAIL_SUBJECT_PREFIX = ""
ACCOUNT_DEFAULT_HTTP_PROTOCOL = "https" if SECURE else "http"
MFA_SUPPORTED_TYPES = ["totp", "recovery_codes"]

# Words and moments -------------------------------------------------------------------------

LANGUAGE_CODE = "en-gb"
TIME_ZONE = text("TIME_ZONE", KEPT.get("TIME_ZONE", "UTC"))
try:
    ZoneInfo(TIME_ZONE)
except (ZoneInfoNotFoundError, ValueError):
    stop(f"TIME_ZONE is {TIME_ZONE!r}; it must be a zone such as Europe/Oslo.")
FORMAT_MODULE_PATH = "newsroom.formats"
USE_I18N = True
USE_TZ = True

# Assets ------------------------------------------------------------------------------------

STATIC_URL = "/static/"
STATIC_ROOT = DATA_DIR / "static"
STATICFILES_DIRS = [BASE_DIR / "newsroom" / "static"]
STORAGES = {
    "default": {
        "BACKEND": "django.core.files.storage.FileSystemStorage",
        "OPTIONS": {"location": PRIVATE_DIR, "base_url": None},
    },
    "staticfiles": {"BACKEND": "newsroom.press.assets.AssetStorage"},
}

# Safety ------------------------------------------------------------------------------------

SECURE_CSP = {
    "default-src": [CSP.NONE],
    "script-src": [CSP.SELF],
    "style-src": [CSP.SELF],
    "img-src": [CSP.SELF],
    "font-src": [CSP.SELF],
    "connect-src": [CSP.SELF],
    "manifest-src": [CSP.SELF],
    "form-action": [CSP.SELF],
    "base-uri": [CSP.NONE],
    "frame-ancestors": [CSP.NONE],
}
# The desk and the account pages are never stored, so they may carry a nonce: the editor's
# import map and the admin's own style need one, the TOTP page shows its code as a data: picture.
SECURE_CSP_DESK = SECURE_CSP | {
    "script-src": [CSP.SELF, CSP.NONCE],
    "style-src": [CSP.SELF, CSP.NONCE],
    "img-src": [CSP.SELF, "data:"],
    "frame-src": [CSP.SELF],
}
SECURE_REFERRER_POLICY = "same-origin"
SECURE_CROSS_ORIGIN_OPENER_POLICY = "same-origin"
CSRF_FAILURE_VIEW = "newsroom.desk.doors.csrf_failure"
X_FRAME_OPTIONS = "DENY"
SESSION_COOKIE_SECURE = CSRF_COOKIE_SECURE = SECURE
SESSION_COOKIE_NAME = "newsroom_session"
SECURE_SSL_REDIRECT = SECURE
SECURE_HSTS_SECONDS = 31_536_000 if SECURE else 0
SECURE_HSTS_INCLUDE_SUBDOMAINS = SECURE
SECURE_HSTS_PRELOAD = SECURE
DATA_UPLOAD_MAX_MEMORY_SIZE = 5 * 1024 * 1024  # Bytes; pictures are files and not counted.

LOGGING = {
    "version": 1,
    "disable_existing_loggers": False,
    "formatters": {"line": {"format": "%(levelname)s %(name)s: %(message)s"}},
    "handlers": {"stderr": {"class": "logging.StreamHandler", "formatter": "line"}},
    "root": {"handlers": ["stderr"], "level": "INFO"},
    "loggers": {
        "django.request": {"level": "ERROR"},
        "flufl.bounce": {"level": "CRITICAL"},  # It names each of its readers at each message.
        "django.security.DisallowedHost": {"level": "CRITICAL"},  # Anyone may send any Host.
    },
}

# Where tests look for real material; absent on most machines.
TEST_DATA = Path(text("TEST_DATA", str(BASE_DIR.parent / "shared" / "data")))
