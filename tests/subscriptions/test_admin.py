"""The desk looks at subscribers and presses nothing."""

import pytest
from django.contrib.auth.models import Group
from django.test import Client

from newsroom.accounts.models import Role, User
from subscriptions.models import Subscriber
from tests.makers import make_subscriber, make_user

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
