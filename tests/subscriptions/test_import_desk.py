"""Lists from elsewhere at the desk: the form, the progress, the report."""

from datetime import timedelta
from typing import Any

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client
from django.utils import timezone

from newsroom.accounts.models import Role
from subscriptions import tasks
from subscriptions.admin import imports
from subscriptions.models import Import, ImportLine, Subscriber
from subscriptions.services import go_on
from subscriptions.services.importing import deal_with_some
from tests.subscriptions.test_admin import make_person

pytestmark = pytest.mark.django_db
ADD = "/admin/subscriptions/import/add/"
LIST = "/admin/subscriptions/import/"


@pytest.fixture(autouse=True)
def roles() -> None:
    from newsroom.desk.roles import assign_roles

    assign_roles()


@pytest.fixture
def boss(client: Client) -> Client:
    client.force_login(make_person(Role.ADMINISTRATOR))
    return client


def typed(text: str = "email\nann@example.org\nnobody\n", **more: Any) -> dict[str, Any]:
    file = SimpleUploadedFile("list.csv", text.encode())
    return {"file": file, "origin": "The old letter", "cadence": "weekly"} | more


CONSENT = {"confirm": "on", "consented_on": "2024-05-31"}


def bring(client: Client, **more: Any) -> str:
    """Choose a list and have it checked; the address of its page."""
    answer = client.post(ADD, typed(**more))
    assert answer.status_code == 302, answer.context["form"].errors
    while go_on(Import.objects.latest("pk").pk):
        pass
    return answer.url  # type: ignore[attr-defined,no-any-return]  # A redirect.


@pytest.mark.parametrize("role", [Role.EDITOR, Role.REPORTER, Role.MODERATOR])
def test_only_administrators_bring_lists_in(client: Client, role: Role) -> None:
    kept = Import.objects.create(name="a.csv", origin="x", state=Import.State.CHECKED)
    client.force_login(make_person(role))

    answers = [
        client.get(ADD), client.post(ADD, typed()), client.get(LIST),
        client.get(f"{LIST}{kept.pk}/change/"),
        client.post(f"{LIST}{kept.pk}/change/", {"do": "bring-in"}),
    ]  # fmt: skip

    assert {answer.status_code for answer in answers} == {403}
    assert Import.objects.get().state == Import.State.CHECKED


def test_a_list_is_first_checked_then_brought_in_by_a_button(boss: Client) -> None:
    path = bring(boss, **CONSENT)
    checked = boss.get(path).content.decode()
    assert "Nothing is written yet." in checked
    assert "refused: An e-mail address has an @" in checked
    assert not Subscriber.objects.exists()

    boss.post(path, {"do": "bring-in"})
    go_on(Import.objects.get().pk)

    done = boss.get(path).content.decode()
    assert Subscriber.objects.get().subscriptions.get().cadence == "weekly"
    assert "subscribed" in done
    assert 'value="bring-in"' not in done
    assert boss.get(LIST).status_code == 200


def test_the_page_shows_the_progress_and_looks_again_without_a_script(boss: Client) -> None:
    boss.post(ADD, typed(**CONSENT))
    kept = Import.objects.get()
    path = f"{LIST}{kept.pk}/change/"

    reading = boss.get(path)
    while Import.objects.get().state == Import.State.READING:
        deal_with_some(kept.pk)
    running = boss.get(path)
    go_on(kept.pk)
    ended = boss.get(path)

    assert reading.headers["Refresh"] == running.headers["Refresh"] == "3"
    assert b'<progress class="readers__progress" value="0" max="29"' in reading.content
    assert b'<progress class="readers__progress" value="0" max="2"' in running.content
    assert "Refresh" not in ended.headers


def test_looking_changes_nothing(boss: Client) -> None:
    path = bring(boss, **CONSENT)

    boss.get(path)
    boss.head(path)
    boss.post(path, {"do": "nonsense"})

    assert Import.objects.get().state == Import.State.CHECKED


def test_calling_it_off_deletes_the_lines(boss: Client) -> None:
    path = bring(boss)

    boss.post(path, {"do": "call-off"})
    while go_on(Import.objects.get().pk):
        pass

    assert Import.objects.get().state == Import.State.CANCELLED
    assert not ImportLine.objects.exists()
    assert b"Lines are deleted a week after" in boss.get(path).content


@pytest.mark.parametrize(
    ("more", "field", "says"),
    [
        ({"confirm": "on"}, "consented_on", "Say the day, or the column"),
        ({"welcome": "on"}, "welcome", "Only people who have confirmed"),
        (CONSENT | {"consented_on": "2999-01-01"}, "consented_on", "to come"),
        (CONSENT | {"consented_on": "1969-12-31"}, "consented_on", "before 1970"),
        (CONSENT | {"consent_column": "since"}, "file", "no column since"),
        ({"text": "name\nAnn\n"}, "file", "No column is called email"),
        ({"text": " "}, "file", "The file is empty"),
        ({"origin": ""}, "origin", "required"),
    ],
)
def test_what_does_not_go_together_is_told_at_the_field(
    boss: Client, more: dict[str, Any], field: str, says: str
) -> None:
    answer = boss.post(ADD, typed(**more))

    assert answer.status_code == 200
    assert says in str(answer.context["form"].errors[field])
    assert not Import.objects.exists()


def test_a_file_that_is_too_large_is_told_at_the_field(
    boss: Client, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(imports, "MOST_MB", 0)

    answer = boss.post(ADD, typed())

    assert "larger than 0 MB" in str(answer.context["form"].errors["file"])
    assert b"50 MB at most" in boss.get(ADD).content


def test_the_sweep_goes_on_with_what_a_dead_worker_left(boss: Client, committing: Any) -> None:
    boss.post(ADD, typed(**CONSENT))  # The hint is lost: no on_commit hook runs in a test.

    with committing():
        tasks.sweep()

    assert Import.objects.get().state == Import.State.CHECKED


def test_the_report_is_paged_and_narrowed_by_outcome(boss: Client) -> None:
    text = "email\n" + "".join(f"r{number}@example.org\n" for number in range(150)) + "nobody\n"
    path = bring(boss, text=text, **CONSENT)

    first, second = boss.get(path).content, boss.get(f"{path}?page=2").content
    refused = boss.get(f"{path}?outcome=refused").content

    assert b"r99@example.org" in first
    assert b"r100@example.org" not in first
    assert b"r100@example.org" in second
    assert b"nobody" in refused
    assert b"r1@example.org" not in refused


def test_what_stands_in_a_list_is_inert_in_its_report(boss: Client) -> None:
    path = bring(boss, text="email\n<script>alert(1)</script>\n")

    assert b"<script>alert(1)" not in boss.get(path).content


def test_an_import_of_yesterday_is_still_there_to_read(boss: Client) -> None:
    path = bring(boss, **CONSENT)
    Import.objects.update(created_at=timezone.now() - timedelta(days=1))

    tasks.forget()

    assert b"ann@example.org" in boss.get(path).content


def test_a_list_whose_file_was_gone_says_so_and_has_no_buttons(boss: Client) -> None:
    state = Import.State.BROKEN_OFF
    kept = Import.objects.create(name="a.csv", origin="x", state=state, total=4000)

    page = boss.get(f"{LIST}{kept.pk}/change/").content.decode()

    assert "Broken off while it was read" in page
    assert "Its file was gone after 4000 lines" in page
    assert 'name="do"' not in page


def test_whoever_mistypes_is_told_to_choose_the_list_once_more(boss: Client) -> None:
    answer = boss.post(ADD, typed(confirm="on"))

    errors = answer.context["form"].errors
    assert set(errors) == {"consented_on", "file"}
    assert errors["file"] == ["Choose it once more: the browser keeps no chosen file."]
