"""The thin front before Django: it serves ready files and passes all else on."""

import os
import re
from collections.abc import Iterable
from pathlib import Path
from wsgiref.types import StartResponse, WSGIApplication, WSGIEnvironment
from wsgiref.util import FileWrapper

from django.conf import settings
from django.http.request import split_domain_port, validate_host

from newsroom.kit.client import is_secure
from newsroom.press import store
from newsroom.press.addresses import is_plain_query
from newsroom.press.headers import Headers, safety_headers
from newsroom.press.memory import Kept, Memory
from newsroom.press.packing import etag, is_match

PICTURE = re.compile(r"/media/([a-z2-7]{26}\.(jpg|webp|avif|png))")
PICTURE_TYPES = {"jpg": "jpeg", "webp": "webp", "avif": "avif", "png": "png"}
YEAR = 31_536_000  # Seconds.
CHUNK = 64 * 1024  # Bytes of a picture in memory at once.
MANY = 64  # Host headers remembered.


class Front:
    """A WSGI application before another: stored pages and public pictures need no Django.

    Pages are served to whoever has no session, at addresses that the store can hold, with no
    query but campaign parameters. What a picture shows never changes under its name, so
    browsers keep it for a year (RFC 8246); its tag changes with the words inside. Other hosts
    than the site's own, other methods and all that is not there go on to Django.
    """

    def __init__(self, application: WSGIApplication) -> None:
        self.application = application
        self.pictures: Path = settings.MEDIA_DIR
        self.safety = safety_headers()
        self.memory = Memory(str(store.current()), self.safety)
        self.session = settings.SESSION_COOKIE_NAME
        self._hosts: set[str] = set()

    def __call__(self, environ: WSGIEnvironment, start_response: StartResponse) -> Iterable[bytes]:
        if environ["REQUEST_METHOD"] in {"GET", "HEAD"} and self._is_ours(environ):
            path = environ.get("PATH_INFO", "")
            page = self._page(environ, path)
            if page is not None:
                return _serve_page(page, environ, start_response)
            picture = PICTURE.fullmatch(path)
            if picture is not None:
                return self._serve_picture(picture, environ, start_response)
        return self.application(environ, start_response)

    def _page(self, environ: WSGIEnvironment, path: str) -> Kept | None:
        if self.session in environ.get("HTTP_COOKIE", ""):
            return None
        if not is_plain_query(environ.get("QUERY_STRING", "")):
            return None
        return self.memory.find(path, environ.get("HTTP_ACCEPT_ENCODING", ""))

    def _is_ours(self, environ: WSGIEnvironment) -> bool:
        """A name of the site, asked in the scheme of the site; Django leads to the right one."""
        host = environ.get("HTTP_HOST", "")
        if host not in self._hosts and not self._admit(host):
            return False
        return not settings.SECURE or is_secure(environ)

    def _admit(self, host: str) -> bool:
        domain, _port = split_domain_port(host)
        admitted = bool(domain) and validate_host(domain, settings.ALLOWED_HOSTS)
        if admitted and len(self._hosts) < MANY:
            self._hosts.add(host)
        return admitted

    def _serve_picture(
        self, picture: re.Match[str], environ: WSGIEnvironment, start_response: StartResponse
    ) -> Iterable[bytes]:
        try:
            opened = (self.pictures / picture[1]).open("rb")
        except FileNotFoundError:
            return self.application(environ, start_response)
        dated = os.fstat(opened.fileno())
        tag = etag(int(dated.st_mtime), dated.st_size)
        kept_for_a_year = [
            ("ETag", tag),
            ("Cache-Control", f"public, max-age={YEAR}, immutable"),
            ("X-Content-Type-Options", "nosniff"),
        ]
        if is_match(tag, environ.get("HTTP_IF_NONE_MATCH", "")):
            opened.close()
            start_response("304 Not Modified", kept_for_a_year)
            return []
        about: Headers = [
            ("Content-Type", f"image/{PICTURE_TYPES[picture[2]]}"),
            ("Content-Length", str(dated.st_size)),
        ]
        start_response("200 OK", about + kept_for_a_year)
        if environ["REQUEST_METHOD"] == "HEAD":
            opened.close()
            return []
        return FileWrapper(opened, CHUNK)


def _serve_page(
    page: Kept, environ: WSGIEnvironment, start_response: StartResponse
) -> Iterable[bytes]:
    if is_match(page.tag, environ.get("HTTP_IF_NONE_MATCH", "")):
        start_response("304 Not Modified", list(page.headers_304))
        return []
    start_response("200 OK", list(page.headers))
    return [] if environ["REQUEST_METHOD"] == "HEAD" else [page.body]
