"""A confirmation is a person's press of a button, and for one wish only."""

import re
from datetime import timedelta

import pytest
import time_machine
from django.conf import settings
from django.test import Client
from django.utils import timezone

from newsroom.kit.links import make_token
from newsroom.mail.models import Suppression
from newsroom.mail.services import erase_address, suppress, suppression_of
from subscriptions import services
from subscriptions.consent import Consent
from subscriptions.links import CONFIRM, confirmation_link
from subscriptions.models import Subscriber
from tests.makers import make_subscriber

pytestmark = pytest.mark.django_db


def path_of(subscriber: Subscriber) -> str:
    return confirmation_link(subscriber).removeprefix("http://localhost:8000")


@pytest.fixture
def pending() -> Subscriber:
    return make_subscriber("bob@example.org", state="pending")


def test_link_scanners_change_nothing_and_the_persons_press_still_works(
    client: Client, pending: Subscriber
) -> None:
    before = Subscriber.objects.values().get()

    looks = [getattr(client, how)(path_of(pending)) for how in ("get", "head") * 10]
    unchanged = Subscriber.objects.values().get() == before
    answer = client.post(path_of(pending))

    assert {look.status_code for look in looks} == {200}
    assert unchanged
    assert len({look.content for look in looks[::2]}) == 1
    assert answer.status_code == 200
    assert Subscriber.objects.get().state == Subscriber.State.CONFIRMED


def test_confirming_needs_no_field_no_cookie_and_no_csrf_token(pending: Subscriber) -> None:
    strict = Client(enforce_csrf_checks=True)

    answer = strict.post(path_of(pending), headers={"Sec-Fetch-Site": "cross-site"})

    assert answer.status_code == 200
    assert Subscriber.objects.get().is_subscribed


def test_no_script_presses_it(client: Client, pending: Subscriber) -> None:
    page = client.get(path_of(pending))
    script = (settings.BASE_DIR / "newsroom/static/newsroom/js/reader.js").read_text()

    assert re.findall(r'<script src="([^"]+)', page.text) == ["/static/newsroom/js/reader.js"]
    assert page.text.count("<script") == 1
    assert "ubmit(" not in script
    assert '"form' not in script
    assert page["Cache-Control"] == "private, no-store"
    assert page["X-Robots-Tag"] == "noindex"


@time_machine.travel("2026-03-01T12:00:00Z", tick=False)  # The page holds a link that is dated.
def test_the_second_press_shows_the_same_page_and_changes_nothing(
    client: Client, pending: Subscriber
) -> None:
    with time_machine.travel(timezone.now(), tick=False):  # A link says when it was made.
        first = client.post(path_of(pending))
        after = Subscriber.objects.values().get()

        second = client.post(path_of(pending))

    assert Subscriber.objects.values().get() == after
    assert second.content == first.content
    assert b"You are subscribed" in second.content


def test_confirming_makes_the_wish_for_every_story_once(pending: Subscriber) -> None:
    token = path_of(pending).split("/")[-2]

    services.confirm(token)
    services.confirm(token)

    assert [wish.what for wish in pending.subscriptions.all()] == ["all"]


@pytest.mark.parametrize("method", ["get", "post"])
@pytest.mark.parametrize("fault", ["altered", "of another purpose", "foreign", "garbage"])
def test_a_bad_link_is_told_plainly_with_a_way_on(
    client: Client, pending: Subscriber, method: str, fault: str
) -> None:
    other = make_subscriber("eve@example.org", state="pending")
    token = path_of(pending).split("/")[-2]
    bad = {
        "altered": token[:-1] + ("A" if token[-1] != "A" else "B"),
        "of another purpose": make_token("preferences", f"{pending.pk}:{pending.wish}"),
        "foreign": make_token(CONFIRM, f"{pending.pk}:{other.wish}"),
        "garbage": "%F0%28%8C%BC",
    }[fault]

    answer = getattr(client, method)(f"/subscribe/confirm/{bad}/")

    assert answer.status_code == 410
    assert b"This link no longer works" in answer.content
    assert b'name="email"' in answer.content
    assert not Subscriber.objects.filter(state=Subscriber.State.CONFIRMED).exists()


def test_a_link_lives_seven_days(client: Client, pending: Subscriber) -> None:
    path = path_of(pending)

    with time_machine.travel(timezone.now() + timedelta(days=6, hours=23)):
        on_time = client.get(path)
    with time_machine.travel(timezone.now() + timedelta(days=7, minutes=1)):
        late = client.post(path)

    assert on_time.status_code == 200
    assert late.status_code == 410
    assert b"older than 7 days" in late.content
    assert Subscriber.objects.get().state == Subscriber.State.PENDING


def test_the_link_of_someone_erased_is_dead(client: Client, pending: Subscriber) -> None:
    path = path_of(pending)

    erase_address(pending.address_id)

    assert client.post(path).status_code == 410


def test_after_leaving_an_old_link_does_not_subscribe_again(client: Client) -> None:
    subscriber = make_subscriber("bob@example.org", state="pending")
    old = path_of(subscriber)
    client.post(old)

    services.leave(subscriber.pk)
    answer = client.post(old)

    assert answer.status_code == 410
    assert Subscriber.objects.get().state == Subscriber.State.LEFT


def test_after_leaving_an_old_link_stays_dead_beside_a_newer_wish(client: Client) -> None:
    subscriber = make_subscriber("bob@example.org", state="pending")
    old = path_of(subscriber)
    services.leave(subscriber.pk)
    services.request_subscription("bob@example.org", consent=Consent(page="/"))

    with_old = client.post(old)
    still_pending = Subscriber.objects.get().state == Subscriber.State.PENDING
    with_new = client.post(path_of(Subscriber.objects.get()))

    assert with_old.status_code == 410
    assert still_pending
    assert with_new.status_code == 200
    assert Subscriber.objects.get().state == Subscriber.State.CONFIRMED


def test_asking_twice_leaves_both_links_good(client: Client, pending: Subscriber) -> None:
    first = path_of(pending)

    services.request_subscription("bob@example.org", consent=Consent(page="/"))

    assert client.post(first).status_code == 200


@pytest.mark.parametrize(
    ("reason", "after"), [("left", None), ("hard_bounce", None), ("complaint", "complaint")]
)
def test_confirming_lifts_a_leaving_and_a_bounce_but_no_complaint(
    client: Client, pending: Subscriber, reason: str, after: str | None
) -> None:
    suppress(pending.address, Suppression.Reason(reason))

    client.post(path_of(pending))

    assert suppression_of(pending.address) == after


def test_a_link_opened_while_paused_says_so(client: Client) -> None:
    paused = make_subscriber("bob@example.org", state="paused")

    answer = client.post(path_of(paused))

    assert b"paused until" in answer.content
    assert Subscriber.objects.get().state == Subscriber.State.PAUSED
