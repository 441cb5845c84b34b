"""Addresses: when two are one."""

import json
from pathlib import Path

import pytest

from newsroom.mail.addresses import compared_form, find_or_make_address
from newsroom.mail.errors import AddressError
from newsroom.mail.models import Suppression
from newsroom.mail.suppressions import lift, suppress, suppression_of


@pytest.mark.parametrize(
    ("typed", "compared"),
    [
        ("Bob@Example.COM", "bob@example.com"),
        (" bob@example.com \n", "bob@example.com"),
        ("bob+navy@x.org", "bob+navy@x.org"),
        ("bob@straße.example", "bob@xn--strae-oqa.example"),
        ("bob@МИР.example", "bob@xn--h1ahn.example"),
    ],
)
def test_the_compared_form(typed: str, compared: str) -> None:
    assert compared_form(typed) == compared


@pytest.mark.parametrize(
    "typed",
    ["", "bob", "@x.org", "bob@", "bob@x", "a b@x.org", "\u212aelvin@x.org", "ß@x.org",
     "bob@x.org\nBcc: y@x.org", "a@b@c.org", "x" * 250 + "@x.org"],
)  # fmt: skip
def test_what_no_mail_can_go_to_is_refused_with_a_sentence(typed: str) -> None:
    with pytest.raises(AddressError, match=r"\.$"):
        compared_form(typed)


@pytest.mark.parametrize("file", ["blns.json", "isemail_addresses.jsonl"])
def test_hostile_strings_are_refused_or_read_and_never_break(
    real_material: Path, file: str
) -> None:
    text = (real_material / "strings" / file).read_text()
    lines = json.loads(text) if file == "blns.json" else text.splitlines()
    read = []
    for line in map(str, lines):
        try:
            read.append(compared_form(line))
        except AddressError:
            continue

    assert all("@" in compared and "\n" not in compared for compared in read)


@pytest.mark.django_db
def test_one_address_however_it_is_typed() -> None:
    first = find_or_make_address("Bob@Example.com")
    second = find_or_make_address("bob@example.com ")

    assert first == second
    assert second.typed == "Bob@Example.com"


@pytest.mark.django_db
def test_a_complaint_is_not_lifted_by_returning() -> None:
    address = find_or_make_address("a@example.org")
    suppress(address, Suppression.Reason.LEFT)
    suppress(address, Suppression.Reason.COMPLAINT)
    suppress(address, Suppression.Reason.LEFT)

    lift(address, Suppression.Reason.LEFT, Suppression.Reason.HARD_BOUNCE)

    assert suppression_of(address) == Suppression.Reason.COMPLAINT
