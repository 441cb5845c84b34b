"""What stops the start, each time with one line."""

import os
import subprocess
import sys
from pathlib import Path

import pytest
from django.conf import settings
from django.test import Client

from newsroom.environment import NEEDED_IN_PUBLIC, outgoing_mailer

PUBLIC = {
    "SITE_URL": "https://www.example.org",
    "SECRET_KEY": "x" * 60,
    "ADDRESS_KEY": "y" * 60,
    "DATABASE_URL": "postgres://newsroom@db.example.org/newsroom",
    "REDIS_URL": "redis://redis.example.org/0",
    "EMAIL_URL": "smtp+tls://user:secret@mail.example.org:587",
}


def start(folder: Path, **variables: str) -> tuple[int, str]:
    """The exit code and what was said on standard error by a start with these variables."""
    kept = {name: value for name, value in os.environ.items() if name in {"PATH", "HOME", "LANG"}}
    result = subprocess.run(
        [sys.executable, "manage.py", "check"],
        cwd=settings.BASE_DIR,
        env=kept | {"DATA_DIR": str(folder)} | variables,
        capture_output=True,
        text=True,
        check=False,
    )
    return result.returncode, result.stderr


def test_a_public_address_with_all_that_it_needs_starts(tmp_path: Path) -> None:
    assert start(tmp_path, **PUBLIC) == (0, "")


@pytest.mark.parametrize("missing", NEEDED_IN_PUBLIC)
def test_a_public_address_without_what_it_needs_stops(tmp_path: Path, missing: str) -> None:
    given = {name: value for name, value in PUBLIC.items() if name != missing}

    code, said = start(tmp_path, **given)

    assert code == 1
    assert said.strip() == (
        f"newsroom: SITE_URL is https://www.example.org, so these must be set too: {missing}."
    )


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("PORT", "abc"),
        ("TIME_ZONE", "Nowhere/Land"),
        ("DEBUG", "perhaps"),
        ("SITE_URL", "www.example.org"),
        ("SITE_URL", "https://www.example.org/news"),
        ("EMAIL_URL", "carrier-pigeon"),
        ("EMAIL_URL", "anymail+pigeon://token"),
        ("EMAIL_URL", "anymail+postmark://"),
        ("EMAIL_URL", "anymail+mailjet://key-without-secret"),
        ("EMAIL_URL", "anymail+postal://key"),
        ("EMAIL_URL", "anymail+postmark://token?colour=blue"),
        ("BOUNCE_ADDRESS", "bounces"),
        ("BOUNCE_ADDRESS", "bounces*@example.org"),
        ("BOUNCE_ADDRESS", "b+*+*@example.org"),
        ("BOUNCE_ADDRESS", f"{'b' * 40}+*@example.org"),
        ("BOUNCE_ADDRESS", "bøunces@example.org"),
        ("MAIL_HOOK_POSTMARK", "no-colon"),
        ("MAIL_HOOK_POSTMARK", "name:short"),
        ("MAIL_HOOK_SCALEWAY", "name:a-long-password"),
        ("MAILING_MAX_AGE", "a day"),
    ],
)
def test_a_value_that_cannot_be_read_stops_with_one_line(
    tmp_path: Path, name: str, value: str
) -> None:
    code, said = start(tmp_path, **{name: value})

    assert code == 1
    assert len(said.strip().splitlines()) == 1
    assert name in said


@pytest.mark.parametrize(
    "url",
    [
        "anymail+postmark://1f2e-3d4c",
        "anymail+postmark://1f2e-3d4c@?message_stream=broadcast",
        "anymail+mailgun://key-1?sender_domain=mg.example.org",
        "anymail+mailjet://key:secret",
    ],
)
def test_a_provider_may_send_all_mail(tmp_path: Path, url: str) -> None:
    given = {
        "BOUNCE_ADDRESS": "bounces+*@example.org",
        "MAIL_HOOK_POSTMARK": "post:a-long-password",
    }

    assert start(tmp_path, **(PUBLIC | given | {"EMAIL_URL": url})) == (0, "")


def test_the_key_of_a_provider_is_read_as_it_was_meant(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("EMAIL_URL", "anymail+postmark://Ab%2Fc%3A1?message_stream=news")

    mailer = outgoing_mailer("EMAIL_URL")

    assert mailer["BACKEND"] == "anymail.backends.postmark.EmailBackend"
    assert mailer["OPTIONS"] == {"server_token": "Ab/c:1", "message_stream": "news"}


def test_a_folder_that_cannot_be_written_stops_with_one_line(tmp_path: Path) -> None:
    (tmp_path / "file").touch()

    code, said = start(tmp_path / "file" / "below")

    assert code == 1
    assert said.startswith("newsroom: DATA_DIR")
    assert len(said.strip().splitlines()) == 1


def test_made_keys_are_kept_and_only_their_owner_reads_them(tmp_path: Path) -> None:
    start(tmp_path)
    first = (tmp_path / "settings.env").read_text()

    start(tmp_path)

    assert (tmp_path / "settings.env").read_text() == first
    assert (tmp_path / "settings.env").stat().st_mode & 0o777 == 0o600


@pytest.mark.django_db
@pytest.mark.parametrize(
    ("address", "headers", "status"),
    [
        ("127.0.0.1", {}, 200),
        ("127.0.0.1", {"X-Forwarded-For": "203.0.113.9"}, 404),
        ("203.0.113.9", {}, 404),
    ],
)
def test_the_outbox_is_for_whoever_sits_at_this_machine(
    address: str, headers: dict[str, str], status: int
) -> None:
    client = Client(REMOTE_ADDR=address, headers=headers)

    assert client.get("/outbox/").status_code == status


@pytest.mark.django_db
def test_with_a_public_address_there_is_no_outbox(client: Client, settings: object) -> None:
    settings.EMBEDDED = False  # type: ignore[attr-defined]  # pytest-django's settings.

    assert client.get("/outbox/").status_code == 404
