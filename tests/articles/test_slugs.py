"""Addresses from headlines of any script."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from articles.slugs import LONGEST, slug_of


@pytest.mark.parametrize(
    ("headline", "slug"),
    [
        ("Łódź: «Леопард» & 坦克", "lodz-leopard"),
        ("Smørrebrød für Đuro, ß und Æther", "smorrebrod-fur-duro-ss-und-aether"),
        ("Київ’s Ґанок", "kiivs-ganok"),
        ("Ελλάδα", "ellada"),
        ("İstanbul", "istanbul"),
        ("The navy's F/A-18", "the-navys-f-a-18"),
        ("naïve—dash", "naive-dash"),
        ("№ 5 costs ½", "no-5-costs-1-2"),
        ("🚢🚢🚢", ""),
        ("坦克", ""),
        ("", ""),
    ],
)
def test_a_headline_becomes_ascii(headline: str, slug: str) -> None:
    assert slug_of(headline) == slug


def test_a_long_headline_is_cut_between_words() -> None:
    slug = slug_of("seventeen letters " * 20)

    assert len(slug) <= LONGEST
    assert slug.endswith(("-seventeen", "-letters"))


def test_a_word_longer_than_an_address_is_cut_within() -> None:
    assert slug_of("x" * 300) == "x" * LONGEST


@given(st.text(max_size=300))
def test_whatever_is_typed_the_slug_fits_an_address_and_stays_itself(text: str) -> None:
    slug = slug_of(text)

    assert set(slug) <= set("abcdefghijklmnopqrstuvwxyz0123456789-")
    assert len(slug) <= LONGEST
    assert not slug.startswith("-")
    assert not slug.endswith("-")
    assert slug_of(slug) == slug
