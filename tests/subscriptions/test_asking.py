"""Whatever address is typed, the page after it tells nothing; the mail tells its owner."""

import re
from dataclasses import replace
from datetime import timedelta

import pytest
import time_machine
from django.db import connection
from django.http import HttpResponse
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from newsroom.kit.models import Site
from newsroom.mail.models import Address, Delivery, Suppression
from newsroom.mail.services import find_or_make_address, suppress
from subscriptions.consent import CHOSEN_WORDS, CURRENT_WORDS
from subscriptions.models import Subscriber
from subscriptions.views import asking
from tests.conftest import Committing
from tests.makers import make_article, make_subscriber
from tests.subscriptions.conftest import SAME_ORIGIN, Outbox, text_of

pytestmark = pytest.mark.django_db


def ask(client: Client, email: str, **more: str) -> HttpResponse:
    return client.post("/subscribe/", {"email": email} | more, headers=SAME_ORIGIN)  # type: ignore[return-value]  # The test client's answer is one with more attributes.


def make_reader_in(case: str) -> str:
    """An address in one of the cases of the table."""
    email = f"{case}@example.org"
    if case in {"pending", "confirmed", "paused", "left"}:
        make_subscriber(email, state=case)
    if case in {"left", "hard_bounce", "complaint"}:
        suppress(find_or_make_address(email), case)
    return email


CASES = ["unknown", "pending", "confirmed", "paused", "left", "hard_bounce", "complaint"]


@pytest.mark.parametrize(
    ("case", "subject"),
    [
        ("unknown", "Confirm that you want mail from Newsroom"),
        ("pending", "Confirm that you want mail from Newsroom"),
        ("left", "Confirm that you want mail from Newsroom"),
        ("hard_bounce", "Confirm that you want mail from Newsroom"),
        ("confirmed", "You are subscribed to Newsroom"),
        ("paused", "You are subscribed to Newsroom"),
        ("complaint", None),
    ],
)
def test_each_case_gets_its_mail(
    client: Client, outbox: Outbox, committing: Committing, case: str, subject: str | None
) -> None:
    email = make_reader_in(case)

    with committing():
        ask(client, email)

    assert [m["Subject"] for m in outbox()] == ([subject] if subject else [])
    assert {m["To"] for m in outbox()} <= {email}


def test_the_page_after_the_form_is_the_same_for_every_address(client: Client) -> None:
    emails = [make_reader_in(case) for case in CASES]

    answers = {email: ask(client, email) for email in emails}

    pages = {answers[email].content.decode().replace(email, "YOU") for email in emails}
    assert len(pages) == 1
    assert {answer.status_code for answer in answers.values()} == {200}
    assert {answer["Cache-Control"] for answer in answers.values()} == {"private, no-store"}
    assert client.cookies == {}


def test_asking_for_someone_subscribed_changes_nothing(client: Client) -> None:
    make_subscriber("confirmed@example.org", consent_from="/")
    before = Subscriber.objects.values().get()

    ask(client, "confirmed@example.org", page="/subscribe/")

    assert Subscriber.objects.values().get() == before


def test_one_address_in_any_spelling_is_one_subscriber_shown_as_typed(client: Client) -> None:
    for typed in ("Bob@Example.com", "bob@example.com", " bob@EXAMPLE.com "):
        ask(client, typed)

    assert str(Subscriber.objects.get()) == "Bob@Example.com"


def test_an_international_domain_is_one_in_both_forms(client: Client) -> None:
    ask(client, "bob@bücher.example")
    ask(client, "bob@xn--bcher-kva.example")

    assert str(Subscriber.objects.get()) == "bob@bücher.example"


def test_what_stands_after_a_plus_makes_another_subscriber(client: Client) -> None:
    ask(client, "bob+navy@x.org")
    ask(client, "bob+army@x.org")

    assert Subscriber.objects.count() == 2


@pytest.mark.parametrize(
    "typed", ["", "bob", "bob@", "@x.org", "bøb@x.org", "bob@x.org\r\nBcc: eve@x.org", "b" * 5000]
)
def test_what_is_no_address_is_told_at_the_field_and_kept(client: Client, typed: str) -> None:
    answer = ask(client, typed)

    assert answer.status_code == 422
    page = answer.content.decode()
    assert 'class="field__error"' in page
    assert 'aria-invalid="true"' in page
    if typed.strip():
        assert f'value="{typed.split(maxsplit=1)[0]}' in page
    assert not Address.objects.exists()


def test_markup_in_the_address_is_inert(client: Client) -> None:
    answer = ask(client, '"><script>alert(1)</script>@x.org')

    assert b"<script>alert" not in answer.content


def test_the_consent_says_when_where_and_which_words(client: Client) -> None:
    article = make_article()

    ask(client, "bob@example.org", page=article.get_absolute_url())

    subscriber = Subscriber.objects.get()
    assert subscriber.consent_from == article.get_absolute_url()
    assert subscriber.consent_words == CURRENT_WORDS
    assert subscriber.consent_at is not None
    assert timezone.now() - subscriber.consent_at < timedelta(minutes=1)


@pytest.mark.parametrize(
    ("said", "kept"),
    [
        ("/subscribe/confirm/secret-token/", "/subscribe/confirm/-/"),
        ("https://evil.example/", ""),
        ("/no/such/page/<script>/", ""),
        ("/admin/\0", ""),
        ("/admin/Send your money to eve/", ""),
        ("/accounts/login/", ""),
        ("/outbox/Send your money to eve/", ""),
        ("/privacy/\n", ""),
        ("x" * 5000, ""),
    ],
)
def test_the_page_of_the_form_is_a_page_of_ours_without_its_keys(
    client: Client, said: str, kept: str
) -> None:
    ask(client, "bob@example.org", page=said)

    assert Subscriber.objects.get().consent_from == kept


def test_many_requests_for_one_victim_are_a_few_mails(
    client: Client, outbox: Outbox, committing: Committing
) -> None:
    for number in range(60):
        with committing():
            client.post(
                "/subscribe/",
                {"email": "victim@example.org"},
                headers=SAME_ORIGIN,
                REMOTE_ADDR=f"192.0.2.{number}",
            )

    assert len(outbox()) == 3


def test_the_day_is_bounded_too_and_by_the_ledger_alone(client: Client) -> None:
    with time_machine.travel("2026-03-01T00:10:00Z", tick=False) as clock:
        for _hour in range(20):
            for _try in range(5):
                ask(client, "victim@example.org")
            clock.shift(timedelta(hours=1))

    assert Delivery.objects.count() == 6


def test_a_bounced_address_is_asked_once_a_week(client: Client) -> None:
    suppress(find_or_make_address("gone@example.org"), Suppression.Reason.HARD_BOUNCE)

    with time_machine.travel("2026-03-01T12:00:00Z", tick=False) as clock:
        for _day in range(8):
            ask(client, "gone@example.org")
            clock.shift(timedelta(days=1))

    assert Delivery.objects.count() == 2


def test_many_victims_from_one_network_are_limited_and_nothing_shows(
    client: Client, outbox: Outbox, committing: Committing
) -> None:
    with committing():
        answers = [ask(client, f"victim{number}@example.org") for number in range(100)]

    assert len(outbox()) == 30
    assert {answer.status_code for answer in answers} == {200}
    pages = {re.sub(r"victim\d+", "YOU", answer.content.decode()) for answer in answers}
    assert len(pages) == 1


def test_many_networks_and_many_victims_are_limited_by_the_hour(
    client: Client, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(asking, "PER_HOUR", replace(asking.PER_HOUR, times=5))

    for number in range(8):
        answer = client.post(
            "/subscribe/",
            {"email": f"victim{number}@example.org"},
            headers=SAME_ORIGIN,
            REMOTE_ADDR=f"192.0.2.{number}",
        )

    assert answer.status_code == 200
    assert Delivery.objects.count() == 5


def test_one_network_cannot_use_up_the_hour_of_all(client: Client) -> None:
    for number in range(asking.PER_NETWORK.times + 20):
        ask(client, f"victim{number}@example.org")

    counted = [asking.PER_HOUR.allows() for _ in range(asking.PER_HOUR.times)]
    assert counted.count(True) == asking.PER_HOUR.times - asking.PER_NETWORK.times


def test_every_case_asks_the_database_about_as_often(client: Client) -> None:
    """Or a clock would tell strangers who is subscribed. An address never seen is five rows more."""
    emails = [make_reader_in(case) for case in CASES]
    ask(client, "first@example.org")  # What is loaded once is loaded.

    counts = []
    for email in emails:
        with CaptureQueriesContext(connection) as asked:
            ask(client, email)
        counts.append(len(asked))

    assert max(counts) - min(counts) <= 6, dict(zip(CASES, counts, strict=True))


def test_send_again_sends_again(client: Client, outbox: Outbox, committing: Committing) -> None:
    page = ask(client, "bob@example.org").content.decode()
    fields = dict(re.findall(r'type="hidden" name="(\w+)" value="([^"]*)"', page))

    with committing():
        client.post("/subscribe/", fields, headers=SAME_ORIGIN)

    assert fields["email"] == "bob@example.org"
    assert len(outbox()) == 1
    assert Delivery.objects.count() == 2


@pytest.mark.parametrize(
    ("said", "words"),
    [({}, CURRENT_WORDS), ({"what": "all", "cadence": "weekly"}, CHOSEN_WORDS)],
)
def test_send_again_keeps_what_was_chosen_and_which_words_were_read(
    client: Client, said: dict[str, str], words: str
) -> None:
    page = ask(client, "bob@example.org", **said).content.decode()
    before = Subscriber.objects.get()
    fields = dict(re.findall(r'type="hidden" name="(\w+)" value="([^"]*)"', page))

    client.post("/subscribe/", fields, headers=SAME_ORIGIN)

    after = Subscriber.objects.get()
    assert after.asked == before.asked
    assert (before.consent_words, after.consent_words) == (words, words)


def test_a_program_that_fills_in_everything_sees_the_page_and_no_more(client: Client) -> None:
    answer = ask(client, "bob@example.org", asked_to="Cheap pills")

    assert answer.status_code == 200
    assert b"Look in your inbox" in answer.content
    assert not Subscriber.objects.exists()


@pytest.mark.parametrize("said", ["cross-site", "same-site", "none"])
def test_other_sites_cannot_subscribe_anyone(client: Client, said: str) -> None:
    headers = {"Sec-Fetch-Site": said}

    answer = client.post("/subscribe/", {"email": "bob@example.org"}, headers=headers)

    assert answer.status_code == 403
    assert not Subscriber.objects.exists()


def test_nothing_a_stranger_wrote_reaches_a_third_person(
    client: Client, outbox: Outbox, committing: Committing
) -> None:
    Site.objects.create(pk=1, name="Smith, John “Jack” (USN) & Łódź")

    with committing():
        ask(client, "bob@example.org", page="/?buy=pills", name="Click http://evil.example")

    (message,) = outbox()
    assert message["To"] == "bob@example.org"
    assert message["From"].addresses[0].display_name == "Smith, John “Jack” (USN) & Łódź"
    assert "evil" not in message.as_string() + text_of(message)
    assert "pills" not in text_of(message)


@pytest.mark.parametrize("case", ["confirmed", "paused", "left"])
def test_the_link_to_ones_choices_is_mailed_to_who_has_some(
    client: Client, outbox: Outbox, committing: Committing, case: str
) -> None:
    make_subscriber("bob@example.org", state=case)

    with committing():
        client.post("/subscription/", {"email": "BOB@example.org"}, headers=SAME_ORIGIN)

    (message,) = outbox()
    assert message["Subject"] == "Your choices at Newsroom"
    assert "/subscription/" in text_of(message)


def test_asking_for_the_link_tells_nothing_either(
    client: Client, outbox: Outbox, committing: Committing
) -> None:
    emails = [make_reader_in(case) for case in CASES]

    with committing():
        answers = {
            email: client.post("/subscription/", {"email": email}, headers=SAME_ORIGIN)
            for email in emails
        }

    pages = {answers[email].content.decode().replace(email, "YOU") for email in emails}
    assert len(pages) == 1
    assert {m["To"] for m in outbox()} == {
        "confirmed@example.org",
        "paused@example.org",
        "left@example.org",
    }


def test_a_bad_address_for_the_link_is_told_at_the_field(client: Client) -> None:
    answer = client.post("/subscription/", {"email": "bob at x"}, headers=SAME_ORIGIN)

    assert answer.status_code == 422
    assert b'value="bob at x"' in answer.content


@pytest.mark.parametrize("method", ["put", "delete", "patch"])
def test_other_methods_are_refused(client: Client, method: str) -> None:
    answer = getattr(client, method)("/subscribe/", headers=SAME_ORIGIN)

    assert answer.status_code == 405
