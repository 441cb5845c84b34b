"""Which addresses may be stored, under which names."""

import pytest

from newsroom.press.addresses import file_for, files_of, is_plain_query, is_storable


@pytest.mark.parametrize(
    ("path", "kind", "name"),
    [
        ("/", "text/html; charset=utf-8", "_index.html"),
        ("/2026/11/a-story/", "text/html", "2026/11/a-story/_index.html"),
        ("/2026/11/feed/", "text/html", "2026/11/feed/_index.html"),
        ("/feed/", "application/rss+xml; charset=utf-8", "feed/_index.rss"),
        ("/section/sea/feed/", "application/rss+xml", "section/sea/feed/_index.rss"),
        ("/feed/atom/", "application/atom+xml", "feed/atom/_index.atom"),
        ("/feed/json/", "application/feed+json", "feed/json/_index.json"),
        ("/robots.txt", "text/plain; charset=utf-8", "robots.txt"),
        ("/sitemap-2026-11.xml", "application/xml", "sitemap-2026-11.xml"),
    ],
)
def test_a_page_has_one_name_by_its_address_and_type(path: str, kind: str, name: str) -> None:
    assert file_for(path, kind) == name
    assert name in files_of(path)


@pytest.mark.parametrize(
    ("path", "kind"),
    [
        ("/latest/", "application/json"),
        ("/latest/", "application/rss+xml"),
        ("/robots.txt", "text/html"),
        ("/latest", "text/html"),
        ("/favicon.ico", "image/x-icon"),
        ("/topic/F_16/", "text/html"),
    ],
)
def test_what_has_no_name_is_not_stored(path: str, kind: str) -> None:
    assert file_for(path, kind) is None


@pytest.mark.parametrize(
    "path",
    [
        "", "x", "//", "//latest/", "/latest//", "/a//b/", "/../", "/a/../b/", "/./", "/.git/",
        "/a/.b/", "/Latest/", "/a_b/", "/_index.html", "/latest/_index.html", "/a b/", "/%61/",
        "/a\0/", "/ä/", "/a/\n", "/a\n", "/-a/", f"/{'a' * 200}/",
    ],
)  # fmt: skip
def test_an_odd_address_is_never_stored(path: str) -> None:
    assert not is_storable(path)
    assert files_of(path) == []


@pytest.mark.parametrize(
    "query",
    [
        "", "utm_source=x", "utm_source=x&utm_medium=mail", "gclid=1", "fbclid=abc&mc_cid=1",
        "utm_source", "utm_campaign=%20&", "fbclid=a=b",
    ],
)  # fmt: skip
def test_campaign_parameters_change_nothing(query: str) -> None:
    assert is_plain_query(query)


@pytest.mark.parametrize(
    "query",
    [
        "page=2", "utm_source=x&page=2", "page=2&utm_source=x", "&", "utm_source=x&&page=1",
        "UTM_source=x", "xutm_source=1", "%75tm_source=1", "gclid=1;page=2&a", "utm_source=x\npage=2&b",
    ],
)  # fmt: skip
def test_any_other_query_asks_for_another_page(query: str) -> None:
    assert not is_plain_query(query)
