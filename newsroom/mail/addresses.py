"""E-mail addresses: when two are one, and how one is known after it was forgotten."""

import hashlib
import hmac

import idna
from django.conf import settings
from django.core.exceptions import ValidationError
from django.core.validators import EmailValidator
from django.utils.translation import gettext as _

from newsroom.mail.errors import AddressError
from newsroom.mail.models import Address

LONGEST = 254  # Characters: RFC 5321, section 4.5.3.1.3, less the angle brackets.
LOWER = str.maketrans("ABCDEFGHIJKLMNOPQRSTUVWXYZ", "abcdefghijklmnopqrstuvwxyz")
_valid = EmailValidator()


def compared_form(typed: str) -> str:
    """The form in which two addresses are one.

    The domain becomes A-labels (IDNA 2008, RFC 5891) in lower case; the local part must be
    ASCII and is lower-cased letter by letter, for `lower()` would turn the Kelvin sign into
    a k. Nothing else is folded. Raises AddressError with a sentence for the field.
    """
    text = typed.strip(" \t\r\n")
    local, at, domain = text.rpartition("@")
    if not at or not local or not domain:
        raise AddressError(_("An e-mail address has an @ with something on either side."))
    if not local.isascii():
        raise AddressError(_("The part before the @ may only have plain Latin letters."))
    try:
        compared = f"{local.translate(LOWER)}@{_a_labels(domain)}"
        _valid(compared)
    except (ValidationError, UnicodeError):
        raise AddressError(_("This is not an e-mail address that mail can go to.")) from None
    if len(compared) > LONGEST:
        raise AddressError(_("This address is too long."))
    return compared


def _a_labels(domain: str) -> str:
    if domain.isascii():
        return domain.translate(LOWER)
    return idna.encode(domain, uts46=True).decode().translate(LOWER)


def find_or_make_address(typed: str) -> Address:
    """The one row of this address; what was typed first stays. Raises AddressError."""
    address, _made = Address.objects.get_or_create(
        compared=compared_form(typed), defaults={"typed": typed.strip(" \t\r\n")}
    )
    return address


def find_address(typed: str) -> Address | None:
    """The row of this address, if there is one. Raises AddressError."""
    return Address.objects.filter(compared=compared_form(typed)).first()


def digest(compared: str) -> str:
    """An HMAC-SHA-256 under ADDRESS_KEY: it tells whether, never who."""
    return hmac.new(settings.ADDRESS_KEY.encode(), compared.encode(), hashlib.sha256).hexdigest()
