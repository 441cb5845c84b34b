"""Lists find their newest first in an index, and topics may have longer names."""

import django.db.models.deletion
from django.db import migrations, models
from django.db.models import F, OuterRef, Q, Subquery


def copy_moments(apps, schema_editor):
    """The moment of each story beside its topics and bylines; harmless to repeat."""
    Article = apps.get_model("articles", "Article")
    moment = Article.objects.filter(pk=OuterRef("article_id")).values("first_published_at")[:1]
    for name in ("ArticleTopic", "ArticleByline"):
        rows = apps.get_model("articles", name).objects.filter(first_published_at__isnull=True)
        rows.update(first_published_at=Subquery(moment))


# The table is the one that Django made for the plain relation: only the state learns of the model.
topic_rows = migrations.SeparateDatabaseAndState(
    state_operations=[
        migrations.CreateModel(
            name="ArticleTopic",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                (
                    "article",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="topic_rows",
                        to="articles.article",
                    ),
                ),
                (
                    "topic",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="article_rows",
                        to="articles.topic",
                    ),
                ),
            ],
            options={
                "db_table": "articles_article_topics",
                "unique_together": {("article", "topic")},
            },
        ),
        migrations.AlterField(
            model_name="article",
            name="topics",
            field=models.ManyToManyField(
                editable=False,
                related_name="articles",
                through="articles.ArticleTopic",
                to="articles.topic",
            ),
        ),
    ]
)


class Migration(migrations.Migration):
    dependencies = [("articles", "0004_story_content")]

    operations = [
        topic_rows,
        migrations.AddField(
            "articletopic", "first_published_at", models.DateTimeField(editable=False, null=True)
        ),
        migrations.AddField(
            "articlebyline", "first_published_at", models.DateTimeField(editable=False, null=True)
        ),
        migrations.RunPython(copy_moments, migrations.RunPython.noop),
        migrations.AddIndex(
            "articletopic",
            models.Index(
                "topic",
                F("first_published_at").desc(),
                F("article").desc(),
                name="articles_topic_latest",
            ),
        ),
        migrations.AddIndex(
            "articlebyline",
            models.Index(
                "author",
                F("first_published_at").desc(),
                F("article").desc(),
                name="articles_author_latest",
            ),
        ),
        migrations.RemoveIndex("article", "articles_article_by_section"),
        migrations.AddIndex(
            "article",
            models.Index(
                "section",
                F("first_published_at").desc(),
                F("id").desc(),
                name="articles_article_by_section",
                condition=Q(state="published"),
            ),
        ),
        migrations.AddIndex(
            "correction",
            models.Index(fields=["-at", "-id"], name="articles_correction_latest"),
        ),
        migrations.AlterField(
            "topic", "name", models.CharField(max_length=120, unique=True, verbose_name="name")
        ),
        migrations.AlterField(
            "topic", "slug", models.SlugField(max_length=120, unique=True, verbose_name="slug")
        ),
    ]
