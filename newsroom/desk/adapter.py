"""What the account pages ask of an address, beyond looking like one."""

from allauth.account.adapter import DefaultAccountAdapter
from django.core.exceptions import ValidationError

from newsroom.mail.services import AddressError, compared_form


class AccountAdapter(DefaultAccountAdapter):  # type: ignore[misc]  # allauth ships no types.
    """allauth's own, which takes only addresses that the post room can mail to."""

    def clean_email(self, email: str) -> str:
        cleaned: str = super().clean_email(email)
        try:
            compared_form(cleaned)
        except AddressError as error:
            raise ValidationError(str(error)) from error
        return cleaned
