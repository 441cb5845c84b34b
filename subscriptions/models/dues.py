"""Which stories are owed to whom, and in which words they go out."""

from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from subscriptions.models.subscriber import Subscriber
from subscriptions.models.wishes import Cadence


class Due(models.Model):
    """A story owed to a subscriber: written once, whatever happens to workers.

    `why` holds the words of the wishes that it answers, parted by commas. `cadence` is the
    rhythm in which it goes: the fastest of those wishes, or the next digest where quiet hours
    or a daily limit forbid a mail of its own. It goes with `delivery`, not before `due_at`.
    """

    subscriber = models.ForeignKey(  # The index on its moments serves for it.
        Subscriber, on_delete=models.CASCADE, related_name="dues", db_index=False
    )
    article = models.ForeignKey(  # The unique constraint begins with it.
        "articles.Article", on_delete=models.CASCADE, related_name="dues", db_index=False
    )
    why = models.TextField()
    cadence = models.CharField(max_length=10, choices=Cadence)
    due_at = models.DateTimeField()
    delivery = models.ForeignKey(
        "mail.Delivery", on_delete=models.PROTECT, null=True, related_name="dues"
    )

    class Meta:
        verbose_name = _("due")
        verbose_name_plural = _("dues")
        constraints = [
            models.UniqueConstraint(
                fields=["article", "subscriber"], name="subscriptions_due_is_one"
            )
        ]
        indexes = [
            models.Index(fields=["subscriber", "due_at"], name="subscriptions_due_of_reader"),
            models.Index(
                fields=["due_at"],
                name="subscriptions_due_for_digest",
                condition=Q(delivery__isnull=True) & ~Q(cadence="at_once"),
            ),
        ]

    def __str__(self) -> str:
        return f"{self.article_id} → {self.subscriber_id}"


class Bundle(models.Model):
    """The stories of one message and why they came, and the words made of them.

    `stories` says it all: `daily 17=all;19=topic:3` are the revisions 17 and 19 in a daily
    digest, the second for the sake of a topic. Everyone with the same text gets the same words.
    """

    mailing = models.ForeignKey("mail.Mailing", on_delete=models.CASCADE, related_name="bundles")
    stories = models.TextField()
    rendering = models.ForeignKey("mail.Rendering", on_delete=models.CASCADE, related_name="+")

    class Meta:
        verbose_name = _("bundle")
        verbose_name_plural = _("bundles")
        constraints = [
            models.UniqueConstraint(
                fields=["mailing", "stories"], name="subscriptions_bundle_is_one"
            )
        ]

    def __str__(self) -> str:
        return self.stories


class Clock(models.Model):
    """What it is now for those who chose this zone, hour and weekday, worked out beforehand.

    The database cannot reckon with zones, so it reads here, while a story is given to a
    million readers, whether it is night for them and when their next digests are. Good until
    `good_until`, a quarter of an hour at most.
    """

    zone = models.CharField(max_length=64)
    hour = models.PositiveSmallIntegerField()
    weekday = models.PositiveSmallIntegerField()
    local_hour = models.PositiveSmallIntegerField()
    day_began_at = models.DateTimeField()
    day_ends_at = models.DateTimeField()
    daily_at = models.DateTimeField()
    weekly_at = models.DateTimeField()
    good_until = models.DateTimeField()

    class Meta:
        verbose_name = _("clock")
        verbose_name_plural = _("clocks")
        constraints = [
            models.UniqueConstraint(
                fields=["zone", "hour", "weekday"], name="subscriptions_clock_is_one"
            )
        ]

    def __str__(self) -> str:
        return f"{self.zone}, {self.hour}, {self.weekday}"


class Heartbeat(models.Model):
    """When somebody last looked which digests are due: whether the site stood still since."""

    at = models.DateTimeField()

    class Meta:
        verbose_name = _("heartbeat")
        verbose_name_plural = _("heartbeats")
        constraints = [
            models.CheckConstraint(condition=models.Q(pk=1), name="subscriptions_heartbeat_is_one")
        ]

    def __str__(self) -> str:
        return f"{self.at}"
