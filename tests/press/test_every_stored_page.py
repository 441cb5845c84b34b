"""Every type of page that is kept as a file, one by one: what holds for each of them."""

from collections.abc import Iterator

from django.test import TestCase
from django.urls import URLPattern, URLResolver, get_resolver, resolve
from django.utils import translation

from articles import shown
from newsroom.press import store
from newsroom.press.stored import stored
from tests.page_types import furnish, stored_pages
from tests.press.asking import Site

KEPT = stored(lambda _request: None).__code__  # type: ignore[arg-type, return-value]  # What every such view runs.
OTHERS = {
    "host": "127.0.0.1:8000",
    "accept_language": "de-DE, ar;q=0.8",
    "user_agent": "Mozilla/5.0",
    "cookie": "theme=dark; csrftoken=abc",
    "referer": "http://elsewhere.example/",
    "x_forwarded_for": "203.0.113.9",
    "x_forwarded_host": "elsewhere.example",
}  # What another reader's request may bring.


class EveryStoredPageTests(TestCase):
    """One furnishing for all."""

    routes: dict[str, list[str]]
    paths: list[str]

    @classmethod
    def setUpTestData(cls) -> None:
        furnish()
        cls.routes = stored_pages()
        cls.paths = [path for paths in cls.routes.values() for path in paths]

    def setUp(self) -> None:
        self.site = Site()

    def test_every_view_that_is_kept_has_its_pages_here(self) -> None:
        kept = {
            name
            for name, route in routes(get_resolver())
            if getattr(route.callback, "__code__", None) is KEPT
        }

        assert set(self.routes) == kept
        assert len(self.paths) == len(set(self.paths)) >= 40
        for name, paths in self.routes.items():
            assert paths, name
            assert {resolve(path).view_name for path in paths} == {name}

    def test_rebuilding_knows_it(self) -> None:
        assert set(self.paths) <= set(shown.every_page())

    def test_it_is_answered_from_the_file_as_django_answered_it(self) -> None:
        for path in self.paths:
            for accepted in ("", "gzip", "gzip, deflate, br"):
                store.remove([path])
                first = self.site.get(path, accept_encoding=accepted)
                second = self.site.get(path, accept_encoding=accepted)

                assert not first.from_store, path
                assert second.from_store, path
                assert (first.status, second.status) == (200, 200), path
                assert first.body == second.body, path
                assert first.told == second.told, path

    def test_it_is_the_same_bytes_for_every_host_language_and_cookie(self) -> None:
        for path in self.paths:
            plain = self.site.get(path)
            store.remove([path])
            with translation.override("de"):
                other = self.site.get(path, **OTHERS)

            assert not plain.from_store, path
            assert not other.from_store, path
            assert other.body == plain.body, path
            assert b"127.0.0.1" not in plain.body, path
            assert b"elsewhere.example" not in plain.body, path
            assert self.site.get(path, **OTHERS).body == plain.body, path

    def test_it_sets_no_cookie_and_varies_by_nothing_but_encoding(self) -> None:
        for path in self.paths:
            for answer in (self.site.get(path), self.site.get(path)):
                assert "Set-Cookie" not in answer.headers, path
                assert answer.headers["Vary"] == "Accept-Encoding", path
                assert answer.headers["Cache-Control"] == "no-cache", path
                assert answer.headers["CDN-Cache-Control"] == "max-age=1", path
                assert "Last-Modified" not in answer.headers, path


def test_a_page_that_depends_on_who_asks_would_be_found() -> None:
    """The comparison above can fail: a view that is not kept speaks the reader's language."""
    with translation.override("de"):
        assert translation.gettext("Monday") == "Montag"


def routes(resolver: URLResolver, space: str = "") -> Iterator[tuple[str, URLPattern]]:
    """Every named address of the site, with the name that `reverse` takes."""
    for entry in resolver.url_patterns:
        if isinstance(entry, URLResolver):
            inner = f"{space}{entry.namespace}:" if entry.namespace else space
            yield from routes(entry, inner)
        elif entry.name:
            yield f"{space}{entry.name}", entry
