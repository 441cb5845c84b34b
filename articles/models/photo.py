"""Pictures: a private original, and renditions that are public while a public story shows them."""

import secrets
from typing import Self

from django.db import models
from django.db.models import F, Q
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

PLAIN_WIDTH = 960  # Pixels: the JPEG that is made at once, for mail, feeds and the desk.


def original_path(photo: "Photo", filename: str) -> str:
    """A random name below the private folder; the uploader's own name is not kept."""
    return f"originals/{secrets.token_hex(16)}"


class PhotoQuerySet(models.QuerySet["Photo"]):
    """How photos are asked for."""

    def waiting(self) -> Self:
        """Those whose renditions nobody is making, the oldest first."""
        free = Q(making_until__isnull=True) | Q(making_until__lte=timezone.now())
        return self.filter(free, making=Photo.Making.WAITING).order_by("pk")


class Photo(models.Model):
    """A picture as it came in. The original is never served."""

    class Making(models.TextChoices):
        WAITING = "waiting", _("Sizes are being made")
        MADE = "made", _("Ready in every size")
        FAILED = "failed", _("Only one size could be made")

    original = models.FileField(_("picture"), upload_to=original_path, max_length=200)
    caption = models.CharField(_("caption"), max_length=500, blank=True)
    credit = models.CharField(_("credit"), max_length=120, blank=True)
    alt = models.CharField(
        _("description for those who cannot see it"), max_length=300, blank=True
    )
    creator = models.CharField(_("creator"), max_length=120, blank=True)
    copyright = models.CharField(_("copyright"), max_length=200, blank=True)
    taken_at = models.DateTimeField(_("taken at"), null=True, blank=True)
    place = models.CharField(_("place"), max_length=120, blank=True)
    licence = models.CharField(_("licence"), max_length=120, blank=True)
    focal_x = models.FloatField(_("focal point, across"), default=0.5)
    focal_y = models.FloatField(_("focal point, down"), default=0.5)
    created_at = models.DateTimeField(auto_now_add=True)

    # The promise of renditions: who works on it, until when, and what became of it.
    making = models.CharField(
        _("sizes"), max_length=8, choices=Making, default=Making.WAITING, editable=False
    )
    making_tries = models.PositiveSmallIntegerField(default=0, editable=False)
    making_until = models.DateTimeField(null=True, editable=False)
    failure = models.CharField(max_length=300, blank=True, editable=False)

    objects = PhotoQuerySet.as_manager()

    class Meta:
        verbose_name = _("photo")
        verbose_name_plural = _("photos")
        ordering = ["-created_at", "-pk"]
        constraints = [
            models.CheckConstraint(
                condition=Q(focal_x__range=(0, 1), focal_y__range=(0, 1)),
                name="articles_photo_focal_point_is_inside",
            ),
            models.CheckConstraint(
                condition=(Q(making="failed") & ~Q(failure=""))
                | (~Q(making="failed") & Q(failure="")),
                name="articles_photo_failure_has_a_reason",
            ),
        ]
        indexes = [
            models.Index(
                fields=["id"], name="articles_photo_waiting", condition=Q(making="waiting")
            )
        ]

    def __str__(self) -> str:
        return self.caption or str(_("Photo %(pk)s")) % {"pk": self.pk}

    @property
    def rendition(self) -> "Rendition | None":
        """The one JPEG for simple uses (mail, feeds, the desk); None only before it is made."""
        jpegs = [row for row in self.pictures if row.format == Rendition.Format.JPEG]
        return self.plain_of(jpegs) if jpegs else None

    @staticmethod
    def plain_of(rows: list["Rendition"]) -> "Rendition":
        """Of these the one nearest to the width that is made first."""
        return min(rows, key=lambda row: abs(row.width - PLAIN_WIDTH))

    @property
    def pictures(self) -> list["Rendition"]:
        """The whole picture in its formats and widths, the narrowest first."""
        rows = [row for row in self.renditions.all() if row.purpose == Rendition.Purpose.PICTURE]
        return sorted(rows, key=lambda row: row.width)

    @property
    def card(self) -> "Rendition | None":
        """The 1200 x 630 JPEG around the focal point, for those who quote a page."""
        cards = (row for row in self.renditions.all() if row.purpose == Rendition.Purpose.CARD)
        return next(cards, None)


class PublicFileQuerySet[File: "PublicFile"](models.QuerySet[File]):
    """How files are asked for by whoever places them."""

    def misplaced(self) -> Self:
        """Those whose file is not where it must be, as last seen."""
        return self.exclude(public=F("placed"))


class PublicFile(models.Model):
    """A file under a random name. `public` is what the database wants; whoever places files
    puts it in the public folder or takes it away."""

    name = models.CharField(max_length=60, unique=True)
    bytes = models.PositiveIntegerField(default=0)
    public = models.BooleanField(default=False)
    placed = models.BooleanField(default=False)  # Whether the public folder has it, as last seen.

    objects = PublicFileQuerySet.as_manager()

    class Meta:
        abstract = True
        indexes = [
            models.Index(
                fields=["id"],
                name="%(app_label)s_%(class)s_misplaced",
                condition=~Q(public=F("placed")),
            )
        ]

    def __str__(self) -> str:
        return self.name

    @property
    def url(self) -> str:
        """The public address while it is public; else the one that only staff may open."""
        if self.public:
            return f"/media/{self.name}"
        return reverse("articles:staff_rendition", args=[self.name])


class Rendition(PublicFile):
    """A photo as pages show it: in one format and width, for one purpose."""

    class Format(models.TextChoices):
        AVIF = "avif"
        WEBP = "webp"
        JPEG = "jpeg"

    class Purpose(models.TextChoices):
        PICTURE = "picture", _("The whole picture")
        CARD = "card", _("Cut for those who quote a page")

    photo = models.ForeignKey(Photo, on_delete=models.CASCADE, related_name="renditions")
    purpose = models.CharField(max_length=8, choices=Purpose, default=Purpose.PICTURE)
    format = models.CharField(max_length=4, choices=Format, default=Format.JPEG)
    width = models.PositiveIntegerField()
    height = models.PositiveIntegerField()

    class Meta(PublicFile.Meta):
        constraints = [
            models.UniqueConstraint(
                fields=["photo", "purpose", "format", "width"], name="articles_rendition_is_one"
            )
        ]


class StoryCard(PublicFile):
    """The drawn 1200 x 630 JPEG of a story without a photo; drawn anew when its words change."""

    article = models.ForeignKey(
        "articles.Article", on_delete=models.CASCADE, related_name="drawn_cards"
    )
    drawn_from = models.CharField(max_length=64)  # SHA-256 of the words on it.

    class Meta(PublicFile.Meta):
        constraints = [
            models.UniqueConstraint(
                fields=["article"],
                name="articles_storycard_public_is_one",
                condition=Q(public=True),
            ),
            models.UniqueConstraint(
                fields=["article", "drawn_from"], name="articles_storycard_words_are_one"
            ),
        ]
