"""Lists from elsewhere: who comes in, who stays out, and what the report says."""

import io
from datetime import UTC, date, datetime, timedelta
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import pytest
import time_machine
from django.core.management import CommandError, call_command
from django.db import connection
from django.utils import timezone

from newsroom.mail.models import Address, Mailing, Suppression
from newsroom.mail.services import find_or_make_address, suppress
from subscriptions.models import Event, Import, ImportLine, Subscriber, Subscription
from subscriptions.services import (
    Terms,
    bring_in,
    bringing,
    call_off_import,
    erase,
    forget_files,
    forget_waiting,
    go_on,
    importing,
    keep_list,
    leave,
    unfinished_imports,
)
from subscriptions.services.importing import deal_with_some
from subscriptions.services.judging import Judge
from tests.makers import make_subscriber
from tests.subscriptions.conftest import Outbox

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("private")]
DAY = date(2024, 5, 31)
CONFIRMED = Terms("The letter of before", consented_on=DAY, confirm=True)
State = Subscriber.State


@pytest.fixture
def private(tmp_path: Path, settings: Any) -> None:
    settings.PRIVATE_DIR = tmp_path / "private"


def bring(text: str | bytes, terms: Terms = CONFIRMED) -> Import:
    """Keep the list, check it, bring it in."""
    kept = check(text, terms)
    bring_in(kept.pk)
    while go_on(kept.pk):
        pass
    kept.refresh_from_db()
    return kept


def check(text: str | bytes, terms: Terms = CONFIRMED) -> Import:
    content = text.encode() if isinstance(text, str) else text
    kept = keep_list(io.BytesIO(content), name="list.csv", terms=terms)
    while go_on(kept.pk):
        pass
    kept.refresh_from_db()
    return kept


def outcomes(kept: Import) -> list[str]:
    return list(kept.lines.order_by("number").values_list("outcome", flat=True))


def test_someone_with_a_day_of_consent_is_subscribed_and_the_record_keeps_it() -> None:
    kept = bring("email,name\nAnn@Example.org,Ann\n")

    reader = Subscriber.objects.get()
    assert (reader.state, str(reader)) == (State.CONFIRMED, "Ann@Example.org")
    assert (reader.origin, reader.brought_by) == ("The letter of before", kept)
    assert reader.consent_at == datetime(2024, 5, 31, tzinfo=UTC)
    assert reader.confirmed_at is not None
    assert reader.confirmed_at.date() != DAY  # Nothing published before is owed.
    assert [str(wish) for wish in reader.subscriptions.all()] == ["Every story, at once"]
    assert list(reader.events.order_by("pk").values_list("what", flat=True)) == [
        "imported", "confirmed",
    ]  # fmt: skip


def test_without_a_word_of_consent_they_wait_and_get_no_mail(outbox: Outbox) -> None:
    kept = bring("email\nann@example.org\n", Terms("A conference"))

    reader = Subscriber.objects.get()
    assert outcomes(kept) == ["pending"]
    assert (reader.state, reader.origin, reader.confirmed_at) == (State.PENDING, kept.origin, None)
    assert not reader.subscriptions.exists()
    assert not Mailing.objects.exists()


def test_an_import_mails_nothing_unless_asked(committing: Any, outbox: Outbox) -> None:
    with committing():
        bring("email\nann@example.org\n")

    assert not Mailing.objects.exists()
    assert outbox() == []


def test_a_welcome_goes_to_those_brought_in_and_to_nobody_else() -> None:
    make_subscriber("there@example.org")
    terms = Terms("Before", consented_on=DAY, confirm=True, welcome=True)

    kept = bring("email\nann@example.org\nthere@example.org\n", terms)

    mailing = Mailing.objects.get(key=f"import:{kept.pk}")
    assert mailing.priority == Mailing.Priority.LIST
    assert [str(row.address) for row in mailing.deliveries.all()] == ["ann@example.org"]
    assert "%%UNSUBSCRIBE%%" in mailing.renderings.get().parts["text"]


def test_item_10_whoever_left_stays_out_when_the_same_list_comes_again() -> None:
    bring("email\nann@example.org\nbob@example.org\n")
    leave(Subscriber.objects.get(address__compared="ann@example.org").pk)

    kept = bring("email\nann@example.org\nbob@example.org\n")

    assert outcomes(kept) == ["left", "there"]
    assert Subscriber.objects.get(address__compared="ann@example.org").state == State.LEFT
    assert [(words, count) for _v, words, count in kept.by_outcome] == [
        ("already there", 1), ("left: stays out", 1),
    ]  # fmt: skip


def test_whoever_was_erased_stays_out_though_nobody_knows_the_name_any_more() -> None:
    erase(make_subscriber("ann@example.org"))

    kept = bring("email\nann@example.org\n")

    assert outcomes(kept) == ["left"]
    assert not Address.objects.filter(compared="ann@example.org").exists()


def test_a_stranger_who_asks_for_one_who_left_does_not_open_the_door() -> None:
    reader = make_subscriber("ann@example.org", state="left")
    Subscriber.objects.filter(pk=reader.pk).update(state=State.PENDING)

    assert outcomes(bring("email\nann@example.org\n")) == ["left"]


@pytest.mark.parametrize("reason", ["hard_bounce", "complaint"])
def test_suppression_wins_always(reason: str) -> None:
    suppress(find_or_make_address("Ann@example.org"), reason)

    kept = bring("email\nann@EXAMPLE.org\n")

    assert outcomes(kept) == ["suppressed"]
    assert kept.lines.get().says == str(Suppression.Reason(reason).label)
    assert not Subscriber.objects.exists()


def test_one_who_asked_and_did_not_confirm_is_confirmed_by_the_consent_of_the_list() -> None:
    reader = make_subscriber("ann@example.org", state="pending", consent_from="/subscribe/")

    assert outcomes(bring("email\nann@example.org\n")) == ["made"]

    reader.refresh_from_db()
    assert (reader.state, reader.consent_from) == (State.CONFIRMED, "")
    assert reader.origin == "The letter of before"


def test_a_check_writes_nobody_down_and_says_what_would_happen() -> None:
    make_subscriber("there@example.org")
    before = Address.objects.count()

    kept = check("email\nann@example.org\nthere@example.org\nnobody\nann@example.org\n")

    assert kept.state == Import.State.CHECKED
    assert outcomes(kept) == ["made", "there", "refused", "twice"]
    assert Subscriber.objects.count() == 1
    assert Address.objects.count() == before


def test_the_report_names_the_line_and_the_reason() -> None:
    kept = check('email,note\nann@example.org,"two\nlines"\nJosé@example.org,\n')

    line = kept.lines.get(outcome="refused")
    assert (line.number, line.typed) == (4, "José@example.org")
    assert line.says == "The part before the @ may only have plain Latin letters."


def test_nobody_comes_in_whose_status_is_not_known() -> None:
    kept = bring("email,status\nann@example.org,On holiday\nbob@example.org,active\n")

    assert outcomes(kept) == ["refused", "made"]
    line = kept.lines.get(outcome="refused")
    assert line.typed == "ann@example.org"
    assert line.says == "the status On holiday does not say whether they want mail"
    assert str(Subscriber.objects.get()) == "bob@example.org"


def test_each_person_may_have_a_day_of_their_own() -> None:
    terms = Terms("Before", consented_on=DAY, consent_column="Confirm Time", confirm=True)
    text = (
        "Email Address,CONFIRM_TIME\na@example.org,2019-06-14 19:37:16\nb@example.org,\n"
        "c@example.org,5/3/2024\nd@example.org,2999-01-01\ne@example.org,2023-01-05T11:12:13.000Z\n"
    )

    kept = bring(text, terms)

    assert outcomes(kept) == ["made", "made", "refused", "refused", "made"]
    moments = Subscriber.objects.order_by("pk").values_list("consent_at", flat=True)
    assert [f"{moment:%Y-%m-%d %H:%M}" for moment in moments if moment] == [
        "2019-06-14 19:37", "2024-05-31 00:00", "2023-01-05 11:12",
    ]  # fmt: skip


def test_a_day_that_no_database_keeps_is_refused_and_the_others_come_in(settings: Any) -> None:
    settings.TIME_ZONE = "Europe/Oslo"
    terms = Terms("Before", consented_on=DAY, consent_column="given", confirm=True)
    text = (
        "email,given\na@x.org,0001-01-01\nb@x.org,0001-01-01T00:00:00+02:00\n"
        "c@x.org,1969-12-31\nd@x.org,1970-01-01\n"
    )

    kept = bring(text, terms)

    assert outcomes(kept) == ["refused", "refused", "refused", "made"]
    assert kept.lines.all()[0].says == "The day of consent, 0001-01-01, is before 1970."


def test_without_any_day_nobody_is_confirmed() -> None:
    terms = Terms("Before", consent_column="created_at", confirm=True)

    kept = bring("email,created_at\nann@example.org,\n", terms)

    assert outcomes(kept) == ["refused"]
    assert kept.lines.get().says == "The day of consent is missing."


def test_two_spellings_and_an_international_domain_are_one_person() -> None:
    kept = bring("email\nBob@Bücher.example\nbob@xn--bcher-kva.example\nbob+a@bücher.example\n")

    assert outcomes(kept) == ["made", "twice", "made"]
    assert {str(reader) for reader in Subscriber.objects.all()} == {
        "Bob@Bücher.example", "bob+a@bücher.example",
    }  # fmt: skip


def test_a_name_that_stands_twice_far_apart_is_found(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(importing, "BATCH", 2)

    kept = bring("email\na@example.org\nb@example.org\nc@example.org\nA@example.org\n")

    assert outcomes(kept) == ["made", "made", "made", "twice"]


def test_a_worker_killed_at_any_batch_loses_and_doubles_nothing(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(importing, "BATCH", 3)
    names = [f"r{number}@example.org" for number in range(10)]
    kept = check("email\n" + "\n".join(names))
    bring_in(kept.pk)

    write_down = bringing.write_down

    def killed(*args: Any) -> None:
        write_down(*args)
        raise KeyboardInterrupt

    for _ in range(3):
        monkeypatch.setattr(importing, "write_down", killed)
        with pytest.raises(KeyboardInterrupt):
            deal_with_some(kept.pk)
        monkeypatch.setattr(importing, "write_down", write_down)
        deal_with_some(kept.pk)
    assert unfinished_imports() == [kept.pk]  # What the sweep goes on with.
    while go_on(kept.pk):
        pass

    kept.refresh_from_db()
    assert kept.counts == {"made": 10}
    assert Subscriber.objects.count() == Subscription.objects.count() == 10
    assert Event.objects.filter(what="confirmed").count() == 10


def files() -> list[str]:
    return [path.name for path in importing._file("").iterdir()]


@pytest.mark.parametrize("encoding", ["utf-8-sig", "utf-16"])
def test_a_list_is_kept_as_a_file_and_read_some_lines_at_a_time(
    monkeypatch: pytest.MonkeyPatch, encoding: str
) -> None:
    monkeypatch.setattr(importing, "READ_AT_ONCE", 2)
    text = 'sep=;\r\nemail;note\r\na@x.org;"å\r\nå"\r\n\r\nb@x.org;\r\nc@x.org;\r\nd@x.org;'
    kept = keep_list(io.BytesIO(text.encode(encoding)), name="a.csv", terms=CONFIRMED)
    assert (kept.state, kept.lines.count()) == (Import.State.READING, 0)
    assert importing._file(kept.file).stat().st_mode & 0o077 == 0

    assert deal_with_some(kept.pk)
    kept.refresh_from_db()
    assert (kept.total, kept.done_to) == (2, 6)
    assert 0 < kept.read_to < kept.size
    while go_on(kept.pk):
        pass

    kept.refresh_from_db()
    assert (kept.state, kept.total, kept.read_to) == (Import.State.CHECKED, 4, kept.size)
    found = kept.lines.order_by("number").values_list("number", "typed", "outcome")
    assert list(found) == [
        (3, "a@x.org", "made"), (6, "b@x.org", "made"),
        (7, "c@x.org", "made"), (8, "d@x.org", "made"),
    ]  # fmt: skip


def test_a_reader_killed_at_any_batch_loses_and_doubles_nothing(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(importing, "READ_AT_ONCE", 2)
    content = io.BytesIO(b"email\n" + b"".join(b"r%d@example.org\n" % n for n in range(9)))
    kept = keep_list(content, name="list.csv", terms=CONFIRMED)
    line = importing._line

    def killed(*args: Any) -> ImportLine:
        if line(*args).number in {5, 9}:
            raise KeyboardInterrupt
        return line(*args)

    for _ in range(3):
        monkeypatch.setattr(importing, "_line", killed)
        with pytest.raises(KeyboardInterrupt):
            go_on(kept.pk)
        monkeypatch.setattr(importing, "_line", line)
        deal_with_some(kept.pk)
        if Import.objects.get().total > 7:
            break
    assert unfinished_imports() == [kept.pk]
    while go_on(kept.pk):
        pass

    assert outcomes(kept) == ["made"] * 9


def test_the_file_of_a_list_is_deleted_once_it_is_read_or_called_off(committing: Any) -> None:
    with committing():
        check("email\nann@example.org\n")
    assert files() == []
    kept = keep_list(io.BytesIO(b"email\nann@example.org\n"), name="a.csv", terms=CONFIRMED)
    assert files() == [kept.file]

    call_off_import(kept.pk)
    assert unfinished_imports() == [kept.pk]
    assert not go_on(kept.pk)

    assert files() == []
    assert unfinished_imports() == []


def test_a_list_whose_file_is_gone_is_not_taken_for_a_whole_one(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(importing, "READ_AT_ONCE", 2)
    content = io.BytesIO(b"email\n" + b"".join(b"r%d@example.org\n" % n for n in range(9)))
    kept = keep_list(content, name="list.csv", terms=CONFIRMED)
    deal_with_some(kept.pk)
    importing._file(kept.file).unlink()

    while go_on(kept.pk):
        pass

    kept.refresh_from_db()
    assert (kept.state, kept.total) == (Import.State.BROKEN_OFF, 2)
    assert not ImportLine.objects.exists()
    assert not bring_in(kept.pk)
    assert not call_off_import(kept.pk)


def test_a_file_that_no_list_names_is_deleted_after_an_hour() -> None:
    kept = keep_list(io.BytesIO(b"email\nann@example.org\n"), name="a.csv", terms=CONFIRMED)
    importing._file("left.csv").write_bytes(b"email\n")

    assert forget_files() == 0  # Somebody may be about to name it.
    with time_machine.travel(timezone.now() + timedelta(hours=2)):
        assert forget_files() == 1

    assert files() == [kept.file]


def test_each_batch_is_followed_by_a_rest_where_one_writes_at_a_time(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    clock, rests = iter(range(1000)), list[float]()
    fake = SimpleNamespace(monotonic=lambda: float(next(clock)), sleep=rests.append)
    monkeypatch.setattr("subscriptions.services.importing.time", fake)
    monkeypatch.setattr(importing, "BATCH", 2)

    kept = check("email\na@example.org\nb@example.org\nc@example.org\n")

    assert kept.state == Import.State.CHECKED
    assert rests == ([1.0] * 5 if connection.vendor == "sqlite" else [])


@pytest.mark.django_db(transaction=True)
def test_a_check_keeps_nobody_waiting_while_it_judges(monkeypatch: pytest.MonkeyPatch) -> None:
    judged = list[bool]()
    decide = Judge.decide

    def noted(judge: Judge) -> None:
        judged.append(connection.in_atomic_block)
        decide(judge)

    monkeypatch.setattr(Judge, "decide", noted)

    bring("email\nann@example.org\n")

    assert judged == [False, True]  # Whoever left a moment ago must stay out.


def test_of_two_workers_at_the_same_lines_one_deals_with_them(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    kept = keep_list(io.BytesIO(b"email\nann@example.org\n"), name="a.csv", terms=CONFIRMED)
    while Import.objects.get().state == Import.State.READING:
        deal_with_some(kept.pk)
    write, others = importing._write_some, list[bool]()

    def late(seen: Import, lines: list[ImportLine]) -> bool:
        monkeypatch.setattr(importing, "_write_some", write)
        others.append(deal_with_some(kept.pk))
        return write(seen, lines)

    monkeypatch.setattr(importing, "_write_some", late)

    assert deal_with_some(kept.pk)
    assert others == [True]
    kept.refresh_from_db()
    assert kept.counts == {"made": 1}


def test_running_twice_changes_nothing() -> None:
    kept = bring("email\nann@example.org\n")

    assert not go_on(kept.pk)
    assert not bring_in(kept.pk)

    kept.refresh_from_db()
    assert (kept.counts, kept.state) == ({"made": 1}, Import.State.DONE)


def test_whoever_signs_up_between_the_check_and_the_import_is_left_as_they_are() -> None:
    kept = check("email\nann@example.org\n")
    reader = make_subscriber("ann@example.org", wishes={"all": "weekly"})

    bring_in(kept.pk)
    go_on(kept.pk)

    assert outcomes(kept) == ["there"]
    reader.refresh_from_db()
    assert (reader.origin, reader.subscriptions.get().cadence) == ("", "weekly")


def test_what_is_called_off_goes_no_further_and_forgets_its_lines() -> None:
    kept = check("email\nann@example.org\n")

    assert call_off_import(kept.pk)
    assert not bring_in(kept.pk)
    assert unfinished_imports() == [kept.pk]
    while go_on(kept.pk):
        pass

    assert unfinished_imports() == []
    assert not Subscriber.objects.exists()
    assert not ImportLine.objects.exists()


def test_the_lines_are_forgotten_after_a_week_and_the_counts_stay() -> None:
    done = bring("email\nann@example.org\nnobody\n")
    waiting = check("email\nbob@example.org\n")

    with time_machine.travel(datetime(2099, 1, 1, tzinfo=UTC)):
        assert forget_waiting() == 1
        assert forget_waiting() == 0
        assert unfinished_imports() == [done.pk, waiting.pk]
        for pk in (done.pk, waiting.pk):
            while go_on(pk):
                pass
        assert unfinished_imports() == []

    done.refresh_from_db()
    waiting.refresh_from_db()
    assert done.counts == {"made": 1, "refused": 1}
    assert waiting.state == Import.State.CANCELLED
    assert not ImportLine.objects.exists()


def test_a_batch_takes_few_statements_however_many_lines_it_has(
    django_assert_max_num_queries: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    kept = check("email\n" + "\n".join(f"r{number}@example.org" for number in range(400)))
    bring_in(kept.pk)

    monkeypatch.setattr(importing, "BATCH", 500)

    with django_assert_max_num_queries(20):
        deal_with_some(kept.pk)

    assert Subscriber.objects.count() == 400


def test_the_command_imports_and_its_report_is_by_line(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    suppress(find_or_make_address("gone@example.org"), "hard_bounce")
    file = tmp_path / "list.csv"
    file.write_text("email\nann@example.org\ngone@example.org\nnobody\n")

    call_command(
        "import_subscribers", str(file), origin="Before", consented_on="2024-05-31", confirm=True
    )

    said = capsys.readouterr()
    assert "line 3: gone@example.org: suppressed: stays out: mail comes back" in said.out
    assert "line 4: nobody: refused: An e-mail address has an @" in said.out
    assert "1 subscribed" in said.out
    assert "[##############################] 3 of 3 importing" in said.err
    assert Subscriber.objects.get().state == State.CONFIRMED
    assert not ImportLine.objects.exists()


def test_a_dry_run_of_the_command_writes_nothing(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    file = tmp_path / "list.csv"
    file.write_text("email\nann@example.org\n")

    call_command("import_subscribers", str(file), origin="Before", dry_run=True, verbosity=2)

    assert "line 2: ann@example.org: written down, not confirmed" in capsys.readouterr().out
    assert not Subscriber.objects.exists()
    assert not Address.objects.exists()
    assert Import.objects.get().state == Import.State.CANCELLED


@pytest.mark.parametrize(
    ("options", "says"),
    [
        ({"confirm": True}, "--confirm needs --consented-on"),
        ({"welcome": True}, "--welcome needs --confirm"),
        ({"confirm": True, "consented_on": "2999-01-01"}, "a day to come"),
        ({"confirm": True, "consented_on": "0001-01-01"}, "a day before 1970"),
        ({"confirm": True, "consented_on": "2024-02-31"}, "no day of the calendar"),
        ({"confirm": True, "consented_on": "since"}, "has no column since; it has: email"),
    ],
)
def test_the_command_says_what_does_not_go_together(
    tmp_path: Path, options: dict[str, Any], says: str
) -> None:
    file = tmp_path / "list.csv"
    file.write_text("email\nann@example.org\n")

    with pytest.raises(CommandError, match=says):
        call_command("import_subscribers", str(file), origin="Before", **options)

    assert not Import.objects.exists()


def test_a_file_that_is_not_there_is_told_plainly(tmp_path: Path) -> None:
    with pytest.raises(CommandError, match="No such file"):
        call_command("import_subscribers", str(tmp_path / "no.csv"), origin="Before")
