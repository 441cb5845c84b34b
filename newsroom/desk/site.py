"""The admin site of the desk."""

from django.contrib.admin import AdminSite


class DeskSite(AdminSite):
    """Django's admin with the desk's index and signing in by allauth."""

    site_header = "Newsroom desk"
