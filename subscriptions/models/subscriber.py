"""Who asked for mail, and when they can do with it."""

from datetime import datetime
from typing import Self

from django.core.validators import MaxValueValidator, MinValueValidator
from django.db import models
from django.db.models import Exists, F, OuterRef, Q, Subquery
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from newsroom.mail.addresses import digest
from newsroom.mail.models import Address, Suppression, new_key

MOST_A_DAY = 99  # Mails: what a daily limit may be at most.


class SubscriberQuerySet(models.QuerySet["Subscriber"]):
    """How subscribers are asked for. Who gets mail is said here and nowhere else."""

    def wanting(self, moment: datetime) -> Self:
        """Those who want mail now and already wanted it at the moment: the story was theirs."""
        return self.filter(state=Subscriber.State.CONFIRMED, wants_since__lte=moment)

    def awake(self, hour: int) -> Self:
        """Those in whose quiet hours this hour of their wall clock does not lie."""
        by_day = Q(quiet_from__lt=F("quiet_to")) & Q(quiet_from__lte=hour, quiet_to__gt=hour)
        by_night = Q(quiet_from__gt=F("quiet_to")) & (
            Q(quiet_from__lte=hour) | Q(quiet_to__gt=hour)
        )
        return self.filter(Q(quiet_from__isnull=True) | ~(by_day | by_night))

    def get_or_make(self, address: Address) -> "tuple[Subscriber, bool]":
        """The one row of this address, which is not erased, locked; and whether it is new."""
        known = {"fingerprint": digest(address.compared or "")}
        return self.select_for_update().get_or_create(address=address, defaults=known)

    def with_suppression(self) -> Self:
        """With `stopped`, why their address gets no list mail; None if it may."""
        mine = Suppression.objects.filter(digest=OuterRef("fingerprint"))
        return self.annotate(stopped=Subquery(mine.values("reason")[:1]))

    def suppressed(self, *reasons: str) -> Self:
        """Those whose address gets no list mail, for one of these reasons, or for any."""
        mine = Suppression.objects.filter(digest=OuterRef("fingerprint"))
        return self.filter(Exists(mine.filter(reason__in=reasons) if reasons else mine))

    def pause_over(self) -> Self:
        """Those whose pause has ended and who have not been set going again."""
        return self.filter(state=Subscriber.State.PAUSED, paused_until__lte=timezone.now())


class Subscriber(models.Model):
    """A person's wish to get mail, and how they gave it.

    `wish` names the wish that a confirmation link was mailed for. It changes when the
    person leaves, so that an old link cannot bring them back. `asked` is what was chosen
    with it, in the form of `subscriptions.wishes`, and counts once it is confirmed.
    `wants_since` is when the mail last began: on confirming, after a pause, on coming back.
    Stories published before it are not sent after it.

    Digests come at `hour` in `zone` (the title's where it is empty); hours are those of the wall clock there, 0 to 23. Quiet
    hours reach from the beginning of one hour to the beginning of another, over midnight if
    need be, and hold no digest hour.

    `fingerprint` is the address as `Suppression.digest` knows it, empty once it is erased.
    """

    class Weekday(models.IntegerChoices):
        MONDAY = 0, _("Monday")
        TUESDAY = 1, _("Tuesday")
        WEDNESDAY = 2, _("Wednesday")
        THURSDAY = 3, _("Thursday")
        FRIDAY = 4, _("Friday")
        SATURDAY = 5, _("Saturday")
        SUNDAY = 6, _("Sunday")

    class State(models.TextChoices):
        PENDING = "pending", _("not yet confirmed")
        CONFIRMED = "confirmed", _("confirmed")
        PAUSED = "paused", _("paused")
        LEFT = "left", _("left")

    address = models.OneToOneField(
        "mail.Address",
        verbose_name=_("address"),
        on_delete=models.PROTECT,
        related_name="subscriber",
    )
    state = models.CharField(_("state"), max_length=10, choices=State, default=State.PENDING)
    fingerprint = models.CharField(
        max_length=64, blank=True, default="", db_default="", db_index=True, editable=False
    )
    wish = models.CharField(max_length=32, default=new_key, editable=False)
    # What the database fills in as well serves the code that runs until a deployment ends.
    asked = models.JSONField(null=True, blank=True, editable=False)
    zone = models.CharField(_("time zone"), max_length=64, blank=True, default="", db_default="")
    hour = models.PositiveSmallIntegerField(_("hour of digests"), default=7, db_default=7)
    weekday = models.PositiveSmallIntegerField(
        _("day of the weekly digest"), choices=Weekday, default=Weekday.MONDAY, db_default=0
    )
    quiet_from = models.PositiveSmallIntegerField(_("quiet from"), null=True, blank=True)
    quiet_to = models.PositiveSmallIntegerField(_("quiet to"), null=True, blank=True)
    daily_cap = models.PositiveSmallIntegerField(
        _("most mails a day"),
        null=True,
        blank=True,
        validators=[MinValueValidator(1), MaxValueValidator(MOST_A_DAY)],
    )
    breaking_at_once = models.BooleanField(
        _("breaking news at once"), default=False, db_default=False
    )
    confirmed_at = models.DateTimeField(_("confirmed at"), null=True, blank=True)
    wants_since = models.DateTimeField(_("gets mail since"), null=True, blank=True)
    paused_until = models.DateTimeField(_("paused until"), null=True, blank=True)
    left_at = models.DateTimeField(_("left at"), null=True, blank=True)
    consent_at = models.DateTimeField(_("asked at"), null=True, blank=True)
    consent_from = models.CharField(_("asked on the page"), max_length=200, blank=True)
    consent_words = models.CharField(_("version of the words"), max_length=30, blank=True)
    origin = models.CharField(
        _("came from elsewhere"), max_length=200, blank=True, default="", db_default=""
    )
    brought_by = models.ForeignKey(
        "subscriptions.Import",
        verbose_name=_("import"),
        on_delete=models.SET_NULL,
        null=True,
        blank=True,
        related_name="brought",
    )
    created_at = models.DateTimeField(_("first asked at"), auto_now_add=True)

    objects = SubscriberQuerySet.as_manager()

    class Meta:
        verbose_name = _("subscriber")
        verbose_name_plural = _("subscribers")
        permissions = [("export_subscriber", _("Can export subscribers"))]
        constraints = [
            models.CheckConstraint(
                condition=~models.Q(state__in=["confirmed", "paused"])
                | models.Q(confirmed_at__isnull=False, wants_since__isnull=False),
                name="subscriptions_subscriber_confirmed_has_a_moment",
            ),
            models.CheckConstraint(
                condition=models.Q(state="paused", paused_until__isnull=False)
                | (~models.Q(state="paused") & models.Q(paused_until__isnull=True)),
                name="subscriptions_subscriber_pause_has_an_end",
            ),
            models.CheckConstraint(
                condition=~models.Q(state="left") | models.Q(left_at__isnull=False),
                name="subscriptions_subscriber_left_has_a_moment",
            ),
            models.CheckConstraint(
                condition=Q(hour__range=(0, 23), weekday__range=(0, 6))
                & (Q(quiet_from__isnull=True) | Q(quiet_from__range=(0, 23)))
                & (Q(quiet_to__isnull=True) | Q(quiet_to__range=(0, 23)))
                & (Q(daily_cap__isnull=True) | Q(daily_cap__range=(1, MOST_A_DAY))),
                name="subscriptions_subscriber_hours_are_of_a_day",
            ),
            models.CheckConstraint(
                condition=Q(quiet_from__isnull=True, quiet_to__isnull=True)
                | (
                    Q(quiet_from__lt=F("quiet_to"))
                    & (Q(hour__lt=F("quiet_from")) | Q(hour__gte=F("quiet_to")))
                )
                | Q(
                    quiet_from__gt=F("quiet_to"), hour__gte=F("quiet_to"), hour__lt=F("quiet_from")
                ),
                name="subscriptions_subscriber_digest_is_not_quiet",
            ),
        ]
        indexes = [
            models.Index(
                fields=["paused_until"],
                name="subscriptions_pause_ends",
                condition=models.Q(state="paused"),
            ),
            models.Index(fields=["zone", "hour"], name="subscriptions_by_clock"),
        ]

    def __str__(self) -> str:
        return str(self.address)

    @property
    def is_subscribed(self) -> bool:
        """Whether the person confirmed and has not left: getting mail, or only pausing it."""
        return self.state in {self.State.CONFIRMED, self.State.PAUSED}
