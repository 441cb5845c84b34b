"""What the settings need before Django exists: the environment, checked, and kept keys."""

import os
import re
import secrets
from email.errors import MessageError
from email.headerregistry import Address as Mailbox
from email.utils import parseaddr
from ipaddress import ip_address
from pathlib import Path
from typing import NoReturn
from urllib.parse import parse_qsl, unquote, urlsplit

import environ
from django.core.exceptions import ImproperlyConfigured

from newsroom.mail.providers import BACKEND, PROVIDERS

NEEDED_IN_PUBLIC = ("SECRET_KEY", "ADDRESS_KEY", "DATABASE_URL", "REDIS_URL", "EMAIL_URL")

TOKEN_LENGTH = 29  # Characters: newsroom.mail.tokens.
LONGEST_LOCAL = 64  # Characters: RFC 5321, section 4.5.3.1.1.

env = environ.Env()


def stop(sentence: str) -> NoReturn:
    """End the start with one line on standard error and exit status 1."""
    raise SystemExit(f"newsroom: {sentence}")


def text(name: str, default: str) -> str:
    """The variable as text; the default also where it is set but empty."""
    return str(env.str(name, default=default)) or default


def flag(name: str, *, default: bool) -> bool:
    """The variable as yes or no; anything else stops the start."""
    value = text(name, "yes" if default else "no").lower()
    if value not in {"1", "0", "true", "false", "yes", "no", "on", "off"}:
        stop(f"{name} is {value!r}; it must be yes or no.")
    return value in {"1", "true", "yes", "on"}


def number(name: str, default: int) -> int:
    """The variable as a whole number, zero or more; anything else stops the start."""
    value = text(name, str(default))
    if not value.isdecimal():
        stop(f"{name} is {value!r}; it must be a whole number.")
    return int(value)


def url_config(name: str, kind: str, default: str) -> dict[str, object]:
    """A database or mail address, parsed by django-environ; a wrong one stops the start."""
    try:
        parsed = {"db": env.db_url, "email": env.email_url}[kind](name, default=default)
    except (ImproperlyConfigured, ValueError, KeyError):
        stop(f"{name} is not an address that can be read. See docs/operations.md.")
    return dict(parsed)


def smtp_server(name: str) -> dict[str, object]:
    """The options of Django's SMTP mailer: smtp://, smtp+tls:// (STARTTLS) or smtp+ssl://."""
    parsed = url_config(name, "email", "")
    if not str(parsed["EMAIL_BACKEND"]).endswith("smtp.EmailBackend") or not parsed["EMAIL_HOST"]:
        stop(
            f"{name} must be smtp://, smtp+tls:// or smtp+ssl:// and the name of a server,"
            " or anymail+NAME:// and a provider's key."
        )
    return {
        "host": parsed["EMAIL_HOST"],
        "port": parsed["EMAIL_PORT"],
        "username": parsed["EMAIL_HOST_USER"],
        "password": parsed["EMAIL_HOST_PASSWORD"],
        "use_tls": parsed.get("EMAIL_USE_TLS", False),
        "use_ssl": parsed.get("EMAIL_USE_SSL", False),
    }


def outgoing_mailer(name: str) -> dict[str, object]:
    """Django's MAILERS entry for this address: an SMTP server, or a provider of anymail.

    A provider is `anymail+NAME://KEY`, options behind a `?`; the key is percent-encoded where
    it has other signs than letters, digits and `-._~`.
    """
    url = urlsplit(text(name, ""))
    if not url.scheme.startswith("anymail+"):
        options = smtp_server(name) | {"timeout": 30}  # Seconds for each step.
        return {"BACKEND": "django.core.mail.backends.smtp.EmailBackend", "OPTIONS": options}
    chosen = url.scheme.removeprefix("anymail+")
    provider = PROVIDERS.get(chosen)
    if provider is None or not provider.key:
        those = ", ".join(known for known, facts in PROVIDERS.items() if facts.key)
        stop(f"{name} names the provider {chosen!r}; there are {those}.")
    key, _colon, secret = url.netloc.removesuffix("@").partition(":")
    given = dict(parse_qsl(url.query)) | {provider.key: unquote(key)}
    if provider.secret:
        given[provider.secret] = unquote(secret)
    wanted = {provider.key, *filter(None, [provider.secret]), *provider.needs}
    if missing := [option for option in sorted(wanted) if not given.get(option)]:
        stop(f"{name} lacks what {chosen} needs: {', '.join(missing)}. See docs/mail.md.")
    if unknown := set(given) - wanted - set(provider.takes):
        stop(f"{name} has options that {chosen} does not take: {', '.join(sorted(unknown))}.")
    return {"BACKEND": BACKEND.format(name=chosen), "OPTIONS": given}


def hook_secrets(prefix: str) -> dict[str, str]:
    """What proves the reports of each provider: PREFIX_NAME, from the environment."""
    given = {name: text(f"{prefix}_{name.upper()}", "") for name in PROVIDERS}
    secrets_of = {name: secret for name, secret in given.items() if secret}
    for name, secret in secrets_of.items():
        variable, provider = f"{prefix}_{name.upper()}", PROVIDERS[name]
        if not provider.hook:
            stop(f"{variable} is set, but reports of {name} cannot be read.")
        person, _colon, password = secret.partition(":")
        if provider.proof == "webhook_secret" and not (person and len(password) >= 12):
            stop(f"{variable} must be a name, a colon and a password of 12 characters or more.")
        if name == "resend" and not re.fullmatch(
            r"whsec_(?:[A-Za-z0-9+/]{4}){4,}[A-Za-z0-9+/=]*", secret
        ):
            stop(f"{variable} must be the signing secret of Resend, which begins with whsec_.")
    return secrets_of


def bounce_address(name: str) -> str:
    """Where what cannot be delivered comes back to; a `*` in it becomes the message's token."""
    address = text(name, "")
    if not address:
        return ""
    local, _at, _domain = address.rpartition("@")
    marks = local.count("*")
    filled = address.replace("*", "a" * TOKEN_LENGTH)
    beside = re.search(r"[A-Za-z0-9]\*|\*[A-Za-z0-9]", local)
    if marks > 1 or beside or len(filled.rpartition("@")[0]) > LONGEST_LOCAL or _bad(filled):
        stop(f"{name} is {address!r}; it must look like bounces@example.org or bounces+*@....")
    return address


def _bad(address: str) -> bool:
    try:
        Mailbox(addr_spec=address.encode("ascii").decode())
    except (ValueError, IndexError, MessageError):
        return True
    return "." not in address.rpartition("@")[2] and not address.endswith("@localhost")


def sender_address(name: str, host: str) -> str:
    """Where mail comes from; one that no message can carry stops the start."""
    named = host and not host.replace(".", "").isdecimal() and ":" not in host
    address = text(name, f"newsroom@{host if named else 'localhost'}")
    try:
        Mailbox(addr_spec=parseaddr(address)[1].encode("ascii").decode())
    except (ValueError, IndexError, MessageError):
        stop(f"{name} is {address!r}; it must be an e-mail address in plain Latin letters.")
    return address


def site_origin(url: str) -> str:
    """The site's address as scheme and host, without a path."""
    parts = urlsplit(url)
    if parts.scheme not in {"http", "https"} or not parts.hostname or parts.path.strip("/"):
        stop(f"SITE_URL is {url!r}; it must look like https://www.example.org, without a path.")
    return f"{parts.scheme}://{parts.netloc}"


def is_loopback(host: str) -> bool:
    """Whether the name or address can only mean this machine."""
    if host == "localhost" or host.endswith(".localhost"):
        return True
    try:
        return ip_address(host).is_loopback
    except ValueError:
        return False


def require_public_settings(site_url: str) -> None:
    """Refuse to serve a public address with settings that only suit one's own machine."""
    missing = [name for name in NEEDED_IN_PUBLIC if not os.environ.get(name)]
    if missing:
        stop(f"SITE_URL is {site_url}, so these must be set too: {', '.join(missing)}.")


def writable_folder(path: Path) -> Path:
    """Make the folder if need be; one that cannot be written stops the start."""
    try:
        path.mkdir(parents=True, exist_ok=True)
        (path / ".writable").touch()
        (path / ".writable").unlink()
    except OSError as error:
        stop(f"DATA_DIR {path} cannot be written: {error.strerror}.")
    return path


def kept_settings(folder: Path) -> dict[str, str]:
    """What the embedded default keeps beside its data: keys made once, and the title's time zone.

    The file holds NAME=value lines and is readable by its owner only. Variables of the
    environment come before it. It belongs in every backup: addresses that asked to be
    forgotten are known by ADDRESS_KEY alone.
    """
    path = folder / "settings.env"
    if not path.exists():
        keys = {name: secrets.token_urlsafe(48) for name in ("SECRET_KEY", "ADDRESS_KEY")}
        write_kept_settings(folder, keys)
    return _parse(path)


def write_kept_settings(folder: Path, values: dict[str, str]) -> None:
    """Write the file whole, under another name first, so that a killed process leaves the old one.

    Of two processes that make the first one at once, the earlier wins and the later
    reads what it wrote.
    """
    draft = folder / f".settings.{os.getpid()}.env"
    draft.touch(mode=0o600)
    draft.write_text("".join(f"{name}={value}\n" for name, value in values.items()))
    path = folder / "settings.env"
    if path.exists():
        draft.replace(path)
        return
    try:
        path.hardlink_to(draft)
    except FileExistsError:
        pass
    finally:
        draft.unlink()


def _parse(path: Path) -> dict[str, str]:
    lines = [line.partition("=") for line in path.read_text().splitlines() if "=" in line]
    return {name.strip(): value.strip() for name, _, value in lines}
