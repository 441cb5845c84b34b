"""What readers say, and what was decided about it."""

from typing import Self

from django.conf import settings
from django.db import models
from django.utils.translation import gettext_lazy as _


class CommentQuerySet(models.QuerySet["Comment"]):
    """How comments are asked for."""

    def published(self) -> Self:
        """What any reader may see."""
        return self.filter(state=Comment.State.PUBLISHED)

    def waiting(self) -> Self:
        """What a moderator has yet to decide."""
        return self.filter(state=Comment.State.PENDING)


class Comment(models.Model):
    """A reader's words under a story: plain text, escaped wherever it is shown."""

    class State(models.TextChoices):
        PENDING = "pending", _("Waiting")
        PUBLISHED = "published", _("Published")
        SPAM = "spam", _("Spam")
        REJECTED = "rejected", _("Rejected")
        WITHDRAWN = "withdrawn", _("Withdrawn by its writer")

    article = models.ForeignKey(
        "articles.Article", on_delete=models.CASCADE, related_name="comments"
    )
    parent = models.ForeignKey(
        "self", on_delete=models.PROTECT, null=True, blank=True, related_name="replies"
    )
    user = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        on_delete=models.SET_NULL,
        null=True,
        blank=True,
        related_name="comments",
    )
    name = models.CharField(_("name"), max_length=60)
    email = models.EmailField(
        _("e-mail address"), blank=True
    )  # A guest's; blanked after the kept time.
    website = models.URLField(_("website"), max_length=200, blank=True)
    body = models.TextField(_("comment"), max_length=5000)
    state = models.CharField(_("state"), max_length=10, choices=State, default=State.PENDING)
    by_staff = models.BooleanField(
        default=False
    )  # Whether the writer was of the desk at the time.
    confirmed_at = models.DateTimeField(null=True, editable=False)
    screening = models.JSONField(_("why it waits"), default=list)  # Reason codes of the checks.
    fingerprint = models.CharField(max_length=64, blank=True)  # HMAC of the client's network.
    privacy_words = models.CharField(max_length=20)  # The version of the sentence shown.
    key = models.CharField(
        max_length=32, unique=True
    )  # Of one filled-in form: a double click is one comment.
    created_at = models.DateTimeField(_("written at"))
    published_at = models.DateTimeField(null=True, editable=False)

    objects = CommentQuerySet.as_manager()

    class Meta:
        verbose_name = _("comment")
        verbose_name_plural = _("comments")
        ordering = ["created_at", "pk"]
        constraints = [
            models.CheckConstraint(
                condition=~models.Q(state="published") | models.Q(published_at__isnull=False),
                name="comments_comment_published_has_a_moment",
            )
        ]
        indexes = [
            models.Index(fields=["article", "state", "created_at"], name="comments_thread"),
            models.Index(
                fields=["created_at"],
                name="comments_waiting",
                condition=models.Q(state="pending"),
            ),
        ]

    def __str__(self) -> str:
        return f"{self.name}: {self.body[:60]}"


class ModerationDecision(models.Model):
    """What was decided about a comment, by whom or by which rule. Only ever added."""

    class What(models.TextChoices):
        HOLD = "hold", _("held")
        PUBLISH = "publish", _("published")
        REJECT = "reject", _("rejected")
        SPAM = "spam", _("marked as spam")
        REOPEN = "reopen", _("put back in the queue")

    comment = models.ForeignKey(Comment, on_delete=models.CASCADE, related_name="decisions")
    what = models.CharField(_("decision"), max_length=10, choices=What)
    by = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        on_delete=models.SET_NULL,
        null=True,
        blank=True,
        related_name="+",
        verbose_name=_("who"),
    )
    rule = models.CharField(_("rule"), max_length=60, blank=True)
    why = models.CharField(_("why"), max_length=300, blank=True)
    at = models.DateTimeField(_("when"), auto_now_add=True)

    class Meta:
        verbose_name = _("decision")
        verbose_name_plural = _("decisions")
        ordering = ["at", "pk"]

    def __str__(self) -> str:
        return f"{self.comment_id}: {self.get_what_display()}"


class ListedWord(models.Model):
    """A word or phrase that holds a comment for a person. Moderators edit the list."""

    words = models.CharField(_("word or phrase"), max_length=80, unique=True)
    note = models.CharField(_("why it is listed"), max_length=200, blank=True)
    created_at = models.DateTimeField(auto_now_add=True)

    class Meta:
        verbose_name = _("listed word")
        verbose_name_plural = _("listed words")
        ordering = ["words"]

    def __str__(self) -> str:
        return self.words
