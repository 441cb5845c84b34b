"""Pictures: a private original, and renditions that are public while a public story shows them."""

import secrets

from django.db import models
from django.urls import reverse
from django.utils.translation import gettext_lazy as _


def original_path(photo: "Photo", filename: str) -> str:
    """A random name below the private folder; the uploader's own name is not kept."""
    return f"originals/{secrets.token_hex(16)}"


class Photo(models.Model):
    """A picture as it came in. The original is never served."""

    original = models.FileField(_("picture"), upload_to=original_path, max_length=200)
    caption = models.CharField(_("caption"), max_length=500, blank=True)
    credit = models.CharField(_("credit"), max_length=120, blank=True)
    alt = models.CharField(
        _("description for those who cannot see it"), max_length=300, blank=True
    )
    creator = models.CharField(_("creator"), max_length=120, blank=True)
    taken_at = models.DateTimeField(_("taken at"), null=True, blank=True)
    place = models.CharField(_("place"), max_length=120, blank=True)
    licence = models.CharField(_("licence"), max_length=120, blank=True)
    focal_x = models.FloatField(_("focal point, across"), default=0.5)
    focal_y = models.FloatField(_("focal point, down"), default=0.5)
    created_at = models.DateTimeField(auto_now_add=True)

    class Meta:
        verbose_name = _("photo")
        verbose_name_plural = _("photos")
        ordering = ["-created_at", "-pk"]
        constraints = [
            models.CheckConstraint(
                condition=models.Q(focal_x__range=(0, 1), focal_y__range=(0, 1)),
                name="articles_photo_focal_point_is_inside",
            )
        ]

    def __str__(self) -> str:
        return self.caption or str(_("Photo %(pk)s")) % {"pk": self.pk}

    @property
    def rendition(self) -> "Rendition | None":
        """The one rendition that pages show; None only before it is made."""
        return next(iter(self.renditions.all()), None)


class Rendition(models.Model):
    """A picture as pages show it, under a random name. `public` is what the database wants;
    the picture task puts the file in the public folder or takes it away."""

    photo = models.ForeignKey(Photo, on_delete=models.CASCADE, related_name="renditions")
    name = models.CharField(max_length=60, unique=True)
    width = models.PositiveIntegerField()
    height = models.PositiveIntegerField()
    public = models.BooleanField(default=False)
    placed = models.BooleanField(
        default=False
    )  # Whether the public folder holds it, as last seen.

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["photo", "width"], name="articles_rendition_is_one")
        ]
        indexes = [
            models.Index(
                fields=["id"],
                name="articles_rendition_misplaced",
                condition=~models.Q(public=models.F("placed")),
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
