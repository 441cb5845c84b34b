"""The first run of an empty title: four questions."""

import getpass
import sys
from collections.abc import Callable
from zoneinfo import available_timezones

from allauth.account.models import EmailAddress
from django.conf import settings
from django.contrib.auth.password_validation import validate_password
from django.core.exceptions import ValidationError
from django.core.management import CommandError
from django.core.validators import validate_email
from django.db import transaction

from newsroom.accounts.models import User
from newsroom.environment import write_kept_settings
from newsroom.kit.models import Site

Check = Callable[[str], None]


def is_empty() -> bool:
    """Whether nobody has signed up and the title has no name."""
    return not User.objects.exists() and not Site.objects.exists()


def ask_and_make() -> None:
    """Ask the title's name, contact address, time zone and first editor, and make them.

    Raises CommandError where nobody is there to answer.
    """
    name = ask("Name of the title", check=_is_one_line)
    contact = ask("Contact address (readers' replies go there)", check=validate_email)
    zone = ask("Time zone", default=settings.TIME_ZONE, check=_is_zone)
    email = ask("Your e-mail address (the first editor's)", check=validate_email)
    password = ask_password(email)
    with transaction.atomic():
        Site.objects.create(pk=1, name=name, publisher=name, contact_email=contact)
        make_first_editor(email, password)
    write_kept_settings(settings.DATA_DIR, settings.KEPT | {"TIME_ZONE": zone})


def make_first_editor(email: str, password: str) -> User:
    """The person who may do everything, with a verified address."""
    user = User.objects.create_superuser(email, password)
    EmailAddress.objects.create(user=user, email=email, verified=True, primary=True)
    return user


def ask(question: str, *, default: str = "", check: Check) -> str:
    """Ask until the answer passes the check."""
    hint = f" [{default}]" if default else ""
    while True:
        answer = _read(lambda: input(f"  {question}{hint}: ")).strip() or default
        try:
            check(answer)
        except ValidationError as error:
            _say(" ".join(error.messages))
        else:
            return answer


def ask_password(email: str) -> str:
    """Ask until the password is one that the site would accept from anybody."""
    while True:
        password = _read(_hidden if sys.stdin.isatty() else input)
        try:
            validate_password(password, User(email=email))
        except ValidationError as error:
            _say(" ".join(error.messages))
        else:
            return password


def _hidden() -> str:
    return getpass.getpass("  A password: ")


def _read(reader: Callable[[], str]) -> str:
    try:
        return reader()
    except EOFError:
        raise CommandError("DEMO=0 asks some questions: run it in a terminal.") from None


def _is_one_line(answer: str) -> None:
    longest = Site._meta.get_field("name").max_length or 0
    if not answer or len(answer) > longest:
        raise ValidationError(f"Please type a name of at most {longest} characters.")


def _is_zone(answer: str) -> None:
    if answer not in available_timezones():
        raise ValidationError(f"{answer!r} is no time zone; try one such as Europe/Oslo.")


def _say(sentence: str) -> None:
    sys.stdout.write(f"  {sentence}\n")
