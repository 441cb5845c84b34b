"""What strangers type."""

from django import forms
from django.http import QueryDict
from django.utils.translation import gettext_lazy as _

from newsroom.mail.services import AddressError, compared_form
from subscriptions.consent import Consent, page_of_form


class AddressForm(forms.Form):
    """One address. `asked_to` is a trap: no person sees it, and programs fill in every field."""

    email = forms.CharField(
        max_length=254,
        error_messages={
            "required": _("Type your e-mail address."),
            "max_length": _("An e-mail address has at most 254 characters."),
        },
    )
    asked_to = forms.CharField(required=False)

    def clean_email(self) -> str:
        typed = str(self.cleaned_data["email"])
        try:
            compared_form(typed)
        except AddressError as error:
            raise forms.ValidationError(str(error)) from error
        return typed

    @property
    def fell_into_trap(self) -> bool:
        return bool(self.cleaned_data["asked_to"])


def consent_of(data: QueryDict) -> Consent:
    """Where the form stood, as it says itself."""
    return Consent(page=page_of_form(data.get("page", "")))
