"""The thin front that serves public pictures."""

import hashlib
from collections.abc import Iterable
from pathlib import Path
from typing import Any
from wsgiref.types import StartResponse, WSGIEnvironment
from wsgiref.util import setup_testing_defaults

import pytest

from articles.services.placing import write_whole
from newsroom.press.front import Front

NAME = "abcdefghijklmnopqrstuvwx27.jpg"
DATED = int(hashlib.sha256(b"a picture").hexdigest()[:8], 16) >> 1
PASSED_ON = "299 Passed on"


def django(environ: WSGIEnvironment, start_response: StartResponse) -> Iterable[bytes]:
    start_response(PASSED_ON, [])
    return [b"django"]


class Answer:
    """What the front says to one request."""

    def __init__(
        self, path: str, method: str = "GET", host: str = "localhost:8000", **headers: str
    ) -> None:
        environ: dict[str, Any] = {"PATH_INFO": path, "REQUEST_METHOD": method, "HTTP_HOST": host}
        environ |= headers
        setup_testing_defaults(environ)
        chunks = Front(django)(environ, self._start)  # type: ignore[arg-type]  # No write callable.
        self.body = b"".join(chunks)
        getattr(chunks, "close", lambda: None)()

    def _start(self, status: str, headers: list[tuple[str, str]], *_: Any) -> None:
        self.status, self.headers = status, dict(headers)


@pytest.fixture(autouse=True)
def folder(settings: Any, tmp_path: Path) -> Path:
    settings.MEDIA_DIR = tmp_path / "media"
    settings.MEDIA_DIR.mkdir()
    write_whole(settings.MEDIA_DIR / NAME, b"a picture")
    (tmp_path / "secret.jpg").write_bytes(b"private")
    return Path(settings.MEDIA_DIR)


def test_a_public_picture_is_served_and_kept_for_a_year() -> None:
    answer = Answer(f"/media/{NAME}")

    assert (answer.status, answer.body) == ("200 OK", b"a picture")
    assert answer.headers == {
        "Content-Type": "image/jpeg",
        "Content-Length": "9",
        "ETag": f'"{DATED:x}-9"',
        "Cache-Control": "public, max-age=31536000, immutable",
        "X-Content-Type-Options": "nosniff",
    }


@pytest.mark.parametrize(
    ("ending", "kind"), [("jpg", "jpeg"), ("webp", "webp"), ("avif", "avif"), ("png", "png")]
)
def test_a_picture_is_served_as_what_it_is(folder: Path, ending: str, kind: str) -> None:
    (folder / f"{NAME[:-3]}{ending}").write_bytes(b"x" * 200_000)

    answer = Answer(f"/media/{NAME[:-3]}{ending}")

    assert (answer.headers["Content-Type"], len(answer.body)) == (f"image/{kind}", 200_000)


def test_a_picture_that_one_has_is_not_sent_again() -> None:
    tag = Answer(f"/media/{NAME}").headers["ETag"]

    again = Answer(f"/media/{NAME}", HTTP_IF_NONE_MATCH=tag)

    assert (again.status, again.body) == ("304 Not Modified", b"")
    assert again.headers["Cache-Control"] == "public, max-age=31536000, immutable"


def test_other_bytes_of_the_same_length_have_another_tag(folder: Path) -> None:
    tag = Answer(f"/media/{NAME}").headers["ETag"]

    write_whole(folder / NAME, b"A picture")

    again = Answer(f"/media/{NAME}", HTTP_IF_NONE_MATCH=tag)
    assert (again.status, again.body) == ("200 OK", b"A picture")


def test_a_part_of_a_picture_is_answered_with_the_whole() -> None:
    assert Answer(f"/media/{NAME}", HTTP_RANGE="bytes=0-1").body == b"a picture"


def test_head_says_the_length_and_sends_nothing() -> None:
    answer = Answer(f"/media/{NAME}", "HEAD")

    assert (answer.status, answer.body) == ("200 OK", b"")
    assert answer.headers["Content-Length"] == "9"


@pytest.mark.parametrize(
    "path",
    [
        "/", "/media/", "/media/../secret.jpg", f"/media//{NAME}", f"/media/{NAME}/",
        f"/media/{NAME}\n", f"/media/{NAME.upper()}", "/media/%2e%2e/secret.jpg", "/media/..",
        "/media/aaaaaaaaaaaaaaaaaaaaaaaaaa.jpg", f"/media/.{NAME}", f"/Media/{NAME}",
        f"/media/{NAME}\0", f"/media/{NAME[:-4]}.png", f"/media/{NAME[:-4]}.svg",
    ],
)  # fmt: skip
def test_all_else_goes_on_to_django(path: str) -> None:
    assert Answer(path).status == PASSED_ON


@pytest.mark.parametrize("method", ["POST", "PUT", "DELETE", "OPTIONS"])
def test_other_methods_go_on_to_django(method: str) -> None:
    assert Answer(f"/media/{NAME}", method).status == PASSED_ON


@pytest.mark.parametrize("host", ["evil.example", "", "localhost evil", "localhost@evil.example"])
def test_another_hosts_name_goes_on_to_django(host: str) -> None:
    assert Answer(f"/media/{NAME}", host=host).status == PASSED_ON


def test_a_picture_taken_away_is_gone_at_once(folder: Path) -> None:
    (folder / NAME).unlink()

    assert Answer(f"/media/{NAME}").status == PASSED_ON
