"""People and invitations at the desk."""

from typing import Any

from django.contrib import admin, messages
from django.db.models import QuerySet
from django.http import HttpRequest
from django.utils.translation import gettext_lazy as _

from newsroom.accounts.errors import InvitationError
from newsroom.accounts.forms import InviteForm
from newsroom.accounts.models import Invitation, User
from newsroom.accounts.services import deactivate, invite


@admin.register(User)
class UserAdmin(admin.ModelAdmin[User]):
    """Who may sign in. People are never deleted here: bylines and decisions name them."""

    list_display = ["email", "name", "roles", "is_staff", "is_active", "last_login"]
    list_filter = ["is_staff", "is_active", "groups"]
    search_fields = ["email", "name"]
    ordering = ["email"]
    fields = ["email", "name", "is_active", "is_staff", "groups", "last_login", "date_joined"]
    readonly_fields = ["email", "is_active", "last_login", "date_joined"]
    filter_horizontal = ["groups"]
    actions = ["close_accounts"]

    def get_queryset(self, request: HttpRequest) -> QuerySet[User]:
        return super().get_queryset(request).prefetch_related("groups")

    @admin.display(description=_("roles"))
    def roles(self, user: User) -> str:
        return ", ".join(group.name for group in user.groups.all())

    @admin.action(description=_("Close the accounts: they can no longer sign in"))
    def close_accounts(self, request: HttpRequest, people: QuerySet[User]) -> None:
        assert isinstance(request.user, User)  # noqa: S101 - The desk is for people who signed in.
        for person in people:
            try:
                deactivate(person.pk, by=request.user)
            except InvitationError as error:
                self.message_user(request, str(error), messages.ERROR)

    def has_add_permission(self, request: HttpRequest) -> bool:
        return False  # Staff are invited; readers sign up.

    def has_delete_permission(self, request: HttpRequest, obj: User | None = None) -> bool:
        return False


@admin.register(Invitation)
class InvitationAdmin(admin.ModelAdmin[Invitation]):
    """Asking someone to the desk, by address and role."""

    list_display = ["email", "role", "invited_by", "invited_at", "accepted_at"]
    form = InviteForm

    def save_model(self, request: HttpRequest, obj: Invitation, form: Any, change: bool) -> None:  # noqa: FBT001 - Django's signature.
        assert isinstance(request.user, User)  # noqa: S101 - The desk is for people who signed in.
        made = invite(obj.email, obj.role, by=request.user)
        obj.pk, obj.invited_by, obj.invited_at = made.pk, made.invited_by, made.invited_at

    def has_change_permission(self, request: HttpRequest, obj: Invitation | None = None) -> bool:
        return False

    def has_delete_permission(self, request: HttpRequest, obj: Invitation | None = None) -> bool:
        return False
