"""What readers say, and what was decided about it."""

from datetime import datetime
from typing import Self

from django.conf import settings
from django.db import models
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from articles.models import Article
from comments.reasons import Reason, reasons_for

SAFE_SCHEMES = ("https://", "http://")


class CommentQuerySet(models.QuerySet["Comment"]):
    """How comments are asked for. Who may see what is said here and nowhere else."""

    def published(self) -> Self:
        """What any reader may see: approved, and under a story that is public itself."""
        return self.filter(
            state=Comment.State.PUBLISHED, article__in=Article.objects.published().order_by()
        )

    def under(self, article: Article) -> Self:
        """What any reader may see under this story, in the order it was written."""
        return self.said_under(article.pk) if article.is_public else self.none()

    def said_under(self, article: int) -> Self:
        """The same, if the story of that key is known to be public."""
        said = self.filter(article=article, state=Comment.State.PUBLISHED)
        return said.order_by("created_at", "pk")

    def waiting(self) -> Self:
        """What a moderator has yet to decide, longest waiting first."""
        return self.filter(state=Comment.State.PENDING).order_by("created_at", "pk")

    def forgettable(self, before: datetime) -> Self:
        """What was written before this moment and still says who wrote it from where."""
        guest = models.Q(user__isnull=True) & (~models.Q(email="") | ~models.Q(writer=""))
        return self.filter(guest | ~models.Q(fingerprint=""), created_at__lt=before)


class Comment(models.Model):
    """A reader's words under a story: plain text, escaped wherever it is shown."""

    class State(models.TextChoices):
        PENDING = "pending", _("Waiting")
        PUBLISHED = "published", _("Published")
        SPAM = "spam", _("Spam")
        REJECTED = "rejected", _("Rejected")
        WITHDRAWN = "withdrawn", _("Withdrawn by its writer")

    article = models.ForeignKey(
        Article, verbose_name=_("story"), on_delete=models.PROTECT, related_name="comments"
    )
    # A whole conversation may go at once, a comment with answers alone may not.
    parent = models.ForeignKey(
        "self", on_delete=models.RESTRICT, null=True, blank=True, related_name="replies"
    )
    user = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        on_delete=models.SET_NULL,
        null=True,
        blank=True,
        related_name="comments",
    )
    name = models.CharField(_("name"), max_length=80)
    email = models.EmailField(_("e-mail address"), blank=True)  # A guest's, never verified.
    website = models.URLField(_("website"), max_length=200, blank=True)
    body = models.TextField(_("comment"), max_length=5000)
    state = models.CharField(_("state"), max_length=10, choices=State, default=State.PENDING)
    by_staff = models.BooleanField(
        _("by the desk"), default=False
    )  # Whether the writer was of the desk at the time.
    confirmed_at = models.DateTimeField(null=True, editable=False)  # By a verified account.
    screening = models.JSONField(_("why it waits"), default=list)  # Codes of reasons.py.
    privacy_words = models.CharField(max_length=20)  # The version of the sentence shown.
    created_at = models.DateTimeField(_("written at"))
    published_at = models.DateTimeField(null=True, editable=False)

    # How the house tells writers, networks and texts apart without keeping them: HMACs.
    writer = models.CharField(max_length=64, blank=True)  # Of the account or the address.
    fingerprint = models.CharField(max_length=64, blank=True)  # Of the client's network.
    text_digest = models.CharField(max_length=64, blank=True)  # Of the words, letters alone.
    key = models.CharField(max_length=64, unique=True)  # Of one form: a double click is one.

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
            models.Index(fields=["writer", "state"], name="comments_by_writer"),
            models.Index(fields=["fingerprint", "state"], name="comments_by_network"),
            models.Index(fields=["text_digest", "created_at"], name="comments_by_text"),
        ]

    def __str__(self) -> str:
        return f"{self.name or _('(erased)')}: {self.body[:60]}"

    def get_absolute_url(self) -> str:
        """Where a public comment is found, whatever page of its conversation it stands on."""
        return reverse("comments:comment", args=[self.article.path, self.pk])

    @property
    def link(self) -> str:
        """The writer's website if a browser may be sent there, else nothing."""
        return self.website if self.website.startswith(SAFE_SCHEMES) else ""

    @property
    def reasons(self) -> list[Reason]:
        """Why it was held, in the words of screening's list."""
        return reasons_for(self.screening)

    @property
    def reasons_for_writer(self) -> list[str]:
        """The same, as its writer may read it, each sentence once."""
        sentences = [str(reason.for_writer) for reason in self.reasons]
        return list(dict.fromkeys(sentences)) or [str(_("A moderator looks at it again."))]


class ModerationDecision(models.Model):
    """What was decided about a comment, by whom or by which rule. Only ever added."""

    class What(models.TextChoices):
        HOLD = "hold", _("held")
        PUBLISH = "publish", _("published")
        REJECT = "reject", _("rejected")
        SPAM = "spam", _("marked as spam")
        REOPEN = "reopen", _("put back in the queue")
        ERASE = "erase", _("erased at its writer's request")

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
    rule = models.CharField(_("rule"), max_length=200, blank=True)
    why = models.CharField(_("why"), max_length=300, blank=True)
    at = models.DateTimeField(_("when"), default=timezone.now)

    class Meta:
        verbose_name = _("decision")
        verbose_name_plural = _("decisions")
        ordering = ["at", "pk"]
        indexes = [models.Index(fields=["by", "-at"], name="comments_decision_by")]

    def __str__(self) -> str:
        return f"{self.comment_id}: {self.get_what_display()}"


class ListedWord(models.Model):
    """A word or phrase that holds a comment for a person. Moderators edit the list."""

    words = models.CharField(
        _("word or phrase"),
        max_length=80,
        unique=True,
        help_text=_(
            "Found as a whole word, whatever its case and accents. It holds a comment for "
            "a person and never refuses one."
        ),
    )
    note = models.CharField(_("why it is listed"), max_length=200, blank=True)
    created_at = models.DateTimeField(auto_now_add=True)

    class Meta:
        verbose_name = _("listed word")
        verbose_name_plural = _("listed words")
        ordering = ["words"]

    def __str__(self) -> str:
        return self.words
