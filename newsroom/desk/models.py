"""What the demo desk made, so that it can be taken away again."""

from django.db import models


class DemoItem(models.Model):
    """One row that `seed_demo` made: where it is, and a digest of what it held."""

    model = models.CharField(max_length=60)
    object_id = models.BigIntegerField()
    digest = models.CharField(max_length=64)

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["model", "object_id"], name="desk_demo_item_is_one")
        ]

    def __str__(self) -> str:
        return f"{self.model} {self.object_id}"
