"""What a stored page is answered with, whoever serves it: nginx, the front or Django."""

from django.conf import settings
from django.utils.csp import build_policy

from newsroom.press.addresses import type_of
from newsroom.press.packing import Packed

Headers = list[tuple[str, str]]
SHARED = 1  # Seconds that a shared cache may keep a page that it cannot be told to forget.


def safety_headers() -> Headers:
    """What Django's middleware adds to each public answer, for those that do not pass there."""
    headers = [
        ("Content-Security-Policy", build_policy(settings.SECURE_CSP)),
        ("Cross-Origin-Opener-Policy", str(settings.SECURE_CROSS_ORIGIN_OPENER_POLICY)),
        ("Referrer-Policy", settings.SECURE_REFERRER_POLICY),
        ("X-Content-Type-Options", "nosniff"),
        ("X-Frame-Options", settings.X_FRAME_OPTIONS),
    ]
    if settings.SECURE:
        lifetime = f"max-age={settings.SECURE_HSTS_SECONDS}; includeSubDomains; preload"
        headers.append(("Strict-Transport-Security", lifetime))
    return headers


def cache_headers(tag: str) -> Headers:
    """How a page may be kept: by browsers, who ask by its tag each time, and in between.

    `CDN-Cache-Control` is RFC 9213's; a browser never looks at it.
    """
    return [
        ("ETag", tag),
        ("Cache-Control", "no-cache"),
        ("CDN-Cache-Control", f"max-age={SHARED}"),
        ("Vary", "Accept-Encoding"),
    ]


def page_headers(name: str, packed: Packed) -> Headers:
    """Of a 200 with these bytes of the file of this name."""
    headers = [("Content-Type", type_of(name)), ("Content-Length", str(len(packed.body)))]
    if packed.encoding:
        headers.append(("Content-Encoding", packed.encoding))
    return headers + cache_headers(packed.etag)
