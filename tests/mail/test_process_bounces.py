"""`manage.py process_bounces`, as a mail server runs it."""

import io
import mailbox
import os
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest
from django.conf import settings
from django.core.management import CommandError, call_command

from newsroom.kit.models import Site
from newsroom.mail.bounces import receiving
from newsroom.mail.bounces.forwarding import AN_HOUR
from newsroom.mail.management.commands import process_bounces
from newsroom.mail.messages import return_path
from newsroom.mail.models import Delivery, Suppression
from tests.mail.notices import bounce, make_sent, reply


class Stdin:
    """Standard input with these bytes in it."""

    def __init__(self, raw: bytes) -> None:
        self.buffer = io.BytesIO(raw)


@pytest.fixture
def pipe(monkeypatch: pytest.MonkeyPatch) -> Any:
    """Run the command with this message on standard input; the exit code."""

    def run(raw: bytes, **options: Any) -> int:
        monkeypatch.setattr(sys, "stdin", Stdin(raw))
        try:
            call_command("process_bounces", **options)
        except CommandError as error:
            return error.returncode
        return os.EX_OK

    return run


@pytest.mark.django_db
def test_a_bounce_from_the_pipe_is_dealt_with(pipe: Any) -> None:
    delivery = make_sent("gone@example.net")

    assert pipe(bounce(delivery)) == os.EX_OK

    assert Suppression.objects.get().reason == Suppression.Reason.HARD_BOUNCE


@pytest.mark.django_db
@pytest.mark.parametrize("how", ["option", "environment"])
def test_the_server_says_to_whom_it_came(
    pipe: Any, settings: Any, monkeypatch: pytest.MonkeyPatch, how: str
) -> None:
    settings.BOUNCE_ADDRESS = "bounces+*@example.org"
    envelope = return_path(make_sent("gone@example.net"))
    text = b"From: MAILER-DAEMON@x.example\nSubject: failure notice\n\n550 5.1.1 unknown user\n"
    if how == "environment":
        monkeypatch.setenv("ORIGINAL_RECIPIENT", envelope)

    pipe(text, **({"recipient": envelope} if how == "option" else {}))

    assert Suppression.objects.exists()


@pytest.mark.django_db
@pytest.mark.parametrize(
    "raw", [b"", b"\0\xff", b"Subject: Out of office\nAuto-Submitted: auto-replied\n\nAway"]
)
def test_what_is_left_alone_on_purpose_is_accepted(pipe: Any, raw: bytes) -> None:
    Site.objects.create(pk=1, contact_email="desk@example.org")

    assert pipe(raw) == os.EX_OK


@pytest.mark.django_db
def test_too_many_answers_stay_with_the_server(pipe: Any) -> None:
    Site.objects.create(pk=1, contact_email="desk@example.org")

    codes = [pipe(reply()) for _ in range(AN_HOUR + 1)]

    assert codes == [os.EX_OK] * AN_HOUR + [os.EX_TEMPFAIL]


@pytest.mark.django_db
def test_an_answer_that_nobody_would_read_goes_back_to_its_writer(pipe: Any) -> None:
    assert pipe(reply()) == os.EX_NOUSER


@pytest.mark.django_db
def test_a_message_too_large_goes_back(pipe: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(process_bounces, "LARGEST", 1000)

    assert pipe(b"x" * 1001) == os.EX_DATAERR


@pytest.mark.django_db
def test_a_fault_of_ours_loses_no_message(pipe: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    def broken(raw: bytes) -> None:
        raise ZeroDivisionError

    monkeypatch.setattr(receiving, "take_apart", broken)

    assert pipe(b"From: a@b.example\n\nx") == os.EX_TEMPFAIL


@pytest.mark.parametrize("url", ["postgres://nobody@127.0.0.1:9/none", "sqlite:////dev/null/none"])
def test_while_the_database_is_away_the_server_keeps_the_message(tmp_path: Path, url: str) -> None:
    kept = {name: value for name, value in os.environ.items() if name in {"PATH", "HOME", "LANG"}}
    text = b"From: MAILER-DAEMON@x\nSubject: failure notice\n\n" + b"a" * 29 + b" unknown user\n"

    result = subprocess.run(
        [sys.executable, "manage.py", "process_bounces"],
        cwd=settings.BASE_DIR,
        env=kept | {"DATA_DIR": str(tmp_path), "DATABASE_URL": url},
        input=text,
        capture_output=True,
        check=False,
    )

    assert result.returncode == os.EX_TEMPFAIL
    assert result.stderr.strip() == b"CommandError: The database is away."


# A Maildir --------------------------------------------------------------------------------


@pytest.mark.django_db
def test_a_maildir_is_emptied_of_what_was_dealt_with(tmp_path: Path) -> None:
    box = mailbox.Maildir(tmp_path / "box")
    deliveries = [make_sent(), make_sent()]
    for delivery in deliveries:
        box.add(bounce(delivery))
    box.add(reply())  # Nobody reads mail here, and no server waits for an answer.

    with pytest.raises(CommandError, match="1 messages are left"):
        call_command("process_bounces", maildir=tmp_path / "box", stderr=io.StringIO())

    assert len(box) == 1
    assert Delivery.objects.filter(state=Delivery.State.BOUNCED).count() == 2


@pytest.mark.django_db
def test_what_another_run_took_meanwhile_is_passed_over(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    box = mailbox.Maildir(tmp_path / "box")
    for _ in range(2):
        box.add(bounce(make_sent()))

    def both(raw: bytes, **more: Any) -> Any:
        monkeypatch.setattr(process_bounces, "receive", receiving.receive)
        call_command("process_bounces", maildir=tmp_path / "box")
        return receiving.receive(raw, **more)

    monkeypatch.setattr(process_bounces, "receive", both)
    call_command("process_bounces", maildir=tmp_path / "box")

    assert len(box) == 0
    assert Delivery.objects.filter(state=Delivery.State.BOUNCED).count() == 2


@pytest.mark.django_db
def test_a_message_of_a_maildir_that_is_too_large_stays(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(process_bounces, "LARGEST", 1000)
    box = mailbox.Maildir(tmp_path / "box")
    box.add(b"From: MAILER-DAEMON@x.example\n\n" + b"x" * 1001)
    said = io.StringIO()

    with pytest.raises(CommandError, match="1 messages are left"):
        call_command("process_bounces", maildir=tmp_path / "box", stderr=said)

    assert "too large" in said.getvalue()
    assert len(box) == 1


@pytest.mark.django_db
def test_a_folder_that_is_no_maildir_is_told(tmp_path: Path) -> None:
    with pytest.raises(CommandError, match="no Maildir") as error:
        call_command("process_bounces", maildir=tmp_path / "none")

    assert error.value.returncode == os.EX_NOINPUT
