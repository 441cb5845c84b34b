"""List mail over an encrypted connection, signed in, as EMAIL_URL asks for it."""

import base64
import ssl
from collections import Counter
from collections.abc import Iterator
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.x509.oid import NameOID
from django.utils import timezone

from newsroom.mail.errors import NoWayOutError
from newsroom.mail.pipelining import Post
from newsroom.mail.turns import Outgoing
from tests.mail import smtp
from tests.mail.smtp import Conversation, SmtpServer
from tests.mail.test_pipelining import Noted

pytestmark = pytest.mark.django_db
LINE = b"y" * 76 + b"\r\n"


@pytest.fixture(scope="module")
def certificate(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Of `localhost`, by itself, with its key."""
    key = ec.generate_private_key(ec.SECP256R1())
    name = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, "localhost")])
    now = timezone.now()
    made = (
        x509.CertificateBuilder(name, name, key.public_key(), x509.random_serial_number())
        .not_valid_before(now - timedelta(days=1))
        .not_valid_after(now + timedelta(days=1))
        .add_extension(x509.SubjectAlternativeName([x509.DNSName("localhost")]), critical=False)
        .add_extension(x509.BasicConstraints(ca=True, path_length=None), critical=True)
        .sign(key, hashes.SHA256())
    )
    path = tmp_path_factory.mktemp("tls") / "both.pem"
    private = key.private_bytes(
        serialization.Encoding.PEM,
        serialization.PrivateFormat.PKCS8,
        serialization.NoEncryption(),
    )
    path.write_bytes(made.public_bytes(serialization.Encoding.PEM) + private)
    return path


@pytest.fixture
def context(certificate: Path, monkeypatch: pytest.MonkeyPatch) -> ssl.SSLContext:
    """The server's; clients trust its certificate."""
    monkeypatch.setenv("SSL_CERT_FILE", str(certificate))
    made = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    made.load_cert_chain(certificate)
    return made


@pytest.fixture(params=["starttls", "tls"])
def server(
    request: pytest.FixtureRequest,
    context: ssl.SSLContext,
    settings: Any,
    monkeypatch: pytest.MonkeyPatch,
) -> Iterator[SmtpServer]:
    at_once = request.param == "tls"
    told = type("Told", (Encrypted,), {"context": context, "at_once": at_once})
    monkeypatch.setattr(smtp, "Conversation", told)
    with SmtpServer(pipelining=True) as running:
        options = {"host": "localhost", "port": running.port, "timeout": 5}
        options |= {"username": "news", "password": "secret"}
        options |= {"use_ssl": at_once, "use_tls": not at_once}
        backend = "django.core.mail.backends.smtp.EmailBackend"
        settings.MAILERS = settings.MAILERS | {
            "outgoing": {"BACKEND": backend, "OPTIONS": options}
        }
        yield running


class Encrypted(Conversation):
    """A conversation under TLS from the first byte, or from STARTTLS on (RFC 3207)."""

    context: ssl.SSLContext
    at_once = False
    secret = False

    def setup(self) -> None:
        super().setup()
        if self.at_once:
            self.encrypt()

    def encrypt(self) -> None:
        self.connection = self.request = self.context.wrap_socket(self.request, server_side=True)
        super().setup()
        self.secret = True

    def answer(self, line: str, wanted: str) -> str:
        if line.startswith("EHLO"):
            offers = "250-PIPELINING\r\n250 AUTH PLAIN" if self.secret else "250 STARTTLS"
            return f"250-test\r\n{offers}"
        if line == "STARTTLS":
            self.say("220 go on")
            self.encrypt()
            return ""
        if line.startswith("AUTH PLAIN"):
            told = base64.b64decode(self.server.told.heard[-1].split()[2])
            return "235 welcome" if told == b"\0news\0secret" else "535 no"
        return super().answer(line, wanted) if self.secret else "530 encrypt first"

    def say(self, reply: str) -> None:
        if reply:  # STARTTLS was answered before.
            super().say(reply)

    def finish(self) -> None:
        super().finish()
        self.connection.close()


@pytest.mark.parametrize("lines", [1, 20_000])
def test_messages_of_any_size_go_encrypted_and_signed_in(
    server: SmtpServer, settings: Any, lines: int
) -> None:
    """Larger than what a record of TLS, or the socket, takes at once."""
    settings.MAIL_CONNECTIONS = 2
    content = b"Subject: S\r\n\r\n" + LINE * lines
    messages = (Outgoing(n, "a@example.org", f"r{n}@example.net", content) for n in range(9))
    post, log = Post(), Noted()

    post.open()
    post.deliver(messages, 30, log)
    post.close()

    assert set(log.fates.values()) == {"sent"}
    assert Counter(server.taken) == Counter(f"r{n}@example.net" for n in range(9))
    assert server.connections == 2


def test_each_record_of_tls_is_given_to_the_system_by_itself(
    server: SmtpServer, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Of several at once it might take some, and count none: then nobody knew of the dot."""
    sizes, send = [0], ssl.SSLSocket.send

    def noting(sock: ssl.SSLSocket, content: bytes, flags: int = 0) -> int:
        sizes.append(len(content))
        return send(sock, content, flags)

    monkeypatch.setattr(ssl.SSLSocket, "send", noting)
    post, log = Post(), Noted()
    post.deliver(iter([Outgoing(1, "a@example.org", "r@example.net", LINE * 2_000)]), 1, log)
    post.close()

    assert log.fates == {1: "sent"}
    assert max(sizes) == 16_384


def test_an_encrypted_connection_lost_at_the_dot_leaves_one_in_doubt(
    server: SmtpServer, settings: Any
) -> None:
    settings.MAIL_CONNECTIONS = 1
    server.replies["."] = ["250 ok", "250 ok", smtp.HANG_UP]
    messages = (Outgoing(n, "a@example.org", f"r{n}@example.net", LINE) for n in range(9))
    post, log = Post(), Noted()

    with pytest.raises(NoWayOutError):
        post.deliver(messages, 9, log)
    post.close()

    assert [*log.fates.values()] == ["sent", "sent", "doubt"]
    assert len(server.taken) == 2
