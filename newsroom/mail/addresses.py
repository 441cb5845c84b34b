"""E-mail addresses: when two are one, and how one is known after it was forgotten."""

from email.errors import MessageError
from email.headerregistry import Address as Mailbox

import idna
from django.core.exceptions import ValidationError
from django.core.validators import EmailValidator
from django.utils.translation import gettext as _

from newsroom.mail.errors import AddressError
from newsroom.mail.macs import mac
from newsroom.mail.models import Address

LONGEST = 254  # Characters: RFC 5321, section 4.5.3.1.3, less the angle brackets.
LOWER = str.maketrans("ABCDEFGHIJKLMNOPQRSTUVWXYZ", "abcdefghijklmnopqrstuvwxyz")
BLANKS = " \t\r\n"
_valid = EmailValidator()


def compared_form(typed: str) -> str:
    """The form in which two addresses are one.

    The domain becomes A-labels (IDNA 2008, RFC 5891) in lower case; the local part must be
    ASCII and is lower-cased letter by letter, for `lower()` would turn the Kelvin sign into
    a k. Nothing else is folded. Raises AddressError with a sentence for the field.
    """
    text = typed.strip(BLANKS)
    local, at, domain = text.rpartition("@")
    if not at or not local or not domain:
        raise AddressError(_("An e-mail address has an @ with something on either side."))
    if not local.isascii():
        raise AddressError(_("The part before the @ may only have plain Latin letters."))
    try:
        compared = f"{local.translate(LOWER)}@{_a_labels(domain)}"
        _check(compared)
    except (ValidationError, ValueError, IndexError, MessageError):
        raise AddressError(_("This is not an e-mail address that mail can go to.")) from None
    if max(len(text), len(compared)) > LONGEST:  # Soft hyphens count when typed, never after.
        raise AddressError(_("This address is too long."))
    return compared


def mailbox(address: Address) -> str:
    """Where mail goes. Raises AddressError for an address that was erased."""
    if address.compared is None:
        raise AddressError(_("This address was erased."))
    return mailbox_of(address.typed, address.compared)


def mailbox_of(typed: str, compared: str) -> str:
    """As it was typed, but a domain with other letters as A-labels.

    Left to the mail libraries, a sharp s would lead to another domain (IDNA 2003 made it ss).
    """
    if typed.isascii():
        return typed
    local, domain = typed.rpartition("@")[0], compared.rpartition("@")[2]
    return f"{local}@{domain}"


def _check(compared: str) -> None:
    """What Django allows, less what no header can hold and what names a machine by number."""
    _valid(compared)
    if compared.endswith("]") or not compared.isprintable():
        raise ValidationError("")
    Mailbox(addr_spec=compared)


def _a_labels(domain: str) -> str:
    if domain.isascii():
        return domain.translate(LOWER)
    return idna.encode(domain, uts46=True).decode().translate(LOWER)


def find_or_make_address(typed: str) -> Address:
    """The one row of this address; what was typed first stays. Raises AddressError."""
    address, _made = Address.objects.get_or_create(
        compared=compared_form(typed), defaults={"typed": typed.strip(BLANKS)}
    )
    return address


def find_address(typed: str) -> Address | None:
    """The row of this address, if there is one. Raises AddressError."""
    return Address.objects.filter(compared=compared_form(typed)).first()


def digest(compared: str) -> str:
    """An HMAC-SHA-256 under ADDRESS_KEY: it tells whether, never who."""
    return mac(compared.encode()).hex()
