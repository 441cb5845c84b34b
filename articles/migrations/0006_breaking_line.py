import datetime
import django.db.models.deletion
import django.db.models.expressions
from django.conf import settings
from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [
        ("articles", "0005_list_indexes"),
        migrations.swappable_dependency(settings.AUTH_USER_MODEL),
    ]

    operations = [
        migrations.CreateModel(
            name="BreakingLine",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                ("text", models.CharField(max_length=120, verbose_name="text")),
                ("link", models.CharField(blank=True, max_length=200, verbose_name="leads to")),
                ("set_at", models.DateTimeField(verbose_name="set at")),
                ("ends_at", models.DateTimeField(verbose_name="ends at")),
                ("current", models.BooleanField(default=True, editable=False)),
            ],
            options={
                "verbose_name": "breaking line",
                "verbose_name_plural": "breaking lines",
                "ordering": ["-set_at", "-pk"],
            },
        ),
        migrations.AddIndex(
            model_name="article",
            index=models.Index(
                models.OrderBy(models.F("first_published_at"), descending=True),
                models.OrderBy(models.F("id"), descending=True),
                condition=models.Q(("kind", "opinion"), ("state", "published")),
                name="articles_article_opinions",
            ),
        ),
        migrations.AddField(
            model_name="breakingline",
            name="set_by",
            field=models.ForeignKey(
                null=True,
                on_delete=django.db.models.deletion.SET_NULL,
                related_name="+",
                to=settings.AUTH_USER_MODEL,
                verbose_name="set by",
            ),
        ),
        migrations.AddConstraint(
            model_name="breakingline",
            constraint=models.UniqueConstraint(
                condition=models.Q(("current", True)),
                fields=("current",),
                name="articles_breaking_line_is_one",
            ),
        ),
        migrations.AddConstraint(
            model_name="breakingline",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    ("ends_at__gte", models.F("set_at")),
                    (
                        "ends_at__lte",
                        django.db.models.expressions.CombinedExpression(
                            models.F("set_at"),
                            "+",
                            models.Value(datetime.timedelta(seconds=43200)),
                        ),
                    ),
                ),
                name="articles_breaking_line_is_short",
            ),
        ),
        migrations.AddConstraint(
            model_name="breakingline",
            constraint=models.CheckConstraint(
                condition=models.Q(("text", ""), _negated=True),
                name="articles_breaking_line_says_something",
            ),
        ),
    ]
