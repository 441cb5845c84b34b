"""A suppression is tied to its address for as long as the address is known here."""

import pytest

from newsroom.mail.addresses import find_or_make_address
from newsroom.mail.ledger import erase_address
from newsroom.mail.models import Suppression
from newsroom.mail.suppressions import suppress, suppression_of

pytestmark = pytest.mark.django_db


def test_a_suppression_knows_its_address_until_it_is_erased() -> None:
    address = find_or_make_address("gone@example.org")
    suppress(address, Suppression.Reason.HARD_BOUNCE, "550 no such user")
    assert address.suppression == Suppression.objects.get()

    erase_address(address.pk)

    assert Suppression.objects.get().address is None


def test_an_erased_address_that_comes_back_is_still_suppressed() -> None:
    address = find_or_make_address("angry@example.org")
    suppress(address, Suppression.Reason.COMPLAINT)
    erase_address(address.pk)

    again = find_or_make_address("angry@example.org")

    assert suppression_of(again) == Suppression.Reason.COMPLAINT
