"""What people type about themselves."""

from django import forms
from django.contrib.auth.password_validation import validate_password
from django.utils.translation import gettext_lazy as _

from newsroom.accounts.errors import InvitationError
from newsroom.accounts.models import Invitation, User
from newsroom.accounts.services import check_invitable


class ProfileForm(forms.ModelForm[User]):
    """The name that stands over one's comments."""

    class Meta:
        model = User
        fields = ["name"]
        help_texts = {"name": _("Stands over your comments.")}


class InvitationForm(forms.Form):
    """What an invited person chooses."""

    name = forms.CharField(label=_("Your name"), max_length=80)
    password = forms.CharField(
        label=_("A password"),
        widget=forms.PasswordInput(attrs={"autocomplete": "new-password"}),
        help_text=_("At least eight characters, and not one that many people use."),
    )

    def clean_password(self) -> str:
        password: str = self.cleaned_data["password"]
        validate_password(password)
        return password


class InviteForm(forms.ModelForm[Invitation]):
    """Whom to ask to the desk, and as what."""

    class Meta:
        model = Invitation
        fields = ["email", "role"]

    def clean_email(self) -> str:
        email: str = self.cleaned_data["email"]
        try:
            check_invitable(email)
        except InvitationError as error:
            raise forms.ValidationError(str(error)) from error
        return email
