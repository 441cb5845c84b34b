from django.apps import AppConfig
from django.contrib.admin.apps import SimpleAdminConfig
from django.db.models.signals import post_migrate  # noqa: TID251 - Of migrations, not of models.
from django.utils.module_loading import autodiscover_modules


class DeskAdminConfig(SimpleAdminConfig):
    """Django's admin, on the desk's own site."""

    default = False
    default_site = "newsroom.desk.site.DeskSite"

    def ready(self) -> None:
        super().ready()
        from django.contrib.admin import site  # noqa: PLC0415 - It imports models.

        autodiscover_modules("admin", register_to=site)


class DeskConfig(AppConfig):
    default = True
    name = "newsroom.desk"
    label = "desk"
    verbose_name = "Desk"

    def ready(self) -> None:
        post_migrate.connect(assign_after_migrations, sender=self)


def assign_after_migrations(**kwargs: object) -> None:
    """Give the roles their permissions; imported late, for models are not ready before."""
    from newsroom.desk.roles import assign_roles  # noqa: PLC0415 - See above.

    assign_roles()
