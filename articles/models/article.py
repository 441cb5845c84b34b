"""A story's identity, and where it stands on its way to readers."""

from datetime import datetime
from typing import Self

from django.db import models
from django.db.models import Case, Count, F, Prefetch, Q, When
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from articles.models.people import Author


class ArticleQuerySet(models.QuerySet["Article"]):
    """How stories are asked for. Who may see what is said here and nowhere else."""

    def published(self, at: datetime | None = None) -> Self:
        """What a reader may see at this moment, or would at another."""
        now = at or timezone.now()
        return self.filter(
            Q(embargo_until__isnull=True) | Q(embargo_until__lte=now),
            state=Article.State.PUBLISHED,
            first_published_at__lte=now,
        )

    def once_public(self) -> Self:
        """What readers could see at some time: all that is published, and what was withdrawn."""
        now = timezone.now()
        return self.filter(
            Q(embargo_until__isnull=True) | Q(embargo_until__lte=now),
            state__in=[Article.State.PUBLISHED, Article.State.WITHDRAWN],
            first_published_at__lte=now,
        )

    def embargo_over(self) -> Self:
        """Published under an embargo whose moment has come, and still to be shown."""
        return self.filter(embargo_until__lte=timezone.now(), state=Article.State.PUBLISHED)

    def newest_first(self) -> Self:
        return self.order_by("-first_published_at", "-pk")

    def related_to(self, article: "Article") -> Self:
        """Other public stories: those that share most topics, then of the section, newest first.

        Never one that the story's own text points to already.
        """
        pointed_at = article.live.see_also_rows.values("article") if article.live else []
        topics = article.topics.values("pk")
        return (
            self.published()
            .exclude(pk=article.pk)
            .exclude(pk__in=pointed_at)
            .annotate(
                shared=Count("topics", filter=Q(topics__in=topics)),
                same_section=Case(When(section=article.section_id, then=1), default=0),
            )
            .order_by("-shared", "-same_section", "-first_published_at", "-pk")
        )

    def for_cards(self) -> Self:
        """With all that a card in a list shows, in a fixed number of queries."""
        shown = self.select_related("live", "live__lead_photo", "section")
        return shown.prefetch_related("live__lead_photo__renditions").with_bylines()

    def with_bylines(self) -> Self:
        """With the authors, in the order in which the story names them."""
        in_order = Author.objects.order_by("article_rows__position")
        return self.prefetch_related(Prefetch("bylines", queryset=in_order))


class Article(models.Model):
    """A story: one address, one announcement, many revisions."""

    class State(models.TextChoices):
        DRAFT = "draft", _("Draft")
        IN_REVIEW = "in_review", _("In review")
        SCHEDULED = "scheduled", _("Scheduled")
        PUBLISHED = "published", _("Published")
        WITHDRAWN = "withdrawn", _("Withdrawn")

    class CommentPolicy(models.TextChoices):
        OPEN = "open", _("Open")
        CLOSED = "closed", _("Closed")

    class MailChoice(models.TextChoices):
        BREAKING = "breaking", _("Breaking news: mail it without waiting")
        AT_ONCE = "at_once", _("Mail it to subscribers when it is published")
        DIGEST = "digest", _("Only in the daily and weekly mails")
        NONE = "none", _("Do not mail it")

    slug = models.SlugField(_("address"), max_length=100, blank=True)
    state = models.CharField(_("state"), max_length=10, choices=State, default=State.DRAFT)
    comment_policy = models.CharField(
        _("comments"), max_length=8, choices=CommentPolicy, default=CommentPolicy.OPEN
    )
    mail_choice = models.CharField(
        _("mail"), max_length=8, choices=MailChoice, default=MailChoice.AT_ONCE
    )
    publish_at = models.DateTimeField(null=True, blank=True, editable=False)
    embargo_until = models.DateTimeField(null=True, blank=True, editable=False)
    first_published_at = models.DateTimeField(null=True, editable=False)
    withdrawn_at = models.DateTimeField(null=True, editable=False)
    withdrawal_note = models.TextField(_("note to readers"), max_length=600, blank=True)
    withdrawal_hash = models.CharField(
        max_length=64, blank=True, editable=False, default="", db_default=""
    )  # The withdrawal's link in the chain; empty while there is none.
    path = models.CharField(max_length=120, unique=True, null=True, editable=False)
    feed_id = models.CharField(max_length=120, unique=True, null=True, editable=False)
    external_id = models.CharField(max_length=200, unique=True, null=True, editable=False)
    form_key = models.UUIDField(unique=True, null=True, editable=False)  # Of the form it came by.
    public_versions = models.PositiveIntegerField(
        default=0, db_default=0, editable=False
    )  # How many there must be; the record misses one that was taken away.
    live = models.OneToOneField(
        "articles.Revision", on_delete=models.PROTECT, null=True, editable=False, related_name="+"
    )
    newest = models.OneToOneField(
        "articles.Revision", on_delete=models.PROTECT, null=True, editable=False, related_name="+"
    )
    created_at = models.DateTimeField(auto_now_add=True)

    # Copies of what `live` says, for lists and filters; only publishing writes them.
    section = models.ForeignKey(
        "articles.Section",
        on_delete=models.PROTECT,
        null=True,
        editable=False,
        related_name="articles",
    )
    kind = models.CharField(max_length=16, blank=True, editable=False)
    topics = models.ManyToManyField(
        "articles.Topic", through="ArticleTopic", editable=False, related_name="articles"
    )
    bylines = models.ManyToManyField(
        "articles.Author", through="ArticleByline", editable=False, related_name="articles"
    )

    objects = ArticleQuerySet.as_manager()

    class Meta:
        verbose_name = _("article")
        verbose_name_plural = _("articles")
        permissions = [
            ("publish_article", _("Can publish stories and their changes")),
            ("withdraw_article", _("Can withdraw stories")),
        ]
        constraints = [
            models.CheckConstraint(
                condition=~Q(state__in=["published", "withdrawn"])
                | Q(
                    live__isnull=False,
                    path__isnull=False,
                    feed_id__isnull=False,
                    first_published_at__isnull=False,
                ),
                name="articles_article_public_is_whole",
            ),
            models.CheckConstraint(
                condition=~Q(state="withdrawn") | Q(withdrawn_at__isnull=False),
                name="articles_article_withdrawn_has_a_moment",
            ),
        ]
        indexes = [
            models.Index(
                F("first_published_at").desc(),
                F("id").desc(),
                name="articles_article_latest",
                condition=Q(state="published"),
            ),
            models.Index(
                "section",
                F("first_published_at").desc(),
                F("id").desc(),
                name="articles_article_by_section",
                condition=Q(state="published"),
            ),
            models.Index(
                F("first_published_at").desc(),
                F("id").desc(),
                name="articles_article_opinions",
                condition=Q(state="published", kind="opinion"),
            ),
            models.Index(
                fields=["embargo_until"],
                name="articles_article_embargoes",
                condition=Q(embargo_until__isnull=False),
            ),
        ]

    def __str__(self) -> str:
        revision = self.newest or self.live
        headline = revision.headline if revision else ""  # A draft may have none yet.
        return headline or str(_("Story %(pk)s")) % {"pk": self.pk}

    def get_absolute_url(self) -> str:
        """The public address; an article never published has none and raises NoReverseMatch."""
        return reverse("articles:detail", args=[self.path])

    @property
    def is_public(self) -> bool:
        """The same rule as `published()`, for a row in hand."""
        now = timezone.now()
        return (
            self.state == self.State.PUBLISHED
            and self.first_published_at is not None
            and self.first_published_at <= now
            and (self.embargo_until is None or self.embargo_until <= now)
        )

    @property
    def was_changed(self) -> bool:
        """Whether readers saw more than one version, if only a typing error apart."""
        return self.public_versions > 1

    @property
    def has_unpublished_changes(self) -> bool:
        """Whether the newest revision says what readers of the live one do not see."""
        if self.live_id in {None, self.newest_id} or self.live is None or self.newest is None:
            return False
        return not self.newest.reads_as(self.live)


class ArticleTopic(models.Model):
    """A copy of a topic of the live revision.

    With the story's moment, so that the newest of a topic stand first in its index, whether it
    has three stories or thirty thousand.
    """

    article = models.ForeignKey(Article, on_delete=models.CASCADE, related_name="topic_rows")
    topic = models.ForeignKey(
        "articles.Topic", on_delete=models.CASCADE, related_name="article_rows"
    )
    first_published_at = models.DateTimeField(null=True, editable=False)

    class Meta:
        db_table = "articles_article_topics"
        unique_together = [("article", "topic")]
        indexes = [
            models.Index(
                "topic",
                F("first_published_at").desc(),
                F("article").desc(),
                name="articles_topic_latest",
            )
        ]

    def __str__(self) -> str:
        return str(self.topic)


class ArticleByline(models.Model):
    """A copy of a byline of the live revision, in its order, with the story's moment."""

    article = models.ForeignKey(Article, on_delete=models.CASCADE, related_name="byline_rows")
    author = models.ForeignKey(Author, on_delete=models.CASCADE, related_name="article_rows")
    position = models.PositiveSmallIntegerField()
    first_published_at = models.DateTimeField(null=True, editable=False)

    class Meta:
        ordering = ["position"]
        constraints = [
            models.UniqueConstraint(
                fields=["article", "author"], name="articles_article_byline_author_is_one"
            )
        ]
        indexes = [
            models.Index(
                "author",
                F("first_published_at").desc(),
                F("article").desc(),
                name="articles_author_latest",
            )
        ]

    def __str__(self) -> str:
        return str(self.author)


class FrontSlot(models.Model):
    """A place on the front page that the editor gave to a story."""

    position = models.PositiveSmallIntegerField(_("place"), unique=True)
    article = models.OneToOneField(
        Article, verbose_name=_("article"), on_delete=models.CASCADE, related_name="front_slot"
    )

    class Meta:
        verbose_name = _("place on the front page")
        verbose_name_plural = _("front page")
        ordering = ["position"]
        constraints = [
            models.CheckConstraint(
                condition=Q(position__range=(1, 5)), name="articles_front_slot_is_one_of_five"
            )
        ]

    def __str__(self) -> str:
        return f"{self.position}: {self.article}"


class Redirect(models.Model):
    """An address that a story or page once had."""

    old_path = models.CharField(max_length=200, unique=True)
    article = models.ForeignKey(
        Article, on_delete=models.CASCADE, null=True, blank=True, related_name="redirects"
    )
    new_path = models.CharField(max_length=200, blank=True)

    class Meta:
        constraints = [
            models.CheckConstraint(
                condition=Q(article__isnull=False, new_path="")
                | (Q(article__isnull=True) & ~Q(new_path="")),
                name="articles_redirect_leads_to_one_place",
            )
        ]

    def __str__(self) -> str:
        return self.old_path
