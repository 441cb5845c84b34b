"""The rules of HTTP that stored pages are served by."""

import gzip
import hashlib

import brotli
import pytest
from hypothesis import given
from hypothesis import strategies as st

from newsroom.press.packing import best_encoding, etag, is_match, pack


def test_every_encoding_holds_the_same_page() -> None:
    packed = pack(b"A page. " * 100)

    assert gzip.decompress(packed["gzip"].body) == packed[""].body
    assert brotli.decompress(packed["br"].body) == packed[""].body


def test_the_same_page_is_packed_into_the_same_bytes() -> None:
    assert pack(b"A page.") == pack(b"A page.")


def test_a_file_is_dated_with_the_hash_of_its_bytes() -> None:
    packed = pack(b"A page.")["gzip"]
    digest = hashlib.sha256(packed.body).hexdigest()

    assert packed.mtime == int(digest, 16) >> (256 - 31)
    assert packed.etag == f'"{packed.mtime:x}-{len(packed.body):x}"'


def test_pages_of_one_size_have_different_tags_in_every_encoding() -> None:
    one, other = pack(b"<p>Seven ships.</p>"), pack(b"<p>Eight ships.</p>")

    assert not {p.etag for p in one.values()} & {p.etag for p in other.values()}


@pytest.mark.parametrize(
    ("accepted", "best"),
    [
        ("", ""),
        ("gzip", "gzip"),
        ("gzip, deflate", "gzip"),
        ("gzip, deflate, br, zstd", "br"),
        ("br", "br"),
        ("GZIP", "gzip"),
        ("x-gzip", "gzip"),
        ("*", "br"),
        ("gzip;q=0", ""),
        ("gzip;q=0.0, br;q=0.000", ""),
        ("br;q=0, gzip", "gzip"),
        ("br;q=0.4, gzip;q=0.8", "gzip"),
        ("gzip ; q=0.5 , br ; q=0.5", "br"),
        ("identity", ""),
        ("identity;q=1, gzip;q=0.5", ""),
        ("identity;q=0", ""),
        ("gzip, *;q=0", "gzip"),
        ("*;q=0", ""),
        ("br;q=x, gzip;q=0.1", "gzip"),
        ("deflate", ""),
        (";;,,q=1", ""),
    ],
)
def test_the_encoding_is_what_the_client_likes_best(accepted: str, best: str) -> None:
    assert best_encoding(accepted) == best


@given(st.text())
def test_no_header_breaks_the_choice(accepted: str) -> None:
    assert best_encoding(accepted) in {"", "gzip", "br"}
    assert is_match(etag(1, 2), accepted) in {True, False}


@pytest.mark.parametrize(
    ("header", "same"),
    [
        ('"1-2"', True),
        ('W/"1-2"', True),
        ("*", True),
        ('"0-0", "1-2"', True),
        ('"0-0",W/"1-2"', True),
        ("", False),
        ('"1-3"', False),
        ("1-2", False),
        ('"11-2"', False),
        ('"1-2', False),
        ('"a,b", "c"', False),
    ],
)
def test_a_tag_matches_weakly_and_in_lists(header: str, same: bool) -> None:  # noqa: FBT001 - A case.
    assert is_match(etag(1, 2), header) is same
