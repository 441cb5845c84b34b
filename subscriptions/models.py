"""Who asked for what, and which stories are owed to them."""

from datetime import datetime
from typing import Self

from django.db import models
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from newsroom.mail.models import new_key


class SubscriberQuerySet(models.QuerySet["Subscriber"]):
    """How subscribers are asked for. Who gets mail is said here and nowhere else."""

    def wanting(self, moment: datetime) -> Self:
        """Those who want mail now and already wanted it at the moment: the story was theirs."""
        return self.filter(state=Subscriber.State.CONFIRMED, wants_since__lte=moment)

    def pause_over(self) -> Self:
        """Those whose pause has ended and who have not been set going again."""
        return self.filter(state=Subscriber.State.PAUSED, paused_until__lte=timezone.now())


class Subscriber(models.Model):
    """A person's wish to get mail, and how they gave it.

    `wish` names the wish that a confirmation link was mailed for. It changes when the
    person leaves, so that an old link cannot bring them back. `wants_since` is when the
    mail last began: on confirming, after a pause, on coming back. Stories published
    before it are not sent after it.
    """

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
    wish = models.CharField(max_length=32, default=new_key, editable=False)
    confirmed_at = models.DateTimeField(_("confirmed at"), null=True, blank=True)
    wants_since = models.DateTimeField(_("gets mail since"), null=True, blank=True)
    paused_until = models.DateTimeField(_("paused until"), null=True, blank=True)
    left_at = models.DateTimeField(_("left at"), null=True, blank=True)
    consent_at = models.DateTimeField(_("asked at"), null=True, blank=True)
    consent_from = models.CharField(_("asked on the page"), max_length=200, blank=True)
    consent_words = models.CharField(_("version of the words"), max_length=30, blank=True)
    created_at = models.DateTimeField(_("first asked at"), auto_now_add=True)

    objects = SubscriberQuerySet.as_manager()

    class Meta:
        verbose_name = _("subscriber")
        verbose_name_plural = _("subscribers")
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
        ]
        indexes = [
            models.Index(
                fields=["paused_until"],
                name="subscriptions_pause_ends",
                condition=models.Q(state="paused"),
            )
        ]

    def __str__(self) -> str:
        return str(self.address)

    @property
    def is_subscribed(self) -> bool:
        """Whether the person confirmed and has not left: getting mail, or only pausing it."""
        return self.state in {self.State.CONFIRMED, self.State.PAUSED}


class Subscription(models.Model):
    """What a subscriber wants, and in which rhythm."""

    class What(models.TextChoices):
        ALL = "all", _("Every story")

    class Cadence(models.TextChoices):
        AT_ONCE = "at_once", _("at once")

    subscriber = models.ForeignKey(
        Subscriber, on_delete=models.CASCADE, related_name="subscriptions"
    )
    what = models.CharField(_("what"), max_length=60, choices=What, default=What.ALL)
    cadence = models.CharField(
        _("rhythm"), max_length=10, choices=Cadence, default=Cadence.AT_ONCE
    )

    class Meta:
        verbose_name = _("subscription")
        verbose_name_plural = _("subscriptions")
        constraints = [
            models.UniqueConstraint(
                fields=["subscriber", "what"], name="subscriptions_subscription_is_one"
            )
        ]

    def __str__(self) -> str:
        return f"{self.get_what_display()}, {self.get_cadence_display()}"


class Due(models.Model):
    """A story owed to a subscriber: written once, whatever happens to workers."""

    subscriber = models.ForeignKey(Subscriber, on_delete=models.CASCADE, related_name="dues")
    article = models.ForeignKey("articles.Article", on_delete=models.CASCADE, related_name="dues")
    why = models.CharField(max_length=200)
    cadence = models.CharField(max_length=10, choices=Subscription.Cadence)
    due_at = models.DateTimeField()
    delivery = models.ForeignKey(
        "mail.Delivery", on_delete=models.PROTECT, null=True, related_name="dues"
    )

    class Meta:
        verbose_name = _("due")
        verbose_name_plural = _("dues")
        constraints = [
            models.UniqueConstraint(
                fields=["subscriber", "article"], name="subscriptions_due_is_one"
            )
        ]

    def __str__(self) -> str:
        return f"{self.article_id} → {self.subscriber_id}"
