"""The careful reviewer's first ten lines, where no other test holds the whole line.

1. scanners: `test_confirming`, `mail/test_leaving`; 4. same answer: `test_asking`; 5. and 6.
spellings: `test_asking`, `mail/test_addresses`; 7. victims: `test_asking`; 9. names:
`mail/test_raw_message`; 10. the same list again: `test_importing`.
"""

import io
import re
from collections.abc import Iterator
from datetime import UTC, date, datetime, timedelta
from typing import Any
from urllib.parse import urlsplit

import pytest
import time_machine
from django.test import Client

from newsroom.mail.links import address_token
from newsroom.mail.models import Address
from newsroom.mail.services import find_or_make_address, preferences_token, suppression_of
from newsroom.mail.sweeping import sweep as sweep_post_room
from subscriptions import services, tasks
from subscriptions.links import confirmation_link, data_link, moving_link
from subscriptions.models import Subscriber
from subscriptions.services import Terms, bring_in, erase, go_on, keep_list
from tests.conftest import Committing
from tests.makers import make_article, make_subscriber
from tests.subscriptions.conftest import Outbox, text_of

pytestmark = pytest.mark.django_db
MONDAY = datetime(2026, 11, 23, 6, 30, tzinfo=UTC)
LONG_AGO = datetime(2026, 1, 1, tzinfo=UTC)


def every_list_mail(committing: Committing, clock: Any) -> None:
    """A story at once, a daily and a weekly digest, and the welcome of an import."""
    for cadence in ("at_once", "daily", "weekly"):
        make_subscriber(f"{cadence}@example.org", wishes={"all": cadence}, wants_since=LONG_AGO)
    with committing():
        services.announce(make_article(headline="Seven ships", announce=True).pk)
    terms = Terms("Before", consented_on=date(2024, 5, 31), confirm=True, welcome=True)
    with committing():
        kept = keep_list(io.BytesIO(b"email\nnew@example.org\n"), name="a.csv", terms=terms)
        go_on(kept.pk)
        bring_in(kept.pk)
        go_on(kept.pk)
    clock.shift(timedelta(hours=1))
    with committing():
        tasks.sweep()
    with committing():
        sweep_post_room()


def test_line_2_one_click_leaves_from_every_list_mail_and_a_look_does_not(
    outbox: Outbox, committing: Committing
) -> None:
    with time_machine.travel(MONDAY, tick=False) as clock:
        every_list_mail(committing, clock)
        messages = {message["To"]: message for message in outbox()}
        assert sorted(messages) == [
            "at_once@example.org", "daily@example.org", "new@example.org", "weekly@example.org",
        ]  # fmt: skip
        for to, message in messages.items():
            assert message["List-Unsubscribe-Post"] == "List-Unsubscribe=One-Click"
            link = urlsplit(str(message["List-Unsubscribe"]).strip("<>")).path
            program, address = Client(enforce_csrf_checks=True), Address.objects.get(typed=to)

            looked = program.get(link)
            assert (looked.status_code, suppression_of(address)) == (200, None)
            assert b'method="post"' in looked.content

            pressed = program.post(
                link, "List-Unsubscribe=One-Click",
                content_type="application/x-www-form-urlencoded",
                headers={"Sec-Fetch-Site": "cross-site"},
            )  # fmt: skip
            assert (pressed.status_code, suppression_of(address)) == (200, "left"), to
            assert program.cookies == {}


def test_the_welcome_of_an_import_says_why_it_came_and_leads_to_ones_choices(
    outbox: Outbox, committing: Committing
) -> None:
    with time_machine.travel(MONDAY, tick=False) as clock:
        every_list_mail(committing, clock)

        (welcome,) = [message for message in outbox() if message["To"] == "new@example.org"]

        assert welcome["Subject"] == "Your mail from Newsroom"
        assert "You agreed to get mail from us" in text_of(welcome)
        found = re.search(r"https?://[^/]+(/subscription/\S+/)", text_of(welcome))
        assert found
        assert Client().get(found[1]).status_code == 200


def links_of(subscriber: Subscriber) -> Iterator[str]:
    """Every kind of mailed link."""
    address = subscriber.address
    yield urlsplit(confirmation_link(subscriber)).path
    yield f"/subscription/{preferences_token(address)}/"
    yield urlsplit(data_link(address)).path
    yield urlsplit(moving_link(subscriber, find_or_make_address("elsewhere@example.org"))).path
    yield f"/unsubscribe/{address_token('unsubscribe', address)}/"


KINDS = range(5)


def altered(link: str) -> str:
    token = link.rstrip("/")
    return token[:-1] + ("A" if token[-1] != "A" else "B") + "/"


def spliced(link: str, other: str) -> str:
    """What this link says with the signature of another person's."""
    said, _colon, _signature = link.rstrip("/").rpartition(":")
    return f"{said}:{other.rstrip('/').rpartition(':')[2]}/"


@pytest.mark.parametrize("kind", KINDS)
def test_line_3_a_bad_token_is_told_plainly_and_alike(client: Client, kind: int) -> None:
    known, erased = make_subscriber("ann@example.org"), make_subscriber("gone@example.org")
    other = list(links_of(make_subscriber("bob@example.org")))[kind]
    link, gone = list(links_of(known))[kind], list(links_of(erased))[kind]
    erase(erased)
    bad = [altered(link), spliced(link, other), gone, re.sub("[^/]+/$", "x/", link)]
    before = list(Subscriber.objects.order_by("pk").values())

    answers = [getattr(client, how)(path) for path in bad for how in ("get", "post")]

    assert {answer.status_code for answer in answers} <= {404, 410}
    pages = {answer.content for answer in answers}
    assert len(pages) == 1
    assert not re.search(rb"(ann|bob|gone)@example\.org", pages.pop())
    assert list(Subscriber.objects.order_by("pk").values()) == before


@pytest.mark.parametrize(("kind", "lives"), [(0, timedelta(days=7)), (2, timedelta(minutes=30))])
def test_line_3_an_expired_token_is_told_like_any_other(
    client: Client, kind: int, lives: timedelta
) -> None:
    link = list(links_of(make_subscriber("ann@example.org")))[kind]

    with time_machine.travel(datetime.now(UTC) + lives + timedelta(minutes=1)):
        late, altered_one = client.get(link), client.get(altered(link))

    assert late.status_code == 410
    assert late.content == altered_one.content


@pytest.mark.parametrize("kind", KINDS)
def test_line_3_a_token_used_twice_is_never_an_error(client: Client, kind: int) -> None:
    link = list(links_of(make_subscriber("ann@example.org")))[kind]

    answers = [client.post(link, {"do": "download"}) for _ in range(2)]

    assert {answer.status_code for answer in answers} <= {200, 303}


@pytest.mark.parametrize(
    "name",
    [
        "Ann\r\nBcc: eve@example.org",
        "=?utf-8?q?Bcc:_eve?=",
        "x" * 5000,
        "🚢🚢",
        "Click http://e.vil",
    ],
)
def test_line_8_a_name_typed_by_a_stranger_reaches_no_mail(
    client: Client, outbox: Outbox, committing: Committing, name: str
) -> None:
    """The form asks for no name; whatever is sent along goes nowhere."""
    typed = {"email": "ann@example.org", "name": name, "page": name, "first_name": name}

    with committing():
        client.post("/subscribe/", typed, headers={"Sec-Fetch-Site": "same-origin"})

    (message,) = outbox()
    assert message["To"] == "ann@example.org"
    assert message.get_all("Bcc") is None
    whole = message.as_string() + text_of(message)
    assert not any(part in whole for part in ("eve", "e.vil", "🚢", "xxxxx"))
