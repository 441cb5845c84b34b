"""The link that every list mail carries in its head and its foot."""

import re
from typing import Any

import pytest
from django.test import Client

from newsroom.kit.links import LinkError
from newsroom.kit.models import Site
from newsroom.mail.ledger import erase_address
from newsroom.mail.links import (
    address_token,
    preferences_token,
    read_preferences,
    read_unsubscribe,
)
from newsroom.mail.messages import build
from newsroom.mail.models import Address, Delivery, Suppression
from newsroom.mail.suppressions import suppression_of
from newsroom.mail.tokens import PREFERENCES, UNSUBSCRIBE, make_token
from tests.mail.notices import make_sent

pytestmark = pytest.mark.django_db
LEFT = Suppression.Reason.LEFT
READERS = {UNSUBSCRIBE: read_unsubscribe, PREFERENCES: read_preferences}


def link_of(delivery: Delivery) -> str:
    """The path in the List-Unsubscribe of this message."""
    header = build(delivery, Site.current()).extra_headers["List-Unsubscribe"]
    found = re.fullmatch(r"<https?://[^/]+(/unsubscribe/\S+/)>", header)
    assert found
    return found[1]


def test_one_click_leaves_without_cookie_session_or_redirect() -> None:
    delivery = make_sent()
    program = Client(enforce_csrf_checks=True)

    answer = program.post(
        link_of(delivery),
        "List-Unsubscribe=One-Click",
        content_type="application/x-www-form-urlencoded",
    )

    assert answer.status_code == 200
    assert program.cookies == {}
    assert suppression_of(delivery.address) == LEFT


@pytest.mark.parametrize("strange", ["\u017f", "\u0131", "\u212a"])  # Folded: S, I, k.
def test_a_link_whose_letters_only_fold_to_ours_is_no_link(client: Client, strange: str) -> None:
    delivery = make_sent()
    for purpose, begin in ((UNSUBSCRIBE, "/unsubscribe/"), (PREFERENCES, "/subscription/")):
        token = make_token(purpose, delivery)
        altered = [f"{token[:place]}{strange}{token[place + 1 :]}" for place in range(len(token))]

        for each in altered:
            assert client.get(f"{begin}{each}/").status_code in {404, 410}


def test_ten_scanners_open_the_link_twice_and_change_nothing() -> None:
    delivery = make_sent()
    link = link_of(delivery)
    pages = set()
    for _scanner in range(10):
        scanner = Client()
        for method in ("get", "head", "get", "head"):
            answer = getattr(scanner, method)(link)
            assert answer.status_code == 200
            assert answer["Cache-Control"] == "private, no-store"
            pages.add(re.sub(rb"/subscription/[^/]+/", b"", answer.content))
        assert scanner.cookies == {}

    assert len(pages) == 2  # The page, but for the second its links were signed in, and no body.
    assert not Suppression.objects.exists()
    Client().post(link)
    assert suppression_of(delivery.address) == LEFT


def test_pressing_twice_is_as_good_as_once() -> None:
    delivery = make_sent()

    answers = [Client().post(link_of(delivery)) for _ in range(2)]

    assert [answer.status_code for answer in answers] == [200, 200]
    assert Suppression.objects.count() == 1


def test_a_link_that_is_not_whole_or_no_longer_stands_is_told_alike(client: Client) -> None:
    """Nothing on the page says whether an address is known."""
    delivery, other = make_sent("a@example.net"), make_sent("b@example.net")
    gone, token = link_of(delivery), link_of(other)
    erase_address(delivery.address_id)
    other_sign = "b" if token[-2] == "a" else "a"
    altered = [token[:-9] + "/", token[:-2] + other_sign + "/", token[:15] + "é/"]
    bad = [gone, *altered, "/unsubscribe/x/"]

    answers: list[Any] = [client.post(link) for link in bad] + [client.get(link) for link in bad]

    assert {answer.status_code for answer in answers} == {404}
    assert len({answer.content for answer in answers}) == 1
    assert "@example.net" not in answers[0].content.decode()
    assert not Suppression.objects.exists()


def test_the_links_of_earlier_years_still_work(client: Client) -> None:
    delivery = make_sent()
    old = address_token("unsubscribe", delivery.address, delivery.mailing.key)
    own = preferences_token(delivery.address)

    answer = client.post(f"/unsubscribe/{old}/")

    assert answer.status_code == 200
    assert suppression_of(delivery.address) == LEFT
    assert read_preferences(own) == delivery.address


def test_a_new_key_of_the_address_makes_both_links_of_its_mail_void() -> None:
    delivery = make_sent()
    links = {read: make_token(purpose, delivery) for purpose, read in READERS.items()}
    assert all(read(token) for read, token in links.items())

    Address.objects.update(key="another")

    for read, token in links.items():
        with pytest.raises(LinkError):
            read(token)


def test_a_link_of_one_kind_opens_no_other() -> None:
    delivery = make_sent()

    with pytest.raises(LinkError):
        read_preferences(make_token(UNSUBSCRIBE, delivery))
    with pytest.raises(LinkError):
        read_unsubscribe(make_token("message-id", delivery))


def test_the_link_of_one_person_says_nothing_of_another(client: Client) -> None:
    delivery, other = make_sent("a@example.net"), make_sent("b@example.net")

    client.post(link_of(delivery), {"everything": "1", "address": "b@example.net"})

    assert suppression_of(delivery.address) == LEFT
    assert suppression_of(other.address) is None
