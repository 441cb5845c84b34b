"""What each role at the desk may do. Groups of the same names get exactly these permissions."""

from collections.abc import Iterable

from django.apps import AppConfig, apps
from django.contrib.auth.management import create_permissions
from django.contrib.auth.models import Group, Permission
from django.db.models import Q

from newsroom.accounts.models import Role

WRITING = (
    "articles.view_article", "articles.add_article", "articles.change_article",
    "articles.view_photo", "articles.add_photo", "articles.change_photo",
    "articles.view_section", "articles.view_topic", "articles.add_topic", "articles.view_author",
    "articles.view_correction", "articles.view_sitepage",
)  # fmt: skip
MODERATING = (
    "comments.view_comment", "comments.change_comment", "comments.view_moderationdecision",
    "comments.view_listedword", "comments.add_listedword", "comments.change_listedword",
    "comments.delete_listedword", "articles.view_article",
)  # fmt: skip
PUBLISHING = (
    "articles.publish_article", "articles.withdraw_article",
    "articles.add_section", "articles.change_section", "articles.change_topic",
    "articles.add_author", "articles.change_author", "articles.change_sitepage",
    "articles.view_frontslot", "articles.add_frontslot", "articles.change_frontslot",
    "articles.delete_frontslot", "articles.view_breakingline", "articles.add_breakingline",
    "subscriptions.view_subscriber",
    "mail.view_mailing", "mail.change_mailing", "mail.view_delivery", "mail.change_delivery",
    "mail.view_bouncenotice",
)  # fmt: skip

MAY = {
    Role.REPORTER: WRITING,
    Role.EDITOR: WRITING + PUBLISHING + MODERATING,
    Role.MODERATOR: MODERATING,
    Role.ADMINISTRATOR: None,  # Everything.
}


def assign_roles(app_config: AppConfig | None = None, **kwargs: object) -> None:
    """Make the four groups and give each what it may; safe to repeat.

    Runs after every migration, when all permissions are there or are made first.
    """
    for room in apps.get_app_configs():
        create_permissions(room, verbosity=0)
    for role, names in MAY.items():
        group, _ = Group.objects.get_or_create(name=role)
        group.permissions.set(permissions(names))


def permissions(names: Iterable[str] | None) -> Iterable[Permission]:
    """The permissions of these `app.codename` names; all there are for None."""
    if names is None:
        return Permission.objects.all()
    wanted = Q(pk__in=[])
    for name in names:
        room, codename = name.split(".")
        wanted |= Q(content_type__app_label=room, codename=codename)
    return Permission.objects.filter(wanted)
