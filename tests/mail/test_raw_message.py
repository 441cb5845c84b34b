"""The bytes of a story as mailed, read like the servers and programs on its way."""

import email
import re
from email import policy
from email.message import EmailMessage
from pathlib import Path
from typing import Any

import pytest
from django.core.mail import EmailMessage as Written

from newsroom.kit.models import Site
from newsroom.mail.addresses import find_or_make_address
from newsroom.mail.mailer import PostRoomMailer
from newsroom.mail.messages import as_sent, build
from newsroom.mail.models import Delivery
from newsroom.mail.services import AddressError
from tests.conftest import Committing
from tests.mail.notices import make_sent
from tests.makers import make_article, make_photo, make_subscriber

pytestmark = pytest.mark.django_db
CLIPPED = 102 * 1024  # Bytes of HTML that Gmail shows.


@pytest.fixture
def site() -> Site:
    return Site.objects.create(
        pk=1, name="The Dispatch", postal_address="1 Quay Street", contact_email="desk@example.org"
    )


@pytest.fixture
def raw(site: Site, tmp_path: Path, settings: Any, committing: Committing) -> bytes:
    """One story of a public site, as it leaves."""
    settings.SITE_URL = "https://www.example.org"
    settings.DEFAULT_FROM_EMAIL = "news@example.org"
    mailer = {"BACKEND": "newsroom.mail.outbox.OutboxMailer", "OPTIONS": {"folder": tmp_path}}
    settings.MAILERS = settings.MAILERS | {"outgoing": mailer}
    make_subscriber("anna@example.net")
    words = "<p>A word in a long line of words without end. " * 400 + "</p>"
    with committing():
        make_article(
            announce=True,
            headline="Łódź: «Леопард» & танк " * 8,
            body=f'{words}<p><a href="/about/">Here</a></p>',
            lead_photo=make_photo(),
        )
    (path,) = tmp_path.glob("*.eml")
    return path.read_bytes()


@pytest.fixture
def message(raw: bytes) -> EmailMessage:
    return email.message_from_bytes(raw, policy=policy.default)


def test_every_line_can_travel(raw: bytes) -> None:
    assert raw.isascii()
    assert max(map(len, raw.split(b"\r\n"))) <= 998
    assert b"\n" not in raw.replace(b"\r\n", b"")


def test_each_header_that_receivers_ask_for_is_there_once(message: EmailMessage) -> None:
    counts = {name: len(message.get_all(name, [])) for name in (
        "From", "To", "Subject", "Date", "Message-ID", "List-Id", "List-Unsubscribe",
        "List-Unsubscribe-Post", "Feedback-ID", "Auto-Submitted", "Reply-To", "MIME-Version",
    )}  # fmt: skip

    assert set(counts.values()) == {1}, counts
    assert re.fullmatch(r"<[a-z2-7]{29}@example\.org>", message["Message-ID"])
    assert message["List-Id"] == "<stories.example.org>"
    assert message["List-Unsubscribe-Post"] == "List-Unsubscribe=One-Click"
    assert message["List-Unsubscribe"].startswith("<https://www.example.org/unsubscribe/")
    assert message["Auto-Submitted"] == "auto-generated"
    assert message["Reply-To"] == "desk@example.org"


def test_the_text_comes_first_and_the_html_is_not_clipped(message: EmailMessage) -> None:
    text, html = message.iter_parts()

    assert [text.get_content_type(), html.get_content_type()] == ["text/plain", "text/html"]
    assert len(str(html.get_content()).encode()) < CLIPPED
    assert "A word in a long line" in str(text.get_content())


def test_every_link_is_whole_and_secure(message: EmailMessage) -> None:
    text, html = (str(part.get_content()) for part in message.iter_parts())

    links = re.findall(r'(?:href|src)="([^"]*)"', html) + re.findall(r"\w+://[^\s>)]+", text)

    assert links
    assert {link.partition("://")[0] for link in links} <= {"https", "mailto:desk@example.org"}
    assert any(link == "https://www.example.org/about/" for link in links)


def test_it_stays_readable_without_pictures_and_in_the_dark(message: EmailMessage) -> None:
    html = str(message.get_body(("html",)).get_content())  # type: ignore[union-attr]  # It is there.

    assert all('alt="' in picture for picture in re.findall(r"<img[^>]*>", html))
    assert "prefers-color-scheme" in html


# Names and addresses ----------------------------------------------------------------------


@pytest.mark.parametrize(
    "name",
    ['Smith, John "Jack" (USN)', "Łódź Dispatch", "ディスパッチ", "🚢", "a;b,c<d>@e", "x" * 60],
)
def test_any_name_of_the_title_makes_one_sender(site: Site, name: str) -> None:
    site.name = name
    message = build(make_sent("anna@example.net"), site).message()

    parsed = email.message_from_bytes(as_sent(message), policy=policy.default)

    assert [(box.display_name, box.addr_spec) for box in parsed["From"].addresses] == [
        (name, "newsroom@localhost")
    ]
    assert [box.addr_spec for box in parsed["To"].addresses] == ["anna@example.net"]


@pytest.mark.parametrize("name", ["A\r\nBcc: eve@example.com", "A\nB", "A\rB"])
def test_a_name_with_a_line_end_makes_no_header(site: Site, name: str) -> None:
    """The form refuses it; if it stands in the database all the same, nothing is sent."""
    site.name = name

    with pytest.raises(ValueError, match=r"\r|\n|CR|line"):
        build(make_sent(), site).message()


@pytest.mark.parametrize("typed", ["o'neil+{x}@example.net", "a" * 64 + "@example.net"])
def test_any_address_makes_one_recipient(typed: str) -> None:
    message = build(make_sent(typed), Site.current()).message()

    parsed = email.message_from_bytes(as_sent(message), policy=policy.default)

    assert [box.addr_spec for box in parsed["To"].addresses] == [typed]


@pytest.mark.parametrize(
    "written",
    [
        '"Smith, John \\"Jack\\" (USN)" <jack@example.net>',
        "Иван Петров <jack@example.net>",
        "jack@example.net",
    ],
)
def test_a_recipient_with_a_name_gets_one_message_without_it(written: str) -> None:
    """What a stranger calls himself goes into no header; the address is enough."""
    PostRoomMailer(alias="default").send_messages([Written("Subject", "Text", to=[written])])

    assert [str(delivery.address) for delivery in Delivery.objects.all()] == ["jack@example.net"]


@pytest.mark.parametrize(
    "written", ["a@x.org\r\nBcc: b@x.org", "=?utf-8?q?a?=@", "Click http://x"]
)
def test_what_is_no_address_gets_no_message(written: str) -> None:
    with pytest.raises((AddressError, ValueError)):
        PostRoomMailer(alias="default").send_messages([Written("Subject", "Text", to=[written])])

    assert not Delivery.objects.exists()
    with pytest.raises(AddressError):
        find_or_make_address(written)
