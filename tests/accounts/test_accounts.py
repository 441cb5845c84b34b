"""Signing in, coming to the desk, leaving it."""

import re
from typing import Any

import pytest
from allauth.account.models import EmailAddress
from allauth.mfa.totp.internal.auth import TOTP, hotp_value, yield_hotp_counters_from_time
from django.contrib.auth.models import Group
from django.test import Client
from django.urls import reverse

from newsroom.accounts.errors import InvitationError
from newsroom.accounts.models import Invitation, Role, User
from newsroom.accounts.services import accept_invitation, deactivate, invite
from newsroom.kit.models import Site
from newsroom.mail import outbox
from tests.conftest import Committing
from tests.makers import make_staff, make_user

pytestmark = pytest.mark.django_db
PASSWORD = "grey-heron-1882"


@pytest.fixture(autouse=True)
def empty_outbox(tmp_path: Any, settings: Any) -> None:
    mailer = {"BACKEND": "newsroom.mail.outbox.OutboxMailer", "OPTIONS": {"folder": tmp_path}}
    settings.OUTBOX_DIR = tmp_path
    settings.MAILERS = settings.MAILERS | {
        "default": {"BACKEND": "newsroom.mail.mailer.PostRoomMailer"},
        "outgoing": mailer,
    }


def make_reader(email: str = "reader@example.org") -> User:
    user = make_user(email, password=PASSWORD)
    EmailAddress.objects.create(user=user, email=email, verified=True, primary=True)
    return user


def sign_in(client: Client, email: str = "reader@example.org", password: str = PASSWORD) -> Any:
    return client.post(reverse("account_login"), {"login": email, "password": password})


def last_link() -> str:
    letter = outbox.read(outbox.names()[0])
    found = re.search(r"http://[^/\s]+(/\S+)", letter.text)
    assert found is not None
    return found.group(1)


def test_a_reader_signs_up_confirms_and_signs_in(client: Client, committing: Committing) -> None:
    page = client.get(reverse("account_signup"))
    assert b"You need no account to read, to subscribe or to comment" in page.content
    with committing():
        client.post(
            reverse("account_signup"),
            {"email": "new@example.org", "password1": PASSWORD, "password2": PASSWORD},
        )
    assert not sign_in(client, "new@example.org").wsgi_request.user.is_authenticated

    link = last_link()
    client.get(link)
    assert not EmailAddress.objects.get().verified
    client.post(link)

    sign_in(Client(), "new@example.org")
    assert EmailAddress.objects.get().verified


@pytest.mark.parametrize("route", ["account_login", "account_signup", "account_reset_password"])
def test_the_forms_carry_the_token_that_their_posts_need(route: str) -> None:
    client = Client(enforce_csrf_checks=True)

    page = client.get(reverse(route))
    answer = client.post(reverse(route), {"csrfmiddlewaretoken": str(page.context["csrf_token"])})

    assert b"csrfmiddlewaretoken" in page.content
    assert answer.status_code == 200


def test_the_pages_bear_the_name_of_the_title(client: Client) -> None:
    Site.objects.create(pk=1, name="The Gazette")

    assert b"The Gazette" in client.get(reverse("account_login")).content


def test_signing_up_with_a_known_address_looks_the_same(
    client: Client, committing: Committing
) -> None:
    make_reader()
    answers = []
    for email in ("reader@example.org", "unknown@example.org"):
        with committing():
            answers.append(
                Client().post(reverse("account_signup"), {"email": email, "password1": PASSWORD})
            )

    assert answers[0].status_code == answers[1].status_code == 302
    assert answers[0]["Location"] == answers[1]["Location"]


def test_a_forgotten_password_is_reset_by_mail(client: Client, committing: Committing) -> None:
    user = make_reader()

    with committing():
        client.post(reverse("account_reset_password"), {"email": user.email})
    form = client.get(last_link(), follow=True)
    client.post(
        form.request["PATH_INFO"], {"password1": "other-word-77", "password2": "other-word-77"}
    )

    user.refresh_from_db()
    assert user.check_password("other-word-77")


def test_the_address_changes_once_the_new_one_is_confirmed(
    client: Client, committing: Committing
) -> None:
    user = make_reader()
    sign_in(client)

    with committing():
        client.post(reverse("account_email"), {"email": "new@example.org", "action_add": ""})
    user.refresh_from_db()
    assert user.email == "reader@example.org"
    letter = next(outbox.read(name) for name in outbox.names() if "new@" in outbox.read(name).to)
    found = re.search(r"http://[^/\s]+(/\S+)", letter.text)
    assert found is not None
    client.post(found.group(1))

    user.refresh_from_db()
    assert user.email == "new@example.org"


def test_a_second_step_is_asked_for_once_it_is_on(client: Client) -> None:
    user = make_reader()
    TOTP.activate(user, "JBSWY3DPEHPK3PXP")

    answer = sign_in(client)

    assert answer["Location"] == reverse("mfa_authenticate")
    code = hotp_value("JBSWY3DPEHPK3PXP", next(iter(yield_hotp_counters_from_time())))
    client.post(reverse("mfa_authenticate"), {"code": f"{code:06}"})
    assert client.get(reverse("accounts:profile")).status_code == 200


@pytest.mark.parametrize(
    "route",
    [
        "accounts:profile",
        "account_email",
        "account_change_password",
        "account_logout",
        "mfa_index",
    ],
)
def test_each_page_of_ones_account_stands(client: Client, route: str) -> None:
    make_reader()
    sign_in(client)

    page = client.get(reverse(route))

    assert page.status_code == 200
    assert b"masthead" in page.content


@pytest.mark.parametrize("route", ["mfa_activate_totp", "mfa_generate_recovery_codes"])
def test_pages_about_safety_ask_for_the_password_again_or_stand(
    client: Client, route: str
) -> None:
    make_reader()
    sign_in(client)

    assert client.get(reverse(route)).status_code in {200, 302}


def test_the_desk_sends_strangers_to_the_sign_in_page_and_back(client: Client) -> None:
    answer = client.get(reverse("admin:index"))

    answer = client.get(answer["Location"])
    assert answer["Location"].startswith(reverse("account_login"))


def test_a_reader_is_told_that_the_desk_is_not_theirs(client: Client) -> None:
    make_reader()
    sign_in(client)

    answer = client.get(reverse("admin:index"), follow=True)

    assert answer.status_code == 403


def test_an_invited_person_joins_the_desk_in_their_role(
    client: Client, committing: Committing
) -> None:
    boss = make_staff()
    with committing():
        invite("new@example.org", Role.MODERATOR, by=boss)
    link = last_link()

    assert b"Moderator" in client.get(link).content
    client.post(link, {"name": "New Person", "password": PASSWORD})

    person = User.objects.get(email="new@example.org")
    assert (person.is_staff, person.is_superuser) == (True, False)
    assert [group.name for group in person.groups.all()] == ["moderator"]
    assert person.has_perm("comments.change_comment")
    assert not person.has_perm("articles.publish_article")
    assert client.get(link).status_code == 404


def test_an_invitation_of_somebody_else_cannot_be_guessed(client: Client) -> None:
    assert client.get(reverse("accounts:invitation", args=["1"])).status_code == 404


def test_an_invitation_works_once(committing: Committing) -> None:
    boss = make_staff()
    with committing():
        invite("new@example.org", Role.REPORTER, by=boss)
    token = last_link().rstrip("/").rpartition("/")[2]
    accept_invitation(token, name="A", password=PASSWORD)

    with pytest.raises(InvitationError):
        accept_invitation(token, name="B", password=PASSWORD)

    assert Invitation.objects.get().accepted_by == User.objects.get(email="new@example.org")


def test_nobody_is_invited_twice_to_the_desk() -> None:
    boss = make_staff("boss@example.org")

    with pytest.raises(InvitationError):
        invite("Boss@example.org", Role.EDITOR, by=boss)


def test_closing_an_account_ends_its_sessions(client: Client) -> None:
    user = make_reader()
    sign_in(client)
    assert client.get(reverse("accounts:profile")).status_code == 200

    deactivate(user.pk, by=make_staff())

    assert client.get(reverse("accounts:profile")).status_code == 302


def test_nobody_closes_their_own_account() -> None:
    boss = make_staff()

    with pytest.raises(InvitationError):
        deactivate(boss.pk, by=boss)


def test_roles_may_what_they_are_for() -> None:
    def names(role: str) -> set[str]:
        return set(Group.objects.get(name=role).permissions.values_list("codename", flat=True))

    assert "publish_article" in names("editor")
    assert "publish_article" not in names("reporter")
    assert "change_site" not in names("editor")
    assert "change_site" in names("administrator")


def test_this_site_is_changed_by_administrators_alone(client: Client) -> None:
    editor = make_user(is_staff=True)
    editor.groups.add(Group.objects.get(name="editor"))
    client.force_login(editor)
    assert client.get(reverse("admin:this_site")).status_code == 403

    client.force_login(make_staff())
    fields = {
        "name": "The Gazette", "tagline": "", "publisher": "", "postal_address": "", "contact_email": "",
        "sections-TOTAL_FORMS": "0", "sections-INITIAL_FORMS": "0",
    }  # fmt: skip
    client.post(reverse("admin:this_site"), fields)

    assert b"The Gazette" in client.get(reverse("articles:front")).content


def test_every_page_of_the_desk_says_that_mail_stays_here(client: Client) -> None:
    client.force_login(make_staff())

    page = client.get(reverse("admin:index"))

    assert b"Mail stays on this machine" in page.content


@pytest.mark.parametrize("email", ["bob@[1.2.3.4]", "bob@\u2603.example"])
def test_an_address_that_no_mail_can_go_to_is_refused_at_its_field(
    client: Client, email: str
) -> None:
    answer = client.post(reverse("account_signup"), {"email": email, "password1": PASSWORD})

    assert answer.status_code == 200
    assert "email" in answer.context["form"].errors
    assert not User.objects.exists()
