"""The line above the lead while something is happening."""

from datetime import timedelta
from typing import Self

from django.conf import settings
from django.db import models
from django.db.models import F, Q
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

LONGEST = timedelta(hours=12)
LONGEST_TEXT = 120  # Characters.


class BreakingLineQuerySet(models.QuerySet["BreakingLine"]):
    """Which line stands on the front page."""

    def running(self) -> Self:
        """The one line that readers see at this moment, if there is one."""
        return self.filter(current=True, ends_at__gt=timezone.now())


class BreakingLine(models.Model):
    """A short line on the front page that ends by itself. Rows are kept, as a record."""

    text = models.CharField(_("text"), max_length=LONGEST_TEXT)
    link = models.CharField(_("leads to"), max_length=200, blank=True)
    set_by = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        verbose_name=_("set by"),
        on_delete=models.SET_NULL,
        null=True,
        related_name="+",
    )
    set_at = models.DateTimeField(_("set at"))
    ends_at = models.DateTimeField(_("ends at"))
    current = models.BooleanField(default=True, editable=False)  # Not ended or replaced by hand.

    objects = BreakingLineQuerySet.as_manager()

    class Meta:
        verbose_name = _("breaking line")
        verbose_name_plural = _("breaking lines")
        ordering = ["-set_at", "-pk"]
        constraints = [
            models.UniqueConstraint(
                fields=["current"],
                condition=Q(current=True),
                name="articles_breaking_line_is_one",
            ),
            models.CheckConstraint(
                condition=Q(ends_at__gte=F("set_at")) & Q(ends_at__lte=F("set_at") + LONGEST),
                name="articles_breaking_line_is_short",
            ),
            models.CheckConstraint(
                condition=~Q(text=""), name="articles_breaking_line_says_something"
            ),
        ]

    def __str__(self) -> str:
        return self.text
