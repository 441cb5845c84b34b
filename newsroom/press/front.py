"""The thin front before Django: it serves ready files and passes all else on."""

import re
from collections.abc import Iterable
from pathlib import Path
from wsgiref.types import StartResponse, WSGIApplication, WSGIEnvironment

from django.conf import settings
from django.http.request import split_domain_port, validate_host

PICTURE = re.compile(r"/media/([a-z2-7]{26}\.jpg)")
YEAR = 31_536_000  # Seconds.


class Front:
    """A WSGI application before another: public pictures are files and need no Django.

    A picture never changes under its name, so browsers keep it for a year (RFC 8246). Other
    hosts than the site's own, other methods and unknown names go on to Django.
    """

    def __init__(self, application: WSGIApplication) -> None:
        self.application = application
        self.folder: Path = settings.MEDIA_DIR

    def __call__(self, environ: WSGIEnvironment, start_response: StartResponse) -> Iterable[bytes]:
        picture = PICTURE.fullmatch(environ.get("PATH_INFO", ""))
        if picture and environ["REQUEST_METHOD"] in {"GET", "HEAD"} and _is_ours(environ):
            try:
                content = (self.folder / picture.group(1)).read_bytes()
            except FileNotFoundError:
                return self.application(environ, start_response)
            return self._serve(content, environ, start_response)
        return self.application(environ, start_response)

    def _serve(
        self, content: bytes, environ: WSGIEnvironment, start_response: StartResponse
    ) -> Iterable[bytes]:
        headers = [
            ("Content-Type", "image/jpeg"),
            ("Content-Length", str(len(content))),
            ("Cache-Control", f"public, max-age={YEAR}, immutable"),
            ("X-Content-Type-Options", "nosniff"),
        ]
        start_response("200 OK", headers)
        return [b"" if environ["REQUEST_METHOD"] == "HEAD" else content]


def _is_ours(environ: WSGIEnvironment) -> bool:
    host, _port = split_domain_port(environ.get("HTTP_HOST", ""))
    return bool(host) and validate_host(host, settings.ALLOWED_HOSTS)
