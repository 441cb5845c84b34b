"""The pages about the title itself."""

from django.db import models
from django.urls import reverse
from django.utils.translation import gettext_lazy as _


class SitePage(models.Model):
    """One of the six pages that every title owes its readers."""

    class Slug(models.TextChoices):
        ABOUT = "about", _("About")
        CONTACT = "contact", _("Contact")
        STAFF = "staff", _("Staff")
        ETHICS = "ethics", _("Ethics and corrections")
        PRIVACY = "privacy", _("Privacy")
        COMMENT_GUIDELINES = "comment-guidelines", _("Comment guidelines")

    slug = models.SlugField(_("page"), max_length=30, unique=True, choices=Slug)
    title = models.CharField(_("title"), max_length=120)
    body = models.TextField(_("text"))
    changed_at = models.DateTimeField(auto_now=True)

    class Meta:
        verbose_name = _("site page")
        verbose_name_plural = _("site pages")
        ordering = ["pk"]

    def __str__(self) -> str:
        return self.title

    def get_absolute_url(self) -> str:
        return reverse("articles:site_page", args=[self.slug])
