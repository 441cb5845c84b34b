"""Stories under an embargo are found without looking through all stories."""

from django.db import migrations, models
from django.db.models import Q


class Migration(migrations.Migration):
    dependencies = [("articles", "0011_search_words")]

    operations = [
        migrations.AddIndex(
            "article",
            models.Index(
                fields=["embargo_until"],
                name="articles_article_embargoes",
                condition=Q(embargo_until__isnull=False),
            ),
        ),
    ]
