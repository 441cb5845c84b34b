"""What of the digests everyone may read, and how often mail comes."""

from django.db import models
from django.urls import reverse
from django.utils.translation import gettext_lazy as _

from articles.models import Article
from subscriptions.models.wishes import Cadence

COUNTED_DAYS = 30


class Edition(models.Model):
    """The general digest of a day, or of the week that ended with it: what everyone may read.

    Made once, at the title's own hour of digests. It holds the stories that became due from
    `begins_at` until `ends_at`.
    """

    cadence = models.CharField(_("rhythm"), max_length=10, choices=Cadence)
    on = models.DateField(_("day"))
    begins_at = models.DateTimeField(_("from"))
    ends_at = models.DateTimeField(_("until"))
    articles = models.ManyToManyField(Article, verbose_name=_("stories"), related_name="editions")

    class Meta:
        verbose_name = _("edition")
        verbose_name_plural = _("editions")
        ordering = ["-on", "cadence"]
        constraints = [
            models.UniqueConstraint(fields=["on", "cadence"], name="subscriptions_edition_is_one")
        ]

    def __str__(self) -> str:
        return f"{self.get_cadence_display()}, {self.on}"

    def get_absolute_url(self) -> str:
        return reverse("subscriptions:digest", args=[self.on])

    @property
    def title(self) -> str:
        """What it is called on its page and in the feed."""
        return str(_("Weekly edition") if self.cadence == Cadence.WEEKLY else _("Daily edition"))


class Pace(models.Model):
    """How many stories went to everyone in the last thirty days; counted once a day.

    It stands on stored pages, so it is a row and not a count made by the clock.
    """

    stories = models.PositiveIntegerField(_("stories in thirty days"), default=0)
    counted_on = models.DateField(_("counted on"))

    class Meta:
        verbose_name = _("pace")
        verbose_name_plural = _("paces")
        constraints = [
            models.CheckConstraint(condition=models.Q(pk=1), name="subscriptions_pace_is_one")
        ]

    def __str__(self) -> str:
        return str(self.stories)

    @property
    def a_week(self) -> int:
        """About how many stories a week: to the one up to ten, then to the five.

        Rounded, so that the pages it stands on change seldom.
        """
        exact = self.stories * 7 / COUNTED_DAYS
        return round(exact) if exact < 10 else 5 * round(exact / 5)
