"""Who asked for what, and which stories are owed to them."""

from django.db import models
from django.utils.translation import gettext_lazy as _


class Subscriber(models.Model):
    """A person's wish to get mail, and how they gave it."""

    class State(models.TextChoices):
        PENDING = "pending", _("not yet confirmed")
        CONFIRMED = "confirmed", _("confirmed")
        PAUSED = "paused", _("paused")
        LEFT = "left", _("left")

    address = models.OneToOneField(
        "mail.Address", on_delete=models.PROTECT, related_name="subscriber"
    )
    state = models.CharField(_("state"), max_length=10, choices=State, default=State.PENDING)
    confirmed_at = models.DateTimeField(_("confirmed at"), null=True, blank=True)
    paused_until = models.DateTimeField(_("paused until"), null=True, blank=True)
    left_at = models.DateTimeField(_("left at"), null=True, blank=True)
    consent_at = models.DateTimeField(_("asked at"), null=True, blank=True)
    consent_from = models.CharField(_("asked from"), max_length=200, blank=True)
    consent_words = models.CharField(_("words agreed to"), max_length=300, blank=True)
    created_at = models.DateTimeField(auto_now_add=True)

    class Meta:
        verbose_name = _("subscriber")
        verbose_name_plural = _("subscribers")
        constraints = [
            models.CheckConstraint(
                condition=~models.Q(state__in=["confirmed", "paused"])
                | models.Q(confirmed_at__isnull=False),
                name="subscriptions_subscriber_confirmed_has_a_moment",
            ),
            models.CheckConstraint(
                condition=~models.Q(state="paused") | models.Q(paused_until__isnull=False),
                name="subscriptions_subscriber_pause_has_an_end",
            ),
        ]

    def __str__(self) -> str:
        return str(self.address)


class Subscription(models.Model):
    """What a subscriber wants, and in which rhythm."""

    class What(models.TextChoices):
        ALL = "all", _("Every story")

    class Cadence(models.TextChoices):
        AT_ONCE = "at_once", _("At once")

    subscriber = models.ForeignKey(
        Subscriber, on_delete=models.CASCADE, related_name="subscriptions"
    )
    what = models.CharField(max_length=60, choices=What, default=What.ALL)
    cadence = models.CharField(max_length=10, choices=Cadence, default=Cadence.AT_ONCE)

    class Meta:
        verbose_name = _("subscription")
        verbose_name_plural = _("subscriptions")
        constraints = [
            models.UniqueConstraint(
                fields=["subscriber", "what"], name="subscriptions_subscription_is_one"
            )
        ]

    def __str__(self) -> str:
        return f"{self.subscriber}: {self.what}"


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
