"""How people come to the desk, and how they leave it."""

from datetime import timedelta

from allauth.account.models import EmailAddress
from django.contrib.auth.models import Group
from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from newsroom.accounts import emails
from newsroom.accounts.errors import InvitationError
from newsroom.accounts.models import Invitation, Role, User
from newsroom.kit.links import LinkError, make_token, read_token

INVITATION_LIFE = timedelta(days=2)
PURPOSE = "invitation"


def check_invitable(email: str) -> None:
    """Raises InvitationError if the person is at the desk already."""
    if User.objects.filter(email__iexact=email, is_staff=True, is_active=True).exists():
        raise InvitationError(_("This person is at the desk already. Change the role there."))


@transaction.atomic
def invite(email: str, role: str, *, by: User) -> Invitation:
    """Write the invitation and promise its mail, which lives two days.

    Raises InvitationError if the person is at the desk already.
    """
    check_invitable(email)
    invitation = Invitation.objects.create(email=email, role=Role(role), invited_by=by)
    token = make_token(PURPOSE, str(invitation.pk))
    emails.invitation(invitation, token).send()  # The post room takes it from here.
    return invitation


def find_invitation(token: str) -> Invitation:
    """The open invitation of this link. Raises InvitationError with what to do about it."""
    try:
        key = read_token(PURPOSE, token, max_age=INVITATION_LIFE)
    except LinkError:
        raise InvitationError(
            _("This invitation is too old or not whole. Ask for a new one.")
        ) from None
    invitation = Invitation.objects.filter(pk=key, accepted_at__isnull=True).first()
    if invitation is None:
        raise InvitationError(_("This invitation was used already. You can sign in."))
    return invitation


@transaction.atomic
def accept_invitation(token: str, *, name: str, password: str) -> User:
    """Make the invited person's account, or bring the one they have to the desk.

    The link came by mail to that address, so the address counts as verified. A reader's
    account keeps its password unless a new one is given. Raises InvitationError.
    """
    invitation = find_invitation(token)
    taken = Invitation.objects.filter(pk=invitation.pk, accepted_at__isnull=True).update(
        accepted_at=timezone.now()
    )
    if not taken:
        raise InvitationError(_("This invitation was used already. You can sign in."))
    user = User.objects.filter(email__iexact=invitation.email).first()
    if user is None:
        user = User.objects.create_user(invitation.email, password)
    else:
        user.set_password(password)
    user.name, user.is_staff, user.is_active = name, True, True
    user.save()
    user.groups.set([Group.objects.get(name=invitation.role)])
    _verify(user, invitation.email)
    Invitation.objects.filter(pk=invitation.pk).update(accepted_by=user)
    return user


def _verify(user: User, email: str) -> None:
    address, _made = EmailAddress.objects.get_or_create(user=user, email=email.lower())
    address.verified = True
    address.save(update_fields=["verified"])
    address.set_as_primary()


@transaction.atomic
def deactivate(user_id: int, *, by: User) -> User:
    """Close the account: it can no longer sign in, and its sessions end with the next request.

    Bylines, revisions and decisions keep the name. Raises InvitationError for oneself.
    """
    if user_id == by.pk:
        raise InvitationError(_("You cannot close your own account; another person must."))
    user = User.objects.select_for_update().get(pk=user_id)
    user.is_active = False
    user.save(update_fields=["is_active"])
    return user
