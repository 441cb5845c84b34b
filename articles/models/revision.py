"""What stories say: words never change; who changes one makes a new revision."""

from typing import Any, NamedTuple, Self

from django.conf import settings
from django.db import models
from django.utils.translation import gettext_lazy as _

from articles.models.article import Article
from articles.models.people import Author
from articles.models.photo import Photo
from articles.models.sections import Section, Topic


class Kind(models.TextChoices):
    """What sort of story it is; readers see it above the headline."""

    NEWS = "news", _("News")
    ANALYSIS = "analysis", _("Analysis")
    OPINION = "opinion", _("Opinion")
    EXPLAINER = "explainer", _("Explainer")
    PRESS_RELEASE = "press_release", _("Press release")


class Links(NamedTuple):
    """Keys of what a revision points to; a picture of the gallery with its own words."""

    topics: set[int]
    bylines: list[int]
    see_also: list[int]
    gallery: list[tuple[int, str, str]]


class Revision(models.Model):
    """All that readers see of a story at one time. Never altered once written;
    the publishing columns are set once, when it becomes public."""

    class Change(models.TextChoices):
        FIRST = "first", _("First publication")
        TYPO = "typo", _("Typo: nothing a reader was told has changed")
        UPDATE = "update", _("Update: there is news to add")
        CLARIFICATION = "clarification", _("Clarification: it could be misread")
        CORRECTION = "correction", _("Correction: we got something wrong")

    WORDS = (
        "headline", "standfirst", "dateline", "body", "sources", "section_id", "kind",
        "lead_photo_id", "lead_caption", "lead_alt",
    )  # fmt: skip
    PHOTO_WORDS = ("lead_caption", "lead_alt")
    MOST_PICTURES = 24  # In a gallery.

    article = models.ForeignKey(Article, on_delete=models.CASCADE, related_name="revisions")
    number = models.PositiveIntegerField()
    headline = models.CharField(_("headline"), max_length=200)
    standfirst = models.TextField(_("standfirst"), max_length=600, blank=True)
    dateline = models.CharField(
        _("dateline"), max_length=80, blank=True, default="", db_default=""
    )  # The place the story was filed from.
    body = models.TextField(_("text"), blank=True)
    sources = models.TextField(
        _("sources"), max_length=8000, blank=True, default="", db_default=""
    )  # One a line; the text names the first as [1].
    section = models.ForeignKey(
        Section, verbose_name=_("section"), on_delete=models.PROTECT, related_name="+"
    )
    kind = models.CharField(_("kind"), max_length=16, choices=Kind, default=Kind.NEWS)
    topics = models.ManyToManyField(
        Topic, through="RevisionTopic", verbose_name=_("topics"), blank=True, related_name="+"
    )
    bylines = models.ManyToManyField(Author, through="RevisionByline", related_name="+")
    see_also = models.ManyToManyField(Article, through="RevisionSeeAlso", related_name="+")
    lead_photo = models.ForeignKey(
        Photo, on_delete=models.PROTECT, null=True, blank=True, related_name="leads"
    )
    lead_caption = models.CharField(_("caption here"), max_length=500, blank=True)
    lead_alt = models.CharField(_("description here"), max_length=300, blank=True)
    public_caption = models.CharField(max_length=500, null=True, editable=False)
    public_alt = models.CharField(max_length=300, null=True, editable=False)
    # What readers are shown, also where it is the photo's own; NULL until the version is public.
    editor = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.SET_NULL, null=True, related_name="+"
    )
    note = models.CharField(_("note to the desk"), max_length=200, blank=True)
    created_at = models.DateTimeField(auto_now_add=True)

    published_at = models.DateTimeField(null=True, editable=False)
    change_kind = models.CharField(max_length=16, choices=Change, blank=True, editable=False)
    reason = models.CharField(_("reason"), max_length=300, blank=True, editable=False)
    salt = models.CharField(max_length=32, blank=True, editable=False)
    part_digests = models.CharField(
        max_length=600, blank=True, editable=False, default="", db_default=""
    )  # One a table; empty where `text_digest` is of the words alone, as once it was.
    text_digest = models.CharField(max_length=64, blank=True, editable=False)
    chain_hash = models.CharField(max_length=64, blank=True, editable=False)

    struck_out_at = models.DateTimeField(null=True, editable=False)
    struck_out_because = models.CharField(
        max_length=300, blank=True, editable=False, default="", db_default=""
    )
    struck_out_by = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        on_delete=models.SET_NULL,
        null=True,
        editable=False,
        related_name="+",
    )

    class Meta:
        verbose_name = _("revision")
        verbose_name_plural = _("revisions")
        ordering = ["number"]
        constraints = [
            models.UniqueConstraint(
                fields=["article", "number"], name="articles_revision_number_is_one"
            ),
            models.CheckConstraint(
                condition=models.Q(
                    published_at__isnull=True, change_kind="", text_digest="", chain_hash=""
                )
                | (
                    models.Q(published_at__isnull=False)
                    & ~models.Q(change_kind="")
                    & ~models.Q(text_digest="")
                    & ~models.Q(chain_hash="")
                ),
                name="articles_revision_public_is_whole",
            ),
            models.CheckConstraint(
                condition=models.Q(struck_out_at__isnull=True, struck_out_because="")
                | (
                    models.Q(
                        struck_out_at__isnull=False,
                        published_at__isnull=False,
                        headline="",
                        body="",
                        salt="",
                    )
                    & ~models.Q(struck_out_because="")
                ),
                name="articles_revision_struck_out_is_blank",
            ),
        ]

    def __str__(self) -> str:
        return self.headline

    def save(self, *args: Any, **options: Any) -> None:
        """Written once: whoever changes a word makes a new revision."""
        if not self._state.adding:
            raise TypeError("A revision is never altered; save a new one.")
        super().save(*args, **options)

    def reads_as(self, other: Self) -> bool:
        """Whether readers would see the same in both."""
        columns = set(self.WORDS) - set(self.PHOTO_WORDS)
        same = all(getattr(self, name) == getattr(other, name) for name in columns)
        beside, others = self.links()._replace(gallery=[]), other.links()._replace(gallery=[])
        return same and beside == others and self.captioned() == other.captioned()

    def captioned(self) -> list[tuple[int, str, str]]:
        """Each picture with caption and description as readers see them: the lead photo, if
        there is one, then the gallery."""
        lead = [(self.lead_photo_id, self.photo_caption, self.photo_alt)]
        rows = self.gallery_rows.select_related("photo")
        gallery = [(row.photo_id, row.shown_caption, row.shown_alt) for row in rows]
        return [(pk, caption, alt) for pk, caption, alt in [*lead, *gallery] if pk is not None]

    def links(self) -> Links:
        """What stands in rows of its own: topics, and the rest in its order."""
        return Links(
            {row.topic_id for row in self.topic_rows.all()},
            [row.author_id for row in self.byline_rows.all()],
            [row.article_id for row in self.see_also_rows.all()],
            [(row.photo_id, row.caption, row.alt) for row in self.gallery_rows.all()],
        )

    @property
    def photo_caption(self) -> str:
        """As published, whatever the photo is called since; before that as it would be now."""
        if self.public_caption is not None:
            return self.public_caption
        return self.lead_caption or (self.lead_photo.caption if self.lead_photo else "")

    @property
    def photo_alt(self) -> str:
        if self.public_alt is not None:
            return self.public_alt
        return self.lead_alt or (self.lead_photo.alt if self.lead_photo else "")


class RevisionTopic(models.Model):
    """What a revision is about. A topic that a story had, once, cannot be deleted from it."""

    revision = models.ForeignKey(Revision, on_delete=models.CASCADE, related_name="topic_rows")
    topic = models.ForeignKey(Topic, on_delete=models.PROTECT, related_name="revision_rows")

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["revision", "topic"], name="articles_revision_topic_is_one"
            )
        ]

    def __str__(self) -> str:
        return str(self.topic)


class RevisionByline(models.Model):
    """An author of a revision, in order."""

    revision = models.ForeignKey(Revision, on_delete=models.CASCADE, related_name="byline_rows")
    author = models.ForeignKey(Author, on_delete=models.PROTECT, related_name="byline_rows")
    position = models.PositiveSmallIntegerField()

    class Meta:
        ordering = ["position"]
        constraints = [
            models.UniqueConstraint(
                fields=["revision", "author"], name="articles_byline_author_is_one"
            )
        ]

    def __str__(self) -> str:
        return str(self.author)


class RevisionSeeAlso(models.Model):
    """A story that the text points to, in order."""

    revision = models.ForeignKey(Revision, on_delete=models.CASCADE, related_name="see_also_rows")
    article = models.ForeignKey(Article, on_delete=models.PROTECT, related_name="pointed_at_by")
    position = models.PositiveSmallIntegerField()

    class Meta:
        ordering = ["position"]
        constraints = [
            models.UniqueConstraint(
                fields=["revision", "article"], name="articles_see_also_article_is_one"
            )
        ]

    def __str__(self) -> str:
        return f"{self.revision_id} → {self.article_id}"


class RevisionPhoto(models.Model):
    """A picture of a revision's gallery, in order; without words of its own it has the photo's,
    as they were when the revision became public."""

    revision = models.ForeignKey(Revision, on_delete=models.CASCADE, related_name="gallery_rows")
    photo = models.ForeignKey(Photo, on_delete=models.PROTECT, related_name="gallery_rows")
    position = models.PositiveSmallIntegerField()
    caption = models.CharField(_("caption"), max_length=500, blank=True)
    alt = models.CharField(_("description"), max_length=300, blank=True)
    public_caption = models.CharField(max_length=500, null=True, editable=False)
    public_alt = models.CharField(max_length=300, null=True, editable=False)

    class Meta:
        ordering = ["position"]
        constraints = [
            models.UniqueConstraint(
                fields=["revision", "photo"], name="articles_gallery_photo_is_one"
            )
        ]

    def __str__(self) -> str:
        return self.shown_caption

    @property
    def shown_caption(self) -> str:
        if self.public_caption is not None:
            return self.public_caption
        return self.caption or self.photo.caption

    @property
    def shown_alt(self) -> str:
        if self.public_alt is not None:
            return self.public_alt
        return self.alt or self.photo.alt


class Correction(models.Model):
    """What we tell readers we got wrong, or could be misread."""

    class Kind(models.TextChoices):
        CLARIFICATION = "clarification", _("Clarification")
        CORRECTION = "correction", _("Correction")

    article = models.ForeignKey(Article, on_delete=models.CASCADE, related_name="corrections")
    revision = models.OneToOneField(Revision, on_delete=models.CASCADE, related_name="correction")
    first_wrong = models.ForeignKey(
        Revision, on_delete=models.PROTECT, related_name="+", null=True, blank=True
    )
    kind = models.CharField(max_length=16, choices=Kind)
    wrong = models.TextField(_("what was wrong"), max_length=600)
    right = models.TextField(_("what is right"), max_length=600)
    at = models.DateTimeField()

    class Meta:
        verbose_name = _("correction")
        verbose_name_plural = _("corrections")
        ordering = ["-at", "-pk"]
        indexes = [models.Index(fields=["-at", "-id"], name="articles_correction_latest")]

    def __str__(self) -> str:
        return f"{self.get_kind_display()}: {self.wrong[:60]}"

    @property
    def wrong_label(self) -> str:
        """What stands before `wrong`: a clarification owns up to no error."""
        misread = self.kind == self.Kind.CLARIFICATION
        return str(_("What could be misread") if misread else _("What was wrong"))

    @property
    def right_label(self) -> str:
        """What stands before `right`."""
        misread = self.kind == self.Kind.CLARIFICATION
        return str(_("What is meant") if misread else _("What is right"))
