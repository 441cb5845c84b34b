"""The desk looks at subscribers and presses nothing."""

from datetime import timedelta

import pytest
from django.contrib.admin.models import LogEntry
from django.contrib.auth.models import Group
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from newsroom.accounts.models import Role, User
from newsroom.mail.bounces.judging import judge
from newsroom.mail.bounces.policy import record
from newsroom.mail.models import Address
from newsroom.mail.services import suppress
from subscriptions.admin.person import PER_PAGE
from subscriptions.models import Event, Import, Subscriber
from subscriptions.services import erase, leave, move, pause, resume
from tests.mail.notices import make_sent
from tests.makers import make_author, make_section, make_subscriber, make_topic, make_user

pytestmark = pytest.mark.django_db
LIST = "/admin/subscriptions/subscriber/"


def make_person(role: Role) -> User:
    person = make_user(is_staff=True)
    person.groups.add(Group.objects.get(name=role))
    return person


@pytest.fixture(autouse=True)
def roles() -> None:
    from newsroom.desk.roles import assign_roles

    assign_roles()


@pytest.mark.parametrize(
    ("role", "status"),
    [
        (Role.ADMINISTRATOR, 200),
        (Role.EDITOR, 200),
        (Role.REPORTER, 403),
        (Role.MODERATOR, 403),
    ],
)
def test_only_administrators_and_editors_look(client: Client, role: Role, status: int) -> None:
    subscriber = make_subscriber()
    client.force_login(make_person(role))

    pages = [client.get(LIST), client.get(f"{LIST}{subscriber.pk}/change/")]

    assert [page.status_code for page in pages] == [status, status]


def test_a_reader_is_found_by_address_and_state(client: Client) -> None:
    make_subscriber("Ann@example.org")
    make_subscriber("bob@example.org", state="left")
    client.force_login(make_person(Role.EDITOR))

    by_address = client.get(f"{LIST}?q=ANN@").content
    by_state = client.get(f"{LIST}?state__exact=left").content

    assert b"Ann@example.org" in by_address
    assert b"bob@example.org" not in by_address
    assert b"bob@example.org" in by_state
    assert b"Ann@example.org" not in by_state


def test_the_consent_is_shown_with_its_words(client: Client) -> None:
    subscriber = make_subscriber(consent_from="/latest/", consent_words="2026-11")
    client.force_login(make_person(Role.EDITOR))

    page = client.get(f"{LIST}{subscriber.pk}/change/").content

    assert b"/latest/" in page
    assert b"We send you each new story" in page
    assert b'name="_save"' not in page


def test_nothing_can_be_added_changed_or_deleted(client: Client) -> None:
    subscriber = make_subscriber()
    client.force_login(make_person(Role.ADMINISTRATOR))

    answers = [
        client.post(f"{LIST}add/", {}),
        client.post(f"{LIST}{subscriber.pk}/change/", {"state": "left"}),
        client.post(f"{LIST}{subscriber.pk}/delete/", {"post": "yes"}),
        client.post(LIST, {"action": "delete_selected", "_selected_action": [subscriber.pk]}),
    ]

    assert [answer.status_code for answer in answers[:3]] == [403, 403, 403]
    assert Subscriber.objects.get().state == "confirmed"


@pytest.fixture
def editor(client: Client) -> Client:
    client.force_login(make_person(Role.EDITOR))
    return client


def found(client: Client, query: str) -> set[str]:
    """The addresses that the list shows for the query."""
    page = client.get(f"{LIST}?{query}")
    assert page.status_code == 200
    return {str(row) for row in page.context["cl"].result_list}


def test_readers_are_found_by_wish_and_rhythm(editor: Client) -> None:
    topic, section, author = make_topic("Ice"), make_section("Sea"), make_author("Ann")
    make_subscriber("all@example.org")
    make_subscriber("ice@example.org", wishes={f"topic:{topic.pk}": "daily"})
    make_subscriber("sea@example.org", wishes={f"section:{section.pk}": "weekly"})
    make_subscriber("ann@example.org", wishes={f"author:{author.pk}": "daily"})

    assert found(editor, "wish=all") == {"all@example.org"}
    assert found(editor, "wish=topic") == {"ice@example.org"}
    assert found(editor, f"wish=section:{section.pk}") == {"sea@example.org"}
    assert found(editor, f"wish=topic:{topic.pk}") == {"ice@example.org"}
    assert found(editor, "rhythm=daily") == {"ice@example.org", "ann@example.org"}
    assert found(editor, "rhythm=daily&wish=author") == {"ann@example.org"}


def test_readers_are_found_by_suppression_and_by_where_the_consent_is_from(editor: Client) -> None:
    leave(make_subscriber("left@example.org", consent_from="/subscribe/").pk)
    gone = make_subscriber("gone@example.org", origin="A list")
    suppress(gone.address, "hard_bounce")
    kept = Import.objects.create(name="a.csv", origin="A list")
    make_subscriber("come@example.org", origin="A list", brought_by=kept)
    make_subscriber("old@example.org")

    assert found(editor, "suppressed=yes") == {"left@example.org", "gone@example.org"}
    assert found(editor, "suppressed=hard_bounce") == {"gone@example.org"}
    assert found(editor, "suppressed=no") == {"come@example.org", "old@example.org"}
    assert found(editor, "consent=page") == {"left@example.org"}
    assert found(editor, "consent=list") == {"gone@example.org", "come@example.org"}
    assert found(editor, f"consent=import:{kept.pk}") == {"come@example.org"}
    assert found(editor, "consent=nothing") == {"old@example.org"}


@pytest.mark.parametrize(
    "query",
    ["wish=topic:x", "wish=topic:99999", "wish=nonsense", "consent=import:x", "rhythm=hourly",
     "suppressed=perhaps", "page=abc", "wish=%00", f"wish=topic:{'9' * 5000}",
     f"wish=topic:{'9' * 30}", f"consent=import:{'9' * 5000}", f"consent=import:{'9' * 30}"],
)  # fmt: skip
def test_no_query_breaks_the_list(editor: Client, query: str) -> None:
    make_subscriber()

    assert editor.get(f"{LIST}?{query}").status_code in {200, 302}


def queries_of(client: Client, path: str) -> int:
    """How many a page takes, once content types and permissions are known."""
    client.get(path)
    with CaptureQueriesContext(connection) as asked:
        client.get(path)
    return len(asked)


def test_the_list_takes_as_many_queries_for_fifty_as_for_one(editor: Client) -> None:
    topic = make_topic()
    make_subscriber(wishes={"all": "daily", f"topic:{topic.pk}": "at_once"})
    few = queries_of(editor, LIST)
    for _ in range(40):
        make_subscriber(wishes={"all": "daily", f"topic:{topic.pk}": "at_once"})

    assert queries_of(editor, LIST) == few


def test_the_whole_history_of_a_person_is_shown(editor: Client) -> None:
    subscriber = make_subscriber("ann@example.org")
    delivery = make_sent("ann@example.org")
    record(delivery, judge("550 5.1.1 user unknown"), came_by="mail")
    pause(subscriber.pk, days=7)
    resume(subscriber.pk)
    move(subscriber, Address.objects.create(typed="new@example.org", compared="new@example.org"))
    leave(subscriber.pk)

    page = editor.get(f"{LIST}{subscriber.pk}/change/").content.decode()

    for words in ("paused", "went on after a pause", "from ann@example.org", "left"):
        assert words in page
    assert f"/admin/mail/delivery/{delivery.pk}/change/" in page
    assert "gone for good: no such address" in page
    assert "left by their own hand" in page


def test_a_long_history_is_paged_and_takes_the_same_queries(editor: Client) -> None:
    subscriber = make_subscriber()
    path = f"{LIST}{subscriber.pk}/change/"
    few, now = queries_of(editor, path), timezone.now()

    Event.objects.bulk_create(
        Event(
            subscriber=subscriber, what="changed", at=now - timedelta(minutes=n), detail=f"n{n}."
        )
        for n in range(2 * PER_PAGE + 5)
    )
    first, last = (editor.get(f"{path}?page={n}").content.decode() for n in (1, 3))

    assert queries_of(editor, path) == few
    assert "n49." in first
    assert "n50." not in first
    assert "?page=2#person-history" in first
    assert "n104." in last
    assert "n99." not in last
    assert 'rel="next"' not in last
    assert editor.get(f"{path}?page=99999999").status_code == 200


def test_what_was_typed_is_inert_on_the_page(editor: Client) -> None:
    subscriber = make_subscriber(origin="<script>alert(1)</script>")

    assert b"<script>alert(1)" not in editor.get(f"{LIST}{subscriber.pk}/change/").content


def test_erasing_leaves_nothing_in_the_history_that_says_who_it_was(editor: Client) -> None:
    subscriber = make_subscriber("ann@example.org", origin="A list")
    move(subscriber, Address.objects.create(typed="new@example.org", compared="new@example.org"))
    subscriber.refresh_from_db()

    erase(subscriber)

    subscriber.refresh_from_db()
    assert (subscriber.fingerprint, subscriber.origin) == ("", "")
    assert not Event.objects.exclude(address=None).exists()
    page = editor.get(f"{LIST}{subscriber.pk}/change/").content
    assert b"ann@example.org" not in page
    assert b"new@example.org" not in page


def test_the_export_is_for_administrators_and_is_logged(client: Client) -> None:
    make_subscriber("ann@example.org")
    client.force_login(make_person(Role.EDITOR))
    assert client.post(f"{LIST}export/").status_code == 403
    boss = make_person(Role.ADMINISTRATOR)
    client.force_login(boss)

    page, answer = client.get(f"{LIST}export/"), client.post(f"{LIST}export/")

    assert b"ann@example.org" not in page.content
    assert b"ann@example.org" in b"".join(answer)
    assert "no-store" in answer.headers["Cache-Control"]
    assert LogEntry.objects.get(user=boss).change_message == "Exported the list."
