"""A copy that was joined is the message that would have been built."""

import re
from email.utils import format_datetime
from typing import Any

import pytest
from django.utils import timezone
from hypothesis import given
from hypothesis import strategies as st

from newsroom.kit.models import Site
from newsroom.mail.addresses import compared_form, mailbox
from newsroom.mail.ledger import add_rendering, promise_mailing, start_mailing
from newsroom.mail.letters import Attachment, Letter
from newsroom.mail.messages import Message, as_sent, build, from_address
from newsroom.mail.models import Address, Delivery
from newsroom.mail.prepared import Prepared, for_smtp, prepare, to_line
from newsroom.mail.sending import send_some
from newsroom.mail.tokens import LENGTH, make_token
from tests.mail.smtp import SmtpServer
from tests.mail.test_connections import use

pytestmark = pytest.mark.django_db
BOUNDARY = re.compile(rb"={15}\d{19}==")
DATE = re.compile(rb"^Date: .*\r\n", re.MULTILINE)
LONG = "A paragraph of a story that goes on for a while, so that lines must break somewhere. " * 30
TEXT = f"A story.\n\n.dot first\n\nLeave:\n%%UNSUBSCRIBE%%\n\nChoose:\n%%PREFERENCES%%\n{LONG}\n"
HTML = (
    f'<html><body style="color: #112233"><p>Ärger &amp; {LONG}</p>\n.<p>.</p>'
    '<a href="%%UNSUBSCRIBE%%">Leave</a> or <a href="%%PREFERENCES%%">choose</a></body></html>'
)
LETTER = Letter("A story — with “signs”", TEXT, HTML, headers={"X-Story": "17"})
RUSSIAN = "Корабль вышел в море и не вернулся. " * 6
ADDRESSES = [
    "a@example.org",
    "Bob.O'Neil+navy@Example.ORG",
    '"a..b"@example.org',
    '"a\\"b"@example.org',
    "reader@bücher.example",
    "reader@xn--bcher-kva.example",
    "reader@straße.example",
    "reader@例え.example",
    "!#$%&'*+-/=?^_`{|}~@example.org",
    f"{'x' * 64}@example.org",
    f"{'a.b' * 20}@{'sub.' * 6}example.org",
    f"{'x' * 64}@{'y' * 63}.{'z' * 61}.{'w' * 57}.org",
    f"{'l' * 62}@longish.example.org",
    f"{'l' * 55}@fits-so.example.org",
    f"{'l' * 56}@fits-so.example.org",
    "a@b.museum",
]


def make_delivery(typed: str, letter: Letter = LETTER, key: str = "article:1") -> Delivery:
    mailing = promise_mailing(key)
    address = Address.objects.create(typed=typed, compared=compared_form(typed))
    return Delivery.objects.create(
        mailing=mailing, rendering=add_rendering(mailing, letter), address=address
    )


def prepared_of(delivery: Delivery) -> Prepared | None:
    return prepare(delivery.rendering.parts, delivery.mailing, Site.current())


def joined(delivery: Delivery) -> bytes:
    prepared = prepared_of(delivery)
    assert prepared is not None
    values = {
        name: make_token(name.replace("_", "-"), delivery).encode()
        for name in ("message_id", "unsubscribe", "preferences")
    }
    values["to"] = to_line(mailbox(delivery.address))
    values["date"] = format_datetime(timezone.now()).encode()
    return prepared.join(values)


def comparable(content: bytes) -> bytes:
    """Without the two lines that differ from one building to the next."""
    assert len(DATE.findall(content)) == 1
    return BOUNDARY.sub(b"(boundary)", DATE.sub(b"", content))


@pytest.mark.parametrize("typed", ADDRESSES)
def test_a_joined_copy_is_what_would_be_built(typed: str) -> None:
    delivery = make_delivery(typed)

    content = joined(delivery)

    assert comparable(content) == comparable(for_smtp(build(delivery, Site.current())))


@pytest.mark.parametrize("shift", range(80))
def test_wherever_the_soft_line_breaks_fall(shift: int) -> None:
    """In quoted-printable they may cut a link at any of its signs."""
    words = f"<p>é{'=' * (shift % 3)}{'x' * shift}%%UNSUBSCRIBE%% {LONG}%%PREFERENCES%%</p>"
    delivery = make_delivery("a@example.org", Letter("S", "é " + words, words))

    content = joined(delivery)

    assert comparable(content) == comparable(for_smtp(build(delivery, Site.current())))


def test_links_are_cut_at_many_of_their_signs() -> None:
    """So that the test before means something."""
    mailing, cuts = promise_mailing("article:1"), set()
    for shift in range(80):
        words = Letter("S", "x", f"<p>é{'x' * shift}%%UNSUBSCRIBE%% {LONG}</p>")
        parts = add_rendering(mailing, words, variant=f"{shift}").parts
        prepared = prepare(parts, mailing, Site.current())
        assert prepared is not None
        cuts |= {begin for _at, name, begin, _end in prepared._holes if name == "unsubscribe"}

    assert len(cuts) > LENGTH / 2


@pytest.mark.parametrize("shift", range(80))
def test_wherever_the_lines_of_base64_end(shift: int) -> None:
    """A link begins at any of three bytes, and a line may end at any of its signs."""
    words = f"<p>{RUSSIAN}{'x' * shift}%%UNSUBSCRIBE%% {RUSSIAN * 3}%%PREFERENCES%%</p>"
    delivery = make_delivery("a@example.org", Letter("S", RUSSIAN + words, words))

    content = joined(delivery)

    assert content.count(b"base64") == 2
    assert comparable(content) == comparable(for_smtp(build(delivery, Site.current())))


@pytest.mark.parametrize("behind", ["", "x", "xx", "я" * 40])
@pytest.mark.parametrize("padding", range(3))
def test_a_link_at_the_very_end_of_base64(behind: str, padding: int) -> None:
    text = f"{RUSSIAN}{'x' * padding}%%UNSUBSCRIBE%%{behind}"
    delivery = make_delivery("a@example.org", Letter("S", text))

    content = joined(delivery)

    assert b"base64" in content
    assert comparable(content) == comparable(for_smtp(build(delivery, Site.current())))


@pytest.mark.parametrize(
    "letter",
    [
        Letter("Plain", "Only text, %%UNSUBSCRIBE%%"),
        Letter("No links", "Text", "<p>Text</p>"),
        Letter("Many", "%%UNSUBSCRIBE%% " * 9, "<p>%%PREFERENCES%%</p>" * 9),
        Letter("File", "Text", "<p>Text</p>", attachments=(Attachment("a.txt", "text/plain", b"x"),)),
        Letter("Shown", "Content-Transfer-Encoding: base64\n\nabcde\nabc=\n\n%%UNSUBSCRIBE%%"),
        Letter("Ä" * 150, "Text\n..\n.\n", "<p>Text</p>"),
        Letter("Корабль " * 30, f"{RUSSIAN}\n.\n%%UNSUBSCRIBE%% %%PREFERENCES%%", "<p>%%PREFERENCES%%</p>"),
        Letter("S", f"{RUSSIAN}%%UNSUBSCRIBE%%", attachments=(Attachment("a", "image/png", b"x" * 99),)),
        Letter("艦隊", "艦隊は港を出た。\n%%UNSUBSCRIBE%%\n" * 20, "<p>艦隊は港を出た。</p>%%UNSUBSCRIBE%%" * 20),
    ],
)  # fmt: skip
def test_letters_of_every_shape_are_joined(letter: Letter) -> None:
    Site.objects.create(pk=1, name="Näme, “Quoted”", contact_email="reader@example.org")
    delivery = make_delivery("a@example.org", letter)

    content = joined(delivery)

    assert comparable(content) == comparable(for_smtp(build(delivery, Site.current())))


@pytest.mark.parametrize(
    "letter",
    [
        Letter("Own head", "Text", headers={"Message-ID": "<mine@example.org>"}),
        Letter("Another reader", "Text", headers={"To": "desk@example.org"}),
    ],
)
def test_what_cannot_be_cut_surely_is_not_cut(letter: Letter) -> None:
    assert prepared_of(make_delivery("a@example.org", letter)) is None


def test_the_names_say_which_values_a_copy_needs() -> None:
    delivery = make_delivery("a@example.org", Letter("S", "Only %%UNSUBSCRIBE%%"))

    prepared = prepared_of(delivery)

    assert prepared is not None
    assert prepared.names == {"to", "message_id", "date", "unsubscribe"}


@given(
    local=st.from_regex(r"[A-Za-z0-9!#$%&'*+/=?^_`{|}~-]{1,20}(\.[A-Za-z0-9_+-]{1,20}){0,2}", fullmatch=True),
    domain=st.from_regex(r"([a-zA-Z0-9]([a-zA-Z0-9-]{0,20}[a-zA-Z0-9])?\.){1,4}[a-z]{2,6}", fullmatch=True),
)  # fmt: skip
def test_the_head_of_the_reader_is_as_the_library_writes_it(local: str, domain: str) -> None:
    address = f"{local}@{domain}"
    message = Message(to=[address], from_email=from_address())

    written = as_sent(message.message())

    assert to_line(address) in written
    assert b"\r\n" + to_line(address) in written


@pytest.mark.parametrize(
    "letter", [LETTER, Letter("Фрегат", "Корабль вышел в море. %%UNSUBSCRIBE%% " * 9)]
)
def test_what_arrives_is_what_would_be_built(settings: Any, letter: Letter) -> None:
    """Under the return path of the message."""
    settings.BOUNCE_ADDRESS = "bounces+*@example.org"
    first = make_delivery("a@example.org", letter)
    make_delivery("reader@bücher.example", letter)
    start_mailing(first.mailing_id)
    with SmtpServer(pipelining=True) as server:
        use(settings, server)
        send_some(first.mailing_id)

    for delivery, content in zip(Delivery.objects.order_by("pk"), server.contents, strict=True):
        built = build(delivery, Site.current())
        assert comparable(content) == comparable(for_smtp(built))
        assert f"MAIL FROM:<{built.return_path}>" in server.heard
    assert "RCPT TO:<reader@xn--bcher-kva.example>" in server.heard
