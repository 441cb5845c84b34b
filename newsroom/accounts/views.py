"""One's own account, and the door for invited staff."""

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache

from newsroom.accounts.errors import InvitationError
from newsroom.accounts.forms import InvitationForm, ProfileForm
from newsroom.accounts.models import User
from newsroom.accounts.services import accept_invitation, find_invitation


@login_required
@never_cache
def profile(request: HttpRequest) -> HttpResponse:
    """The name over one's comments, and the ways to address, password and second step."""
    assert isinstance(request.user, User)  # noqa: S101 - login_required has seen to it.
    form = ProfileForm(request.POST or None, instance=request.user)
    if request.method == "POST" and form.is_valid():
        form.save()
        messages.success(request, _("Saved."))
        return redirect("accounts:profile")
    return render(request, "accounts/profile.html", {"form": form})


@never_cache
def invitation(request: HttpRequest, token: str) -> HttpResponse:
    """Shows who is invited as what; a POST with name and password makes the account."""
    try:
        invited = find_invitation(token)
        form = InvitationForm(request.POST or None)
        if request.method == "POST" and form.is_valid():
            accept_invitation(token, **form.cleaned_data)
            messages.success(request, _("Your account is ready. Sign in with it."))
            return redirect("account_login")
    except InvitationError as error:
        return render(request, "accounts/invitation_failed.html", {"error": error}, status=404)
    return render(request, "accounts/invitation.html", {"form": form, "invited": invited})
