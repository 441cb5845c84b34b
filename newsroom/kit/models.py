"""The title itself: what the "This site" page edits."""

from typing import Self

from django.core.exceptions import ValidationError
from django.db import models
from django.utils.translation import gettext_lazy as _

from newsroom.kit.social import SocialImage


class Site(models.Model):
    """The one row that says who publishes here."""

    name = models.CharField(_("name"), max_length=60, default="Newsroom")
    tagline = models.CharField(_("tagline"), max_length=120, blank=True)
    publisher = models.CharField(
        _("publisher"), max_length=120, blank=True, help_text=_("The company or person in law.")
    )
    postal_address = models.TextField(
        _("postal address"),
        blank=True,
        help_text=_("Stands at the foot of every mail; the law of many countries asks for it."),
    )
    contact_email = models.EmailField(
        _("contact address"), blank=True, help_text=_("Replies to mails go here.")
    )
    # Names of public files; who edits the title makes them, see `articles.services.title`.
    logo = models.CharField(max_length=40, blank=True, editable=False)
    card = models.CharField(max_length=40, blank=True, editable=False)
    demo = models.BooleanField(default=False, editable=False)

    class Meta:
        verbose_name = _("this site")
        verbose_name_plural = _("this site")
        constraints = [
            models.CheckConstraint(condition=models.Q(pk=1), name="kit_site_is_one"),
        ]

    def __str__(self) -> str:
        return self.name

    def clean(self) -> None:
        if "\n" in self.name or "\r" in self.name:
            raise ValidationError({"name": _("The name must be one line.")})

    @property
    def logo_path(self) -> str:
        """Where the title's sign is served; empty if it has none."""
        return f"/media/{self.logo}" if self.logo else ""

    @property
    def social_image(self) -> SocialImage | None:
        """What stands beside a quoted page that has no picture of its own."""
        if not self.card:
            return None
        return SocialImage(f"/media/{self.card}", 1200, 630, self.name)

    @classmethod
    def current(cls) -> Self:
        """The title's row; the defaults, unsaved, before anyone has saved the page."""
        return cls.objects.filter(pk=1).first() or cls(pk=1)
