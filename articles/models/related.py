"""Which stories stand below a story, and what an editor said about that."""

from django.db import models
from django.utils.translation import gettext_lazy as _

from articles.models.article import Article


class RelatedStory(models.Model):
    """A story that the site chose, and the words for which it did."""

    article = models.ForeignKey(Article, on_delete=models.CASCADE, related_name="related_rows")
    other = models.ForeignKey(Article, on_delete=models.CASCADE, related_name="related_below")
    position = models.PositiveSmallIntegerField()
    score = models.FloatField(default=0)  # Cosine of the two texts, 0 to 1; 0 for a mere filler.
    because = models.CharField(max_length=200, blank=True)  # Words, parted by commas.

    class Meta:
        ordering = ["position"]
        constraints = [
            models.UniqueConstraint(fields=["article", "other"], name="articles_related_is_one"),
            models.CheckConstraint(
                condition=~models.Q(article=models.F("other")),
                name="articles_related_is_another",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.article_id} → {self.other_id}"


class RelatedPick(models.Model):
    """A story that an editor put below a story; it comes before those that the site chose."""

    article = models.ForeignKey(Article, on_delete=models.CASCADE, related_name="pick_rows")
    other = models.ForeignKey(
        Article,
        verbose_name=_("story"),
        on_delete=models.CASCADE,
        related_name="picked_below",
    )
    position = models.PositiveSmallIntegerField()

    class Meta:
        ordering = ["position", "pk"]
        constraints = [
            models.UniqueConstraint(fields=["article", "other"], name="articles_pick_is_one"),
            models.CheckConstraint(
                condition=~models.Q(article=models.F("other")), name="articles_pick_is_another"
            ),
        ]

    def __str__(self) -> str:
        return f"{self.article_id} → {self.other_id}"


class RelatedRefusal(models.Model):
    """A story that an editor does not want below this one, whatever the site thinks later."""

    article = models.ForeignKey(Article, on_delete=models.CASCADE, related_name="refusal_rows")
    other = models.ForeignKey(Article, on_delete=models.CASCADE, related_name="refused_below")

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["article", "other"], name="articles_refusal_is_one")
        ]

    def __str__(self) -> str:
        return f"{self.article_id} → {self.other_id}"
