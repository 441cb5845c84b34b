"""A message sent before a person's eyes, and what the DNS says of the sender's domain."""

from io import StringIO
from pathlib import Path
from typing import Any

import pytest
from django.core.management import CommandError, call_command

from newsroom.mail.domain import DomainRecords, Finding, Verdict
from tests.mail.names import NameServer
from tests.mail.smtp import SmtpServer

pytestmark = pytest.mark.django_db

SPF, DMARC = "v=spf1 mx -all", "v=DMARC1; p=reject; rua=mailto:reports@example.org"
KEY = "v=DKIM1; k=rsa; p=MIIB"
WHOLE = {
    "example.org": ["google-site-verification=1", SPF],
    "s1._domainkey.example.org": [KEY],
    "_dmarc.example.org": [DMARC],
}


@pytest.fixture(autouse=True)
def from_example(settings: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("newsroom.mail.domain.PATIENCE", 0.5)
    settings.DEFAULT_FROM_EMAIL = "news@example.org"


def use_smtp(settings: Any, server: SmtpServer, **options: Any) -> None:
    backend = "django.core.mail.backends.smtp.EmailBackend"
    usual = {"host": "127.0.0.1", "port": server.port, "timeout": 5}
    outgoing = {"BACKEND": backend, "OPTIONS": usual | options}
    settings.MAILERS = settings.MAILERS | {"outgoing": outgoing}


def said(*words: str, texts: dict[str, list[str]] | None = None, broken: bool = False) -> str:
    """What the command printed; a CommandError is its last line."""
    out = StringIO()
    with NameServer(WHOLE if texts is None else texts, broken=broken) as names:
        where = ":".join(map(str, names.address))
        try:
            call_command("send_test_mail", *words, "--dns", where, stdout=out)
        except CommandError as error:
            out.write(str(error))
    return out.getvalue()


def test_each_step_is_shown(settings: Any) -> None:
    with SmtpServer() as server:
        use_smtp(settings, server)

        text = said("you@example.net", "--selector", "s1")

    steps = ["< 220", "> ehlo", "> mail from:<news@example.org>", "> rcpt to:<you@example.net>"]
    places = [text.index(step) for step in [*steps, "> data", "< 354", "was accepted"]]
    assert places == sorted(places)
    assert server.taken == ["you@example.net"]
    assert "MISSING" not in text


def test_a_domain_with_other_letters_is_spoken_as_mail_speaks_it(settings: Any) -> None:
    with SmtpServer() as server:
        use_smtp(settings, server)

        text = said("bob@bücher.example")

    assert "> rcpt to:<bob@xn--bcher-kva.example>" in text
    assert "was accepted" in text


def test_a_refusal_is_shown_in_the_servers_words(settings: Any) -> None:
    with SmtpServer({"RCPT": "550 5.1.1 nobody of that name"}) as server:
        use_smtp(settings, server)

        text = said("you@example.net")

    assert "< 550 5.1.1 nobody of that name" in text
    assert text.endswith("The message was not accepted; the last lines above say why.")


def test_a_server_that_is_away_is_said(settings: Any) -> None:
    with SmtpServer() as server:
        use_smtp(settings, server)

    text = said("you@example.net")

    assert "! [Errno" in text
    assert "was not accepted" in text


def test_the_envelope_is_the_one_that_bounces_come_back_to(settings: Any) -> None:
    settings.BOUNCE_ADDRESS = "bounces+*@example.org"
    with SmtpServer() as server:
        use_smtp(settings, server)

        text = said("you@example.net")

    assert "> mail from:<bounces+test@example.org>" in text


def test_a_provider_that_is_away_is_said(settings: Any) -> None:
    options = {"server_token": "x", "api_url": "http://127.0.0.1:9/"}
    outgoing = {"BACKEND": "anymail.backends.postmark.EmailBackend", "OPTIONS": options}
    settings.MAILERS = settings.MAILERS | {"outgoing": outgoing}

    text = said("you@example.net")

    assert "Sending by Postmark" in text
    assert "! Error posting to" in text
    assert "was not accepted" in text


def test_a_password_is_never_shown(settings: Any) -> None:
    with SmtpServer({"EHLO": "250-test\r\n250 AUTH PLAIN", "AUTH": "235 ok"}) as server:
        use_smtp(settings, server, username="press", password="hunter2")

        text = said("you@example.net")

    assert "> AUTH ..." in text
    assert "hunter2" not in text
    assert "aHVudGVyMg" not in text
    assert "AHByZXNzAGh1bnRlcjI=" not in text


def test_a_password_is_never_shown_when_the_server_asks_for_it_by_itself(settings: Any) -> None:
    asks = ["334 VXNlcm5hbWU6", "334 UGFzc3dvcmQ6", "235 ok"]
    replies: dict[str, str | list[str]] = {
        "EHLO": "250-test\r\n250 AUTH LOGIN",
        "AUTH": asks[1],
        "aHVudGVyMg==": asks[2],
    }
    with SmtpServer(replies) as server:
        use_smtp(settings, server, username="press", password="hunter2")

        text = said("you@example.net")

    assert "aHVudGVyMg==" in server.heard
    assert "aHVudGVyMg" not in text
    assert "was accepted" in text


def test_the_outbox_keeps_it_where_no_sender_is_named(settings: Any, tmp_path: Path) -> None:
    mailer = {"BACKEND": "newsroom.mail.outbox.OutboxMailer", "OPTIONS": {"folder": tmp_path}}
    settings.MAILERS = settings.MAILERS | {"outgoing": mailer}

    text = said("you@example.net")

    assert "Sending by OutboxMailer" in text
    (letter,) = tmp_path.glob("*.eml")
    assert b"To: you@example.net" in letter.read_bytes()


@pytest.mark.parametrize("words", [("nobody",), ("you@example.net", "--dns", "nowhere")])
def test_what_makes_no_sense_is_refused(words: tuple[str, ...]) -> None:
    with pytest.raises(CommandError):
        call_command("send_test_mail", *words)


# The domain --------------------------------------------------------------------------------


def findings(
    texts: dict[str, list[str]], selector: str = "s1", *, broken: bool = False
) -> list[Finding]:
    with NameServer(texts, broken=broken) as names:
        return DomainRecords("example.org", server=names.address).findings(selector)


def test_what_is_there_is_good() -> None:
    assert {finding.verdict for finding in findings(WHOLE)} == {Verdict.GOOD}


def test_what_is_missing_is_named() -> None:
    spf, dkim, dmarc = findings({"example.org": ["something else"]})

    assert {spf.verdict, dkim.verdict, dmarc.verdict} == {Verdict.WRONG}
    assert "s1._domainkey.example.org" in dkim.sentence
    assert "_dmarc.example.org" in dmarc.sentence


@pytest.mark.parametrize(
    ("name", "texts", "words"),
    [
        ("example.org", [SPF, "v=spf1 a -all"], "only one may be"),
        ("example.org", ["v=spf1 +all"], "anybody may send"),
        ("s1._domainkey.example.org", ["v=DKIM1; p="], "was revoked"),
        ("_dmarc.example.org", ["v=DMARC1; rua=mailto:a@example.org"], "no policy"),
    ],
)
def test_what_is_wrong_is_said(name: str, texts: list[str], words: str) -> None:
    wrong = [
        finding for finding in findings(WHOLE | {name: texts}) if finding.verdict == Verdict.WRONG
    ]

    assert len(wrong) == 1
    assert words in wrong[0].sentence


def dmarc_of(domain: str, texts: dict[str, list[str]]) -> Finding:
    with NameServer(texts) as names:
        return DomainRecords(domain, server=names.address).dmarc()


def test_a_domain_below_has_the_dmarc_record_of_the_organisation() -> None:
    finding = dmarc_of("news.example.org", WHOLE)

    assert finding.verdict == Verdict.GOOD
    assert finding.sentence == f"By the record of example.org: {DMARC}"


def test_a_record_of_its_own_comes_before_that_of_the_organisation() -> None:
    own = "v=DMARC1; p=none"

    assert dmarc_of("news.example.org", WHOLE | {"_dmarc.news.example.org": [own]}).sentence == own


def test_of_the_organisations_record_the_policy_for_domains_below_holds() -> None:
    texts = {"_dmarc.example.org": ["v=DMARC1; p=reject; sp=nothing"]}

    assert dmarc_of("example.org", texts).verdict == Verdict.GOOD
    assert dmarc_of("news.example.org", texts).verdict == Verdict.WRONG


def test_a_top_level_domain_is_no_organisation() -> None:
    finding = dmarc_of("news.example.org", {"_dmarc.org": [DMARC]})

    assert finding.verdict == Verdict.WRONG
    assert "_dmarc.news.example.org" in finding.sentence


def test_without_a_selector_dkim_is_not_judged() -> None:
    assert findings(WHOLE, selector="")[1].verdict == Verdict.UNKNOWN


def test_a_dns_that_does_not_answer_says_nothing_about_the_domain() -> None:
    for finding in findings({}, broken=True):
        assert finding.verdict == Verdict.UNKNOWN
        assert "did not answer" in finding.sentence


def test_the_command_says_that_the_dns_did_not_answer(settings: Any) -> None:
    with SmtpServer() as server:
        use_smtp(settings, server)

        text = said("you@example.net", texts={}, broken=True)

    assert "not known: The DNS did not answer for example.org" in text
