"""What the desk sees of bounces, and the little it may do."""

import pytest
from django.contrib.admin.models import LogEntry
from django.contrib.auth.models import Group
from django.test import Client
from django.utils import timezone

from newsroom.accounts.models import Role
from newsroom.desk.roles import assign_roles
from newsroom.mail.bounces.receiving import receive
from newsroom.mail.models import BounceNotice, Suppression
from newsroom.mail.suppressions import suppression_of
from tests.mail.notices import bounce, complaint, make_sent
from tests.makers import make_staff, make_user

pytestmark = pytest.mark.django_db


@pytest.fixture
def desk(client: Client) -> Client:
    client.force_login(make_staff())
    return client


def test_an_address_says_why_and_since_when_it_gets_nothing(desk: Client) -> None:
    delivery = make_sent("gone@example.net")
    receive(bounce(delivery))

    page = desk.get(f"/admin/mail/address/{delivery.address_id}/change/").content.decode()

    assert "mail comes back" in page
    assert "No such address: 550 5.1.1" in page
    assert f"{timezone.localtime():%Y}" in page
    assert "?q=gone%40example.net" in page


def test_a_delivery_shows_what_came_back(desk: Client) -> None:
    delivery = make_sent("gone@example.net")
    receive(bounce(delivery))

    page = desk.get(f"/admin/mail/delivery/{delivery.pk}/change/").content.decode()

    assert "bounced" in page
    assert "550 5.1.1" in page
    assert "address suppressed" in page


def test_notices_are_listed_and_found_by_address(desk: Client) -> None:
    receive(bounce(make_sent("gone@example.net")))
    receive(bounce(make_sent("other@example.net")))

    page = desk.get("/admin/mail/bouncenotice/?q=gone@example.net").content.decode()

    assert "gone@example.net" in page
    assert "other@example.net" not in page


def test_a_page_of_notices_asks_as_often_for_many_as_for_one(
    desk: Client, django_assert_max_num_queries: object
) -> None:
    for _ in range(12):
        receive(bounce(make_sent()))

    with django_assert_max_num_queries(12):  # type: ignore[operator]  # pytest-django's fixture.
        assert desk.get("/admin/mail/bouncenotice/").status_code == 200


def test_the_list_of_suppressions_says_why_in_a_word(desk: Client) -> None:
    receive(bounce(make_sent("gone@example.net")))

    page = desk.get("/admin/mail/suppression/?q=gone@example.net").content.decode()

    assert "No such address" in page
    assert "550 5.1.1" not in page


def test_the_desk_lifts_a_complaint_and_who_did_it_is_kept(desk: Client) -> None:
    delivery = make_sent("angry@example.net")
    receive(complaint(delivery))
    row = Suppression.objects.get()

    desk.post("/admin/mail/suppression/", {"action": "lift", "_selected_action": [str(row.pk)]})

    assert suppression_of(delivery.address) is None
    assert LogEntry.objects.get().object_id == str(row.pk)


@pytest.mark.parametrize("role", [Role.REPORTER, Role.MODERATOR])
def test_who_does_not_publish_sees_no_notice(client: Client, role: str) -> None:
    assign_roles()
    receive(bounce(make_sent()))
    person = make_user(is_staff=True)
    person.groups.add(Group.objects.get(name=role))
    client.force_login(person)

    assert client.get("/admin/mail/bouncenotice/").status_code == 403


def test_an_editor_sees_notices_and_lifts_nothing(client: Client) -> None:
    assign_roles()
    receive(complaint(make_sent()))
    editor = make_user(is_staff=True)
    editor.groups.add(Group.objects.get(name=Role.EDITOR))
    client.force_login(editor)

    assert client.get("/admin/mail/bouncenotice/").status_code == 200
    answer = client.post("/admin/mail/suppression/", {"action": "lift", "_selected_action": ["1"]})
    assert answer.status_code == 403
    assert Suppression.objects.exists()


def test_nobody_changes_a_notice_by_hand(desk: Client) -> None:
    receive(bounce(make_sent()))
    notice = BounceNotice.objects.get()

    assert desk.get("/admin/mail/bouncenotice/add/").status_code == 403
    assert (
        desk.post(f"/admin/mail/bouncenotice/{notice.pk}/change/", {"kind": "soft"}).status_code
        == 403
    )
    assert (
        desk.post(f"/admin/mail/bouncenotice/{notice.pk}/delete/", {"post": "yes"}).status_code
        == 403
    )
