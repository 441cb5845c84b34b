"""Dateline, sources and gallery of a story; what the public record keeps to be checked."""

import django.db.models.deletion
from django.conf import settings
from django.db import migrations, models
from django.db.backends.base.schema import BaseDatabaseSchemaEditor
from django.db.migrations.state import StateApps
from django.db.models import Count, OuterRef, Subquery
from django.db.models.functions import Coalesce


def count_public_versions(apps: StateApps, schema_editor: BaseDatabaseSchemaEditor) -> None:
    """What is public now is what must be there from now on."""
    articles = apps.get_model("articles", "Article").objects.using(schema_editor.connection.alias)
    public = (
        apps.get_model("articles", "Revision")
        .objects.filter(article=OuterRef("pk"), published_at__isnull=False)
        .order_by()
        .values("article")
        .annotate(count=Count("pk"))
        .values("count")
    )
    articles.filter(path__isnull=False).update(
        public_versions=Coalesce(Subquery(public), 0, output_field=models.PositiveIntegerField())
    )


class Migration(migrations.Migration):
    dependencies = [
        ("articles", "0003_search_and_related"),
        migrations.swappable_dependency(settings.AUTH_USER_MODEL),
    ]

    operations = [
        migrations.CreateModel(
            name="RevisionPhoto",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                ("position", models.PositiveSmallIntegerField()),
                ("caption", models.CharField(blank=True, max_length=500, verbose_name="caption")),
                ("alt", models.CharField(blank=True, max_length=300, verbose_name="description")),
            ],
            options={
                "ordering": ["position"],
            },
        ),
        migrations.AddField(
            model_name="article",
            name="form_key",
            field=models.UUIDField(editable=False, null=True, unique=True),
        ),
        migrations.AddField(
            model_name="article",
            name="public_versions",
            field=models.PositiveIntegerField(db_default=0, default=0, editable=False),
        ),
        migrations.AddField(
            model_name="revision",
            name="dateline",
            field=models.CharField(
                blank=True, db_default="", default="", max_length=80, verbose_name="dateline"
            ),
        ),
        migrations.AddField(
            model_name="revision",
            name="part_digests",
            field=models.CharField(
                blank=True, db_default="", default="", editable=False, max_length=600
            ),
        ),
        migrations.AddField(
            model_name="revision",
            name="sources",
            field=models.TextField(
                blank=True, db_default="", default="", max_length=8000, verbose_name="sources"
            ),
        ),
        migrations.AddField(
            model_name="revision",
            name="struck_out_at",
            field=models.DateTimeField(editable=False, null=True),
        ),
        migrations.AddField(
            model_name="revision",
            name="struck_out_because",
            field=models.CharField(
                blank=True, db_default="", default="", editable=False, max_length=300
            ),
        ),
        migrations.AddField(
            model_name="revision",
            name="struck_out_by",
            field=models.ForeignKey(
                editable=False,
                null=True,
                on_delete=django.db.models.deletion.SET_NULL,
                related_name="+",
                to=settings.AUTH_USER_MODEL,
            ),
        ),
        migrations.AddConstraint(
            model_name="revision",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    models.Q(("struck_out_at__isnull", True), ("struck_out_because", "")),
                    models.Q(
                        ("body", ""),
                        ("headline", ""),
                        ("published_at__isnull", False),
                        ("salt", ""),
                        ("struck_out_at__isnull", False),
                        models.Q(("struck_out_because", ""), _negated=True),
                    ),
                    _connector="OR",
                ),
                name="articles_revision_struck_out_is_blank",
            ),
        ),
        migrations.AddField(
            model_name="revisionphoto",
            name="photo",
            field=models.ForeignKey(
                on_delete=django.db.models.deletion.PROTECT,
                related_name="gallery_rows",
                to="articles.photo",
            ),
        ),
        migrations.AddField(
            model_name="revisionphoto",
            name="revision",
            field=models.ForeignKey(
                on_delete=django.db.models.deletion.CASCADE,
                related_name="gallery_rows",
                to="articles.revision",
            ),
        ),
        migrations.AddConstraint(
            model_name="revisionphoto",
            constraint=models.UniqueConstraint(
                fields=("revision", "photo"), name="articles_gallery_photo_is_one"
            ),
        ),
        migrations.RunPython(count_public_versions, migrations.RunPython.noop),
    ]
