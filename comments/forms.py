"""The comment form: for a guest, and for someone signed in."""

from typing import Any
from urllib.parse import urlsplit

from django import forms
from django.core.exceptions import ValidationError
from django.core.validators import EmailValidator, URLValidator
from django.utils.translation import gettext_lazy as _
from django.utils.translation import ngettext

from comments.models import Comment
from comments.services import PRIVACY_WORDS, Written
from comments.typed import RAW_LIMIT, shows_something, tidy_line, tidy_lines
from newsroom.accounts.models import User
from newsroom.mail.services import AddressError, compared_form

BODY_LIMIT = 5000  # Characters, after tidying.
KNOWN_PRIVACY_WORDS = {PRIVACY_WORDS}  # A page that was stored may still show older ones.


class TidyField(forms.CharField):
    """Text from a stranger: measured after what cannot be seen was taken out."""

    def __init__(self, *, lines: bool = False, limit: int, **settings: Any) -> None:
        self.lines, self.limit = lines, limit
        super().__init__(strip=False, validators=[self.check_length], **settings)

    def to_python(self, value: Any) -> str:
        typed = str(value or "")
        if len(typed) > RAW_LIMIT:
            return typed  # Refused for its length; the text is shown again as it is.
        tidied = tidy_lines(typed) if self.lines else tidy_line(typed)
        return tidied if shows_something(tidied) else ""

    def check_length(self, value: str) -> None:
        if over := max(0, len(value) - self.limit):
            message = ngettext(
                "This is %(over)d character too long; %(limit)d fit.",
                "This is %(over)d characters too long; %(limit)d fit.",
                over,
            )
            raise ValidationError(message % {"over": over, "limit": self.limit})


class WebsiteField(TidyField):
    """An address on the web, http or https, without a user name in it."""

    def to_python(self, value: Any) -> str:
        typed = super().to_python(value)
        return f"https://{typed}" if typed and ":" not in typed else typed

    def validate(self, value: str) -> None:
        super().validate(value)
        if value:
            URLValidator(schemes=["http", "https"], message=self.error_messages["invalid"])(value)
            if "@" in urlsplit(value).netloc:
                raise ValidationError(self.error_messages["invalid"])


class CommentForm(forms.Form):
    """What a guest fills in. Which comment it answers and who wrote it are not its matter."""

    body = TidyField(
        lines=True,
        limit=BODY_LIMIT,
        label=_("Comment"),
        widget=forms.Textarea(attrs={"rows": 7, "dir": "auto"}),
        error_messages={"required": _("Please write a comment.")},
    )
    name = TidyField(
        limit=60,
        label=_("Name"),
        widget=forms.TextInput(attrs={"autocomplete": "name", "dir": "auto"}),
        error_messages={"required": _("Please write a name. It need not be your real one.")},
    )
    email = TidyField(
        limit=254,
        label=_("Email"),
        widget=forms.EmailInput(attrs={"autocomplete": "email"}),
        error_messages={"required": _("Please write your email address.")},
    )
    website = WebsiteField(
        limit=200,
        required=False,
        label=_("Website"),
        widget=forms.TextInput(attrs={"autocomplete": "url", "inputmode": "url"}),
        error_messages={"invalid": _("Please write an address such as https://example.org.")},
    )
    subject = forms.CharField(  # The trap: people do not see it, programs fill it in.
        required=False,
        label=_("Leave this empty"),
        widget=forms.TextInput(attrs={"tabindex": "-1", "autocomplete": "off"}),
    )
    privacy_words = forms.CharField(required=False)

    def __init__(self, *args: Any, user: User | None = None, **kwargs: Any) -> None:
        kwargs.setdefault("auto_id", "comment_%s")
        super().__init__(*args, **kwargs)
        self.user = user
        self.use_required_attribute = True
        if user is not None:
            del self.fields["email"], self.fields["website"]
            if user.name:
                del self.fields["name"]

    @property
    def shown_privacy_words(self) -> str:
        """The version of the privacy sentence that stands under this form."""
        return PRIVACY_WORDS

    def clean_name(self) -> str:
        name: str = self.cleaned_data["name"]
        if any(_is_address(word) for word in name.split()):
            raise ValidationError(
                _("Everyone sees your name: please do not write an email address here.")
            )
        return name

    def clean_email(self) -> str:
        email: str = self.cleaned_data["email"]
        try:
            compared_form(email)
        except AddressError as error:
            raise ValidationError(str(error)) from error
        return email

    def clean_privacy_words(self) -> str:
        shown: str = self.cleaned_data["privacy_words"]
        return shown if shown in KNOWN_PRIVACY_WORDS else PRIVACY_WORDS

    def written(self, parent: Comment | None) -> Written:
        """What the valid form says."""
        says = self.cleaned_data
        return Written(
            body=says["body"],
            name=says.get("name", ""),
            email=says.get("email", ""),
            website=says.get("website", ""),
            parent=parent.pk if parent is not None else None,
            trap=says["subject"],
            privacy_words=says["privacy_words"],
        )


def _is_address(word: str) -> bool:
    try:
        EmailValidator()(word.strip("<>()[],;:"))
    except ValidationError:
        return False
    return True
