"""What happened to a subscription, for whoever asks the desk later."""

from django.db import models
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from subscriptions.models.subscriber import Subscriber


class Event(models.Model):
    """One thing that happened; only ever added. The page of a person and the counts read them.

    `detail` is a page of this site, the origin of an import, or the end of a pause; nothing
    that says who it was. `address` is where mail went before it was moved.
    """

    class What(models.TextChoices):
        ASKED = "asked", _("asked")
        CONFIRMED = "confirmed", _("confirmed")
        IMPORTED = "imported", _("brought by an import")
        CHANGED = "changed", _("chose anew")
        PAUSED = "paused", _("paused")
        RESUMED = "resumed", _("went on after a pause")
        MOVED = "moved", _("moved to another address")
        LEFT = "left", _("left")
        WITHDREW = "withdrew", _("took back what they had asked for")
        RETURNED = "returned", _("came back")

    subscriber = models.ForeignKey(  # The index on its moments serves for it.
        Subscriber, on_delete=models.CASCADE, related_name="events", db_index=False
    )
    what = models.CharField(_("what"), max_length=10, choices=What)
    at = models.DateTimeField(_("at"), default=timezone.now)
    detail = models.CharField(_("detail"), max_length=200, blank=True, default="", db_default="")
    address = models.ForeignKey(
        "mail.Address",
        verbose_name=_("address before"),
        on_delete=models.PROTECT,
        null=True,
        related_name="+",
    )

    class Meta:
        verbose_name = _("event")
        verbose_name_plural = _("events")
        indexes = [
            models.Index(fields=["subscriber", "at"], name="subscriptions_event_of_reader"),
            models.Index(fields=["at", "what"], name="subscriptions_event_at"),
        ]

    def __str__(self) -> str:
        return f"{self.subscriber_id}: {self.what}"


JOINING = (Event.What.CONFIRMED, Event.What.RETURNED)
LEAVING = (Event.What.LEFT,)
