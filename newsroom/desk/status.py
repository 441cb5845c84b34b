"""Whether the house stands: for supervisors, balancers and `make run` itself."""

import os

from django.conf import settings
from django.db import DatabaseError, connection
from django.http import HttpRequest, JsonResponse
from redis import Redis
from redis.exceptions import RedisError


def healthz(request: HttpRequest) -> JsonResponse:
    """The process lives."""
    return _answer({"process": True})


def readyz(request: HttpRequest) -> JsonResponse:
    """Database, broker and disk answer: 200; else 503, naming what does not."""
    return _answer({"database": _database(), "broker": _broker(), "disk": _disk()})


def _answer(parts: dict[str, bool]) -> JsonResponse:
    response = JsonResponse(parts, status=200 if all(parts.values()) else 503)
    response["Cache-Control"] = "no-store"
    return response


def _database() -> bool:
    try:
        with connection.cursor() as cursor:
            cursor.execute("SELECT 1 FROM django_migrations LIMIT 1")
    except DatabaseError:
        return False
    return True


def _broker() -> bool:
    try:
        with Redis.from_url(
            settings.REDIS_URL, socket_timeout=1, socket_connect_timeout=1
        ) as broker:
            return bool(broker.ping())
    except (RedisError, OSError):
        return False


def _disk() -> bool:
    return os.access(settings.DATA_DIR, os.W_OK)
