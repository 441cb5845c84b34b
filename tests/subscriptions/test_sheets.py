"""Lists as other programs export them, and cells that no spreadsheet takes for a formula."""

import csv
import io
import tracemalloc
from pathlib import Path

import pytest
from django.core.management import call_command
from hypothesis import given
from hypothesis import strategies as st

from subscriptions.models import Subscriber
from subscriptions.services import Terms, keep_list
from subscriptions.services.exporting import export_lines
from subscriptions.sheets import SheetError, as_meant, harmless, read_rows
from tests.makers import make_subscriber

MAILCHIMP = (
    '"Email Address","First Name","Last Name","Tags","OPTIN_TIME","CONFIRM_TIME","NOTES"\r\n'
    '"ann@example.org","Ann","Ås","""navy"",""air""","2019-06-14 19:37:16",'
    '"2019-06-14 19:38:00","two\r\nlines"\r\n'
)
GHOST = (
    "id,email,name,note,subscribed_to_emails,complimentary_plan,created_at,deleted_at,labels\n"
    "5f,ann@example.org,Ann,,true,false,2023-01-05T11:12:13.000Z,,\n"
    "60,bob@example.org,Bob,,false,false,2023-01-05T11:12:13.000Z,,\n"
    "61,cid@example.org,Cid,,true,false,2023-01-05T11:12:13.000Z,2024-01-01T00:00:00.000Z,\n"
)
JETPACK = (
    "Name,Email,Subscribed at,Subscription status\n"
    "Ann,ann@example.org,2022-03-01,Subscribed\n"
    "Bob,bob@example.org,2022-03-01,Not confirmed\n"
    "Cid,cid@example.org,2022-03-01,Not subscribed\n"
    "Dan,dan@example.org,2022-03-01,Not sending\n"
)
CLEANED = (
    "Email Address,First Name,OPTIN_TIME,CLEAN_TIME,CLEAN_CAMPAIGN_TITLE\n"
    "ann@example.org,Ann,2019-06-14 19:37:16,,\n"
    "bob@example.org,Bob,2019-06-14 19:37:16,2020-01-01 10:00:00,News\n"
)
GERMAN = (
    "Vorname;E-Mail-Adresse;Status;Bestätigt\n"
    "Ann;ann@example.org;Abonniert;WAHR\n"
    "Bob;bob@example.org;Nicht bestätigt;\n"
    "Cid;cid@example.org;Abgemeldet;\n"
    "Dan;dan@example.org;Abonniert;FALSCH\n"
)
FRENCH = (
    "Prénom;Adresse e-mail;Statut de l’abonnement\n"
    "Ann;ann@example.org;Abonné\n"
    "Bob;bob@example.org;En attente\n"
    "Cid;cid@example.org;Désabonné\n"
)
SPANISH = (
    "Nombre,Correo electrónico,Estado\n"
    "Ann,ann@example.org,Suscrito\n"
    "Bob,bob@example.org,Sin confirmar\n"
    "Cid,cid@example.org,Dado de baja\n"
)
LISTMONK = (
    "uuid,email,name,attributes,status,created_at,updated_at\n"
    '1a,ann@example.org,Ann,"{""city"": ""Oslo""}",enabled,2024-05-01,2024-05-02\n'
    "1b,bob@example.org,Bob,{},blocklisted,2024-05-01,2024-05-02\n"
)
SUBSTACK = (
    "email,active_subscription,expiry,plan,email_disabled,created_at\n"
    "ann@example.org,false,,free,false,2024-05-01T00:00:00.000Z\n"
    "bob@example.org,false,,free,true,2024-05-01T00:00:00.000Z\n"
)
NEWSLETTER = (
    '"Email";"Name";"Surname";"Gender";"Status";"Date"\n'
    '"ann@example.org";"Ann";"Å";"f";"C";"2021-03-01 10:00:00"\n'
    '"bob@example.org";"Bob";"B";"m";"S";"2021-03-01 10:00:00"\n'
    '"cid@example.org";"Cid";"C";"m";"U";"2021-03-01 10:00:00"\n'
    '"dan@example.org";"Dan";"D";"m";"B";"2021-03-01 10:00:00"\n'
    '"eve@example.org";"Eve";"E";"f";"P";"2021-03-01 10:00:00"\n'
)
MAILPOET = (
    "Email,First name,List status,Global status\n"
    "ann@example.org,Ann,Subscribed,Subscribed\n"
    "bob@example.org,Bob,Subscribed,Unconfirmed\n"
    "cid@example.org,Cid,Unsubscribed,Subscribed\n"
    "dan@example.org,Dan,Subscribed,Inactive\n"
    "eve@example.org,Eve,Subscribed,Bounced\n"
)


def read(content: str | bytes) -> list[tuple[int, str, str]]:
    """Number, address and standing of each line."""
    data = content.encode() if isinstance(content, str) else content
    return [(row.number, row.email, row.standing) for row in read_rows(io.BytesIO(data))]


@pytest.mark.parametrize(
    ("text", "standings"),
    [
        (MAILCHIMP, [""]),
        (GHOST, ["", "left", "left"]),
        (JETPACK, ["", "unconfirmed", "left", "left"]),
        (LISTMONK, ["", "left"]),
        (SUBSTACK, ["", "left"]),
        (NEWSLETTER, ["", "unconfirmed", "left", "left", "left"]),
        (MAILPOET, ["", "unconfirmed", "left", "left", "left"]),
        (CLEANED, ["", "left"]),
        (GERMAN, ["", "unconfirmed", "left", "unconfirmed"]),
        (FRENCH, ["", "unconfirmed", "left"]),
        (SPANISH, ["", "unconfirmed", "left"]),
    ],
    ids=[
        "Mailchimp",
        "Ghost",
        "Jetpack",
        "listmonk",
        "Substack",
        "Newsletter",
        "MailPoet",
        "Mailchimp cleaned",
        "German",
        "French",
        "Spanish",
    ],
)
def test_the_columns_of_known_programs_are_found(text: str, standings: list[str]) -> None:
    rows = read(text)

    assert rows[0][:2] == (2, "ann@example.org")
    assert [standing for _number, _email, standing in rows] == standings
    assert not any(row.problem for row in read_rows(io.BytesIO(text.encode())))


@pytest.mark.parametrize("status", ["-1", "2", "On holiday", "\u2717", "\0"])
def test_a_status_that_nobody_knows_is_a_problem_and_no_wish_for_mail(status: str) -> None:
    text = f"email,status,list status\na@x.org,{status},\nb@x.org,{status},bounced\nc@x.org,,\n"

    (ann, bob, cid) = read_rows(io.BytesIO(text.encode()))

    assert ann.email == "a@x.org"
    assert ann.problem.startswith("the status ")
    assert (bob.standing, bob.problem) == ("left", "")
    assert (cid.standing, cid.problem) == ("", "")


def test_the_state_that_somebody_lives_in_is_no_status() -> None:
    (row,) = read_rows(io.BytesIO(b"email,city,state\na@x.org,Fresno,California\n"))

    assert (row.standing, row.problem) == ("", "")


@pytest.mark.parametrize(
    "name",
    [
        "E-Mail", "EMAIL ADDRESS", "email_address", "Subscriber Email", "E-Mail-Adresse",
        "Email-Adresse", "Mailadresse", "Adresse e-mail", "Adresse email", "Courriel",
        "Adresse électronique", "Adresse de courriel", "Correo electrónico",
        "Dirección de correo electrónico", "Dirección de email", "Correo electro\u0301nico",
    ],
)  # fmt: skip
def test_the_column_of_addresses_is_found_in_four_languages(name: str) -> None:
    assert read(f"Nr,{name}\n1,ann@example.org\n") == [(2, "ann@example.org", "")]


@pytest.mark.parametrize(
    "content",
    [
        "email,name\nann@example.org,Åse\n".encode("utf-8-sig"),
        "email;name\nann@example.org;Åse\n".encode("cp1252"),
        "email\tname\nann@example.org\tÅse\n".encode("utf-16"),
        "sep=;\r\nemail;name\r\nann@example.org;Åse\r\n".encode(),
        b'"e-mail"|"name, in full"\nann@example.org|\xc3\x85se\n',
        b"E-Mail\rann@example.org\r",
        b"ann@example.org\n",
        b"\n".join([b"name,EMAIL ADDRESS", b"", b" , ", b"Ann, ann@example.org "]),
    ],
)
def test_marks_separators_and_encodings(content: bytes) -> None:
    assert [email for _number, email, _standing in read(content)] == ["ann@example.org"]


def test_only_a_line_end_ends_a_line() -> None:
    text = "email,note\nann@example.org,a\u2028b\x85c\x0bd\x1ce\nbob@example.org,\n"

    assert [row[:2] for row in read(text)] == [(2, "ann@example.org"), (3, "bob@example.org")]


def test_the_number_is_that_of_the_line_in_the_file() -> None:
    text = 'email,note\na@example.org,"one\ntwo\nthree"\nb@example.org,\n\nc@example.org,x\n'

    assert [row[:2] for row in read(text)] == [
        (2, "a@example.org"), (5, "b@example.org"), (7, "c@example.org"),
    ]  # fmt: skip
    assert read("sep=,\nemail\na@example.org\n")[0][0] == 3


@pytest.mark.parametrize(
    ("content", "says"),
    [
        (b"", "The file is empty"),
        (b" \n\n", "The file is empty"),
        (b"name,phone\nAnn,1\n", "No column is called email.*name, phone"),
        (b"\x89PNG\r\n\x1a\n\0\0", "No column is called email"),
        (b"PK\x03\x04workbook", "No column is called email"),
    ],
)
def test_what_is_no_list_is_told_plainly(content: bytes, says: str) -> None:
    with pytest.raises(SheetError, match=says):
        read(content)


def test_a_quotation_mark_that_is_never_closed_is_told_by_its_line() -> None:
    text = 'email,note\na@example.org,\nb@example.org,"' + "x,\n" * 60_000
    rows = list(read_rows(io.BytesIO(text.encode())))

    assert rows[0].email == "a@example.org"
    assert rows[1].number == 3
    assert "never closed" in rows[1].problem
    assert rows[1].problem.startswith("lines 3 to 43693 cannot be read")
    assert [row.number for row in rows[2:4]] == [43694, 43695]


@pytest.mark.parametrize(
    ("lines", "first", "last"),
    [
        (['b@x.org,"Bob', "c@x.org,Cid", 'd@x.org,"Dan"'], 3, 5),
        (['b@x.org,"Bob', "c@x.org,Cid", 'd@x.org,Dan"'], 3, 5),
        (['"b@x.org","Bob', '"c@x.org","Cid"'], 3, 4),
        (['"b@x.org,Bob', 'c@x.org,"Cid"'], 3, 4),
        (['b@x.org,"Bob', "c@x.org,Cid"], 3, 4),  # To the end of the file.
    ],
)
def test_a_stray_quotation_mark_swallows_nobody_without_a_word(
    lines: list[str], first: int, last: int
) -> None:
    after = [] if lines[-1] == "c@x.org,Cid" else ["e@x.org,Eve", ""]
    text = "\n".join(["email,name", "a@x.org,Ann", *lines, *after])

    rows = list(read_rows(io.BytesIO(text.encode())))

    assert [row.email for row in rows] == ["a@x.org", "", *(["e@x.org"] if after else [])]
    assert rows[1].problem.startswith(f"lines {first} to {last} would be one person")


def test_a_stray_quotation_mark_after_the_address_is_told_too() -> None:
    text = 'name,email\n"Ann","a@x.org\n"Bob","b@x.org"\nCid,c@x.org\n'

    (told, cid) = read_rows(io.BytesIO(text.encode()))

    assert told.problem.startswith("lines 2 to 3 would be one person")
    assert cid.email == "c@x.org"


def test_a_stray_quotation_mark_in_the_head_leaves_no_list() -> None:
    with pytest.raises(SheetError, match="lines 1 to 3 would be one person"):
        read('email,"name\na@x.org,Ann\nb@x.org,"Bob"\nc@x.org,Cid\n')

    assert read('"email\n","first\nname"\na@x.org,Ann\n') == [(4, "a@x.org", "")]


@given(st.binary(max_size=400))
def test_no_file_breaks_the_reader(content: bytes) -> None:
    try:
        rows = list(read_rows(io.BytesIO(b"email,name\n" + content)))
    except SheetError:
        return
    assert all(row.number >= 2 for row in rows)


@given(st.text(max_size=20) | st.from_regex(r"'{0,3}[=+\-@\t]x?", fullmatch=True))
def test_a_harmless_cell_begins_no_formula_and_means_what_it_meant(cell: str) -> None:
    made = harmless(cell)

    assert not made.startswith(("=", "+", "-", "@", "\t", "\r", "\n", "＝", "＋", "－", "＠"))
    assert as_meant(made) == cell


@pytest.mark.django_db
def test_the_export_holds_everyone_and_nothing_that_runs() -> None:
    make_subscriber("+bob@example.org", origin='=HYPERLINK("http://x.example")')
    make_subscriber("ann@example.org", state="left", wishes={"all": "weekly"})

    rows = list(csv.DictReader(io.StringIO("".join(export_lines()))))

    assert [row["email"] for row in rows] == ["'+bob@example.org", "ann@example.org"]
    assert rows[0]["origin"] == '\'=HYPERLINK("http://x.example")'
    assert (rows[1]["state"], rows[1]["wishes"]) == ("left", "Every story, weekly")


@pytest.mark.django_db
def test_an_export_comes_back_in_with_its_states() -> None:
    make_subscriber("+bob@example.org")
    make_subscriber("ann@example.org", state="left")
    make_subscriber("cid@example.org", state="pending")

    rows = read("".join(export_lines()))

    assert [row[1:] for row in rows] == [
        ("+bob@example.org", ""), ("ann@example.org", "left"), ("cid@example.org", "unconfirmed"),
    ]  # fmt: skip


@pytest.mark.django_db
def test_the_export_command_writes_a_file_that_only_its_owner_reads(tmp_path: Path) -> None:
    make_subscriber("ann@example.org")
    file = tmp_path / "out.csv"

    call_command("export_subscribers", str(file))

    assert file.stat().st_mode & 0o077 == 0
    assert "ann@example.org" in file.read_text()


@pytest.mark.django_db
def test_a_long_list_is_kept_and_exported_in_bounded_memory() -> None:
    """Ten times as many lines may not take twice the memory."""
    peaks = []
    for count in (2_000, 20_000):
        text = "email\n" + "".join(f"r{number}@example.org\n" for number in range(count))
        file = io.BytesIO(text.encode())
        tracemalloc.start()
        keep_list(file, name="long.csv", terms=Terms("Before"))
        peaks.append(tracemalloc.get_traced_memory()[1])
        tracemalloc.stop()

    assert peaks[1] < 2 * peaks[0]
    assert not Subscriber.objects.exists()
