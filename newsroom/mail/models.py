"""The post room's ledger: what was promised, in which words, to whom, and what became of it."""

import secrets

from django.db import models
from django.utils.translation import gettext_lazy as _


def new_key() -> str:
    """128 random bits for signed links, so that a link can be made void without knowing it."""
    return secrets.token_urlsafe(16)


class Address(models.Model):
    """An e-mail address: as its owner typed it, and as two are compared."""

    typed = models.CharField(_("address"), max_length=254)
    compared = models.CharField(max_length=254, unique=True, null=True)
    key = models.CharField(max_length=32, default=new_key, editable=False)
    created_at = models.DateTimeField(auto_now_add=True)
    erased_at = models.DateTimeField(null=True, editable=False)

    class Meta:
        verbose_name = _("address")
        verbose_name_plural = _("addresses")
        constraints = [
            models.CheckConstraint(
                condition=models.Q(compared__isnull=False, erased_at__isnull=True)
                | models.Q(compared__isnull=True, erased_at__isnull=False, typed=""),
                name="mail_address_is_known_or_erased",
            )
        ]

    def __str__(self) -> str:
        return self.typed or str(_("(erased)"))


class Suppression(models.Model):
    """Why an address gets no mail. Known by an HMAC under ADDRESS_KEY, so it outlives erasure.

    `address` serves only to count whom a mailing would reach, by one statement; it goes with
    the address, and who may be written to is decided by the fingerprint alone.
    """

    class Reason(models.TextChoices):
        LEFT = "left", _("left by their own hand")
        HARD_BOUNCE = "hard_bounce", _("mail comes back")
        COMPLAINT = "complaint", _("complained")

    digest = models.CharField(_("fingerprint"), max_length=64, unique=True)
    address = models.OneToOneField(
        Address, on_delete=models.SET_NULL, null=True, editable=False, related_name="suppression"
    )
    reason = models.CharField(_("reason"), max_length=20, choices=Reason)
    evidence = models.TextField(_("evidence"), blank=True)
    created_at = models.DateTimeField(_("since"), auto_now_add=True)

    class Meta:
        verbose_name = _("suppression")
        verbose_name_plural = _("suppressions")

    def __str__(self) -> str:
        return f"{self.digest[:8]}: {self.get_reason_display()}"


class Mailing(models.Model):
    """The promise of one message to one or many; its key makes it one."""

    class State(models.TextChoices):
        FILLING = "filling", _("filling")
        SENDING = "sending", _("sending")
        WAITING = "waiting", _("waiting")
        DONE = "done", _("done")
        CANCELLED = "cancelled", _("cancelled")

    class Priority(models.IntegerChoices):
        TRANSACTIONAL = 0, _("transactional")
        LIST = 5, _("to a list")

    key = models.CharField(_("key"), max_length=120, unique=True)
    priority = models.PositiveSmallIntegerField(_("priority"), choices=Priority)
    state = models.CharField(_("state"), max_length=12, choices=State, default=State.FILLING)
    halted_for = models.CharField(_("halted for"), max_length=200, blank=True)
    not_before = models.DateTimeField(null=True)
    expires_at = models.DateTimeField(null=True)  # When a transactional link stops living.
    created_at = models.DateTimeField(_("promised at"), auto_now_add=True)
    filled_at = models.DateTimeField(null=True)  # Every delivery of it is written.
    resumed_at = models.DateTimeField(_("sent on at"), null=True)  # By a person, at the desk.
    stopped_at = models.DateTimeField(
        _("stopped at"), null=True
    )  # Likewise; nothing else undoes it.
    resting_until = models.DateTimeField(null=True)  # A worker is at it, or no mail can leave.
    changed_at = models.DateTimeField(null=True)  # When words of it last ceased to be true.

    class Meta:
        verbose_name = _("mailing")
        verbose_name_plural = _("mailings")
        ordering = ["-pk"]
        indexes = [models.Index(fields=["state", "priority"], name="mail_mailing_state")]

    def __str__(self) -> str:
        return self.key


class Rendering(models.Model):
    """The words of a mailing, frozen: a later edit makes a new one.

    `parts` holds `subject`, `text` and `html`, with markers where each message differs.
    """

    mailing = models.ForeignKey(Mailing, on_delete=models.PROTECT, related_name="renderings")
    variant = models.CharField(max_length=120, default="all")
    parts = models.JSONField()
    created_at = models.DateTimeField(auto_now_add=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["mailing", "variant"], name="mail_rendering_variant_is_one"
            )
        ]

    def __str__(self) -> str:
        return f"{self.mailing}: {self.variant}"


class RenderingCarries(models.Model):
    """What a rendering carries, by an opaque key such as `revision:17`."""

    rendering = models.ForeignKey(Rendering, on_delete=models.CASCADE, related_name="carries")
    key = models.CharField(max_length=60, db_index=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["rendering", "key"], name="mail_carries_key_is_one")
        ]

    def __str__(self) -> str:
        return self.key


class Delivery(models.Model):
    """One message to one address."""

    class State(models.TextChoices):
        QUEUED = "queued", _("queued")
        CLAIMED = "claimed", _("claimed")
        SENT = "sent", _("sent")
        DEFERRED = "deferred", _("deferred")
        FAILED = "failed", _("failed")
        BOUNCED = "bounced", _("bounced")  # It left, and came back.
        CANCELLED = "cancelled", _("cancelled")
        IN_DOUBT = "in_doubt", _("in doubt")

    mailing = models.ForeignKey(  # The constraint's index finds the rows of a mailing.
        Mailing, on_delete=models.PROTECT, related_name="deliveries", db_index=False
    )
    rendering = models.ForeignKey(Rendering, on_delete=models.PROTECT, related_name="deliveries")
    address = models.ForeignKey(Address, on_delete=models.PROTECT, related_name="deliveries")
    state = models.CharField(_("state"), max_length=10, choices=State, default=State.QUEUED)
    not_before = models.DateTimeField(_("not before"), null=True)
    attempts = models.PositiveSmallIntegerField(_("attempts"), default=0)
    lease = models.CharField(max_length=32, blank=True)  # The worker's, while claimed.
    leased_until = models.DateTimeField(null=True)
    started_at = models.DateTimeField(_("handed over at"), null=True)  # Set just before that.
    sent_at = models.DateTimeField(_("sent at"), null=True)
    outcome = models.CharField(_("last words"), max_length=500, blank=True)  # The server's.

    class Meta:
        verbose_name = _("delivery")
        verbose_name_plural = _("deliveries")
        constraints = [
            models.UniqueConstraint(fields=["mailing", "address"], name="mail_delivery_is_one"),
            models.CheckConstraint(
                condition=~models.Q(state="sent") | models.Q(sent_at__isnull=False),
                name="mail_delivery_sent_has_a_moment",
            ),
        ]
        indexes = [
            models.Index(fields=["mailing", "state", "id"], name="mail_delivery_state"),
            models.Index(
                fields=["leased_until"],
                name="mail_delivery_leased",
                condition=models.Q(leased_until__isnull=False),
            ),
            models.Index(
                fields=["id"],
                name="mail_delivery_in_doubt",
                condition=models.Q(state="in_doubt"),
            ),
        ]

    def __str__(self) -> str:
        return f"{self.mailing} → {self.address_id}"


class Attempt(models.Model):
    """A try to hand a message over that another followed, or is to follow.

    The last one stands in the delivery itself: a message that leaves at once has no row here.
    """

    delivery = models.ForeignKey(Delivery, on_delete=models.CASCADE, related_name="tries")
    began_at = models.DateTimeField(null=True)
    state = models.CharField(max_length=10, choices=Delivery.State)  # What it was after it.
    words = models.CharField(max_length=500, blank=True)  # The server's.

    class Meta:
        verbose_name = _("attempt")
        verbose_name_plural = _("attempts")

    def __str__(self) -> str:
        return f"{self.delivery_id}: {self.state}"


class Recall(models.Model):
    """A message that was called off after a worker had taken it.

    It leaves only if it was at its final dot, and is not sent again if it failed or is in
    doubt. A row of its own, for whoever calls off must neither wait for the rows that a worker
    is just marking nor lock them.
    """

    delivery = models.OneToOneField(Delivery, on_delete=models.CASCADE, primary_key=True)
    why = models.CharField(max_length=500)
    at = models.DateTimeField(auto_now_add=True)

    class Meta:
        verbose_name = _("recall")
        verbose_name_plural = _("recalls")

    def __str__(self) -> str:
        return f"{self.delivery_id}: {self.why}"


class BounceNotice(models.Model):
    """What another mail server said of a message of ours after it had left.

    The message itself is not kept. Of each kind a delivery has one notice: a second one,
    repeated or forged, finds the fingerprint taken and changes nothing.
    """

    class Kind(models.TextChoices):
        HARD = "hard", _("gone for good")
        SOFT = "soft", _("not for now")
        DELAYED = "delayed", _("still trying")
        COMPLAINT = "complaint", _("complaint")

    class Why(models.TextChoices):
        NO_ADDRESS = "no_address", _("no such address")
        NO_DOMAIN = "no_domain", _("no such domain")
        MOVED = "moved", _("moved away")
        FULL = "full", _("mailbox full")
        TOO_LARGE = "too_large", _("message too large")
        DISABLED = "disabled", _("account disabled")
        REFUSED = "refused", _("refused by a rule or filter")
        LATER = "later", _("not reached in time")
        UNCLEAR = "unclear", _("no clear reason")
        ABUSE = "abuse", _("reported as unwanted")

    class Effect(models.TextChoices):
        NOTED = "noted", _("written down")
        SUPPRESSED = "suppressed", _("address suppressed")
        UNKNOWN = "unknown", _("of no message of ours")
        UNPROVED = "unproved", _("nothing done, not proved to be about this message")

    fingerprint = models.CharField(max_length=64, unique=True)
    delivery = models.ForeignKey(
        Delivery,
        verbose_name=_("delivery"),
        on_delete=models.CASCADE,
        null=True,
        related_name="notices",
    )
    kind = models.CharField(_("kind"), max_length=10, choices=Kind)
    why = models.CharField(_("reason"), max_length=10, choices=Why)
    status = models.CharField(_("status code"), max_length=12, blank=True)  # RFC 3463.
    words = models.CharField(_("the server's words"), max_length=300, blank=True)
    came_by = models.CharField(_("came by"), max_length=30)  # mail, smtp, or a provider's name.
    effect = models.CharField(_("effect"), max_length=10, choices=Effect, default=Effect.NOTED)
    received_at = models.DateTimeField(_("received at"), auto_now_add=True, db_index=True)

    class Meta:
        verbose_name = _("bounce or complaint")
        verbose_name_plural = _("bounces and complaints")

    def __str__(self) -> str:
        return f"{self.get_kind_display()}: {self.get_why_display()}"
