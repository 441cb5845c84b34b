"""Lists of people brought from elsewhere, each line a row until it was read and reported."""

from datetime import timedelta
from typing import Any

from django.conf import settings
from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from subscriptions.models.wishes import Cadence

LINES_KEPT = timedelta(days=7)  # They name people who may never have asked us for anything.


class Import(models.Model):
    """A list from elsewhere: first checked, which writes nobody down, then perhaps brought in.

    `done_to` is the number of the last line that this pass has dealt with, and `counts` how
    many came to which outcome; both move in the transaction that deals with the lines, so that
    a pass may be gone on with by anybody. While it is read, `file` names the copy of it among
    the private files, `size` says how many bytes that has, and `read_to` how many are read.
    """

    class State(models.TextChoices):
        READING = "reading", _("being read")
        CHECKING = "checking", _("being checked")
        CHECKED = "checked", _("checked")
        RUNNING = "running", _("being brought in")
        DONE = "done", _("done")
        CANCELLED = "cancelled", _("called off")
        BROKEN_OFF = "broken_off", _("broken off while it was read")

    name = models.CharField(_("file"), max_length=200)
    origin = models.CharField(_("where the list comes from"), max_length=200)
    consented_on = models.DateField(_("day of consent"), null=True, blank=True)
    consent_column = models.CharField(_("column of the day"), max_length=100, blank=True)
    confirm = models.BooleanField(_("as confirmed"), default=False)
    cadence = models.CharField(
        _("rhythm"), max_length=10, choices=Cadence, default=Cadence.AT_ONCE
    )
    welcome = models.BooleanField(_("with a welcome"), default=False)
    state = models.CharField(_("state"), max_length=10, choices=State, default=State.READING)
    total = models.PositiveIntegerField(_("lines"), default=0)
    file = models.CharField(max_length=40, blank=True, default="", editable=False)
    size = models.PositiveBigIntegerField(default=0, editable=False)  # Bytes.
    read_to = models.PositiveBigIntegerField(default=0, editable=False)
    done_to = models.PositiveIntegerField(default=0)
    counts = models.JSONField(default=dict)
    by = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        verbose_name=_("by"),
        on_delete=models.SET_NULL,
        null=True,
        related_name="+",
    )
    created_at = models.DateTimeField(_("begun at"), auto_now_add=True)
    ended_at = models.DateTimeField(_("ended at"), null=True)

    class Meta:
        verbose_name = _("import")
        verbose_name_plural = _("imports")
        ordering = ["-pk"]
        constraints = [
            models.CheckConstraint(
                condition=Q(confirm=False)
                | (~Q(origin="") & (Q(consented_on__isnull=False) | ~Q(consent_column=""))),
                name="subscriptions_import_confirms_by_consent",
            ),
            models.CheckConstraint(
                condition=Q(welcome=False) | Q(confirm=True),
                name="subscriptions_import_welcomes_the_confirmed",
            ),
        ]

    def __str__(self) -> str:
        return self.name

    @property
    def is_under_way(self) -> bool:
        """Whether a worker has to go on with it."""
        return self.state in UNDER_WAY

    @property
    def has_ended(self) -> bool:
        """Whether nothing more will happen with it."""
        return self.state in ENDED

    @property
    def dealt_with(self) -> int:
        """How many lines this pass has dealt with."""
        return sum(self.counts.values())

    @property
    def by_outcome(self) -> "list[tuple[str, Any, int]]":
        """Each outcome that there was: value, words, count."""
        return [
            (outcome.value, outcome.label, self.counts[outcome])
            for outcome in ImportLine.Outcome
            if self.counts.get(outcome)
        ]


UNDER_WAY = (Import.State.READING, Import.State.CHECKING, Import.State.RUNNING)
ENDED = (Import.State.DONE, Import.State.CANCELLED, Import.State.BROKEN_OFF)


class ImportLine(models.Model):
    """A line of the list, and what became or would become of it."""

    class Outcome(models.TextChoices):
        MADE = "made", _("subscribed")
        PENDING = "pending", _("written down, not confirmed")
        THERE = "there", _("already there")
        TWICE = "twice", _("stands in the list before")
        SUPPRESSED = "suppressed", _("suppressed: stays out")
        LEFT = "left", _("left: stays out")
        REFUSED = "refused", _("refused")

    class Standing(models.TextChoices):
        """What the list itself says of the person."""

        NOTHING = "", _("nothing")
        LEFT = "left", _("left")
        UNCONFIRMED = "unconfirmed", _("not confirmed")

    of = models.ForeignKey(Import, on_delete=models.CASCADE, related_name="lines", db_index=False)
    number = models.PositiveIntegerField(_("line"))
    typed = models.CharField(_("as it stands there"), max_length=320)
    compared = models.CharField(max_length=254, blank=True)
    given_on = models.CharField(_("day of consent as it stands there"), max_length=40, blank=True)
    standing = models.CharField(max_length=12, choices=Standing, blank=True)
    outcome = models.CharField(_("outcome"), max_length=10, choices=Outcome, blank=True)
    says = models.CharField(_("because"), max_length=200, blank=True)

    class Meta:
        verbose_name = _("line of an import")
        verbose_name_plural = _("lines of imports")
        constraints = [
            models.UniqueConstraint(fields=["of", "number"], name="subscriptions_line_is_one")
        ]
        indexes = [
            models.Index(fields=["of", "compared"], name="subscriptions_line_person"),
            models.Index(fields=["of", "outcome", "number"], name="subscriptions_line_outcome"),
        ]

    def __str__(self) -> str:
        return f"{self.of_id}: {self.number}"
