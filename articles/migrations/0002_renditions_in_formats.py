"""Renditions in formats and widths, cards for those who quote a page."""

import base64
import secrets
from pathlib import Path

import django.db.models.deletion
from django.conf import settings
from django.db import migrations, models

BATCH = 500
PLAIN_WIDTH = 960


def weigh(apps, schema_editor):
    """Say how large the files of the renditions are that there were. What a photo still lacks is
    made by the sweep: every photo begins as one that waits."""
    Rendition = apps.get_model("articles", "Rendition")
    folder = Path(settings.PRIVATE_DIR) / "renditions"
    rows = []
    for row in Rendition.objects.iterator(chunk_size=BATCH):
        file = folder / row.name
        row.bytes = file.stat().st_size if file.exists() else 0
        rows.append(row)
    Rendition.objects.bulk_update(rows, ["bytes"], batch_size=BATCH)


def promise_cards(apps, schema_editor):
    """A card for every public story without a photo; the sweep draws them, some at a time."""
    Article = apps.get_model("articles", "Article")
    StoryCard = apps.get_model("articles", "StoryCard")
    without = Article.objects.filter(state="published", live__lead_photo=None)
    cards = (
        StoryCard(article_id=pk, drawn_from="", name=f"{_random()}.jpg", public=True)
        for pk in without.values_list("pk", flat=True).iterator(chunk_size=BATCH)
    )
    StoryCard.objects.bulk_create(cards, batch_size=BATCH)


def _random():
    return base64.b32encode(secrets.token_bytes(16)).decode().rstrip("=").lower()


def leave_one(apps, schema_editor):
    """Keep of each photo the one JPEG that the code before knows; the others go with their
    files, and so do the drawn cards, whose table goes next."""
    Rendition = apps.get_model("articles", "Rendition")
    StoryCard = apps.get_model("articles", "StoryCard")
    jpegs = Rendition.objects.filter(purpose="picture", format="jpeg")
    kept = {}
    for row in jpegs.iterator(chunk_size=BATCH):
        best = kept.setdefault(row.photo_id, row)
        if abs(row.width - PLAIN_WIDTH) < abs(best.width - PLAIN_WIDTH):
            kept[row.photo_id] = row
    staying = {row.pk for row in kept.values()}
    going = [
        (pk, name) for pk, name in Rendition.objects.values_list("pk", "name") if pk not in staying
    ]
    for begin in range(0, len(going), BATCH):
        pks = [pk for pk, _name in going[begin : begin + BATCH]]
        Rendition.objects.filter(pk__in=pks).delete()
    names = [name for _pk, name in going]
    for name in [*names, *StoryCard.objects.values_list("name", flat=True)]:
        for folder in (Path(settings.PRIVATE_DIR) / "renditions", Path(settings.MEDIA_DIR)):
            (folder / name).unlink(missing_ok=True)


class Migration(migrations.Migration):
    dependencies = [
        ("articles", "0001_initial"),
    ]

    operations = [
        migrations.CreateModel(
            name="StoryCard",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                ("name", models.CharField(max_length=60, unique=True)),
                ("bytes", models.PositiveIntegerField(default=0)),
                ("public", models.BooleanField(default=False)),
                ("placed", models.BooleanField(default=False)),
                ("drawn_from", models.CharField(max_length=64)),
            ],
            options={
                "abstract": False,
            },
        ),
        migrations.RemoveConstraint(
            model_name="rendition",
            name="articles_rendition_is_one",
        ),
        migrations.AddField(
            model_name="photo",
            name="copyright",
            field=models.CharField(blank=True, max_length=200, verbose_name="copyright"),
        ),
        migrations.AddField(
            model_name="photo",
            name="failure",
            field=models.CharField(blank=True, editable=False, max_length=300),
        ),
        migrations.AddField(
            model_name="photo",
            name="making",
            field=models.CharField(
                choices=[
                    ("waiting", "Sizes are being made"),
                    ("made", "Ready in every size"),
                    ("failed", "Only one size could be made"),
                ],
                default="waiting",
                editable=False,
                max_length=8,
                verbose_name="sizes",
            ),
        ),
        migrations.AddField(
            model_name="photo",
            name="making_tries",
            field=models.PositiveSmallIntegerField(default=0, editable=False),
        ),
        migrations.AddField(
            model_name="photo",
            name="making_until",
            field=models.DateTimeField(editable=False, null=True),
        ),
        migrations.AddField(
            model_name="rendition",
            name="bytes",
            field=models.PositiveIntegerField(default=0),
        ),
        migrations.AddField(
            model_name="rendition",
            name="format",
            field=models.CharField(
                choices=[("avif", "Avif"), ("webp", "Webp"), ("jpeg", "Jpeg")],
                default="jpeg",
                max_length=4,
            ),
        ),
        migrations.AddField(
            model_name="rendition",
            name="purpose",
            field=models.CharField(
                choices=[
                    ("picture", "The whole picture"),
                    ("card", "Cut for those who quote a page"),
                ],
                default="picture",
                max_length=8,
            ),
        ),
        migrations.AddIndex(
            model_name="photo",
            index=models.Index(
                condition=models.Q(("making", "waiting")),
                fields=["id"],
                name="articles_photo_waiting",
            ),
        ),
        migrations.AddConstraint(
            model_name="photo",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    models.Q(("making", "failed"), models.Q(("failure", ""), _negated=True)),
                    models.Q(models.Q(("making", "failed"), _negated=True), ("failure", "")),
                    _connector="OR",
                ),
                name="articles_photo_failure_has_a_reason",
            ),
        ),
        migrations.AddConstraint(
            model_name="rendition",
            constraint=models.UniqueConstraint(
                fields=("photo", "purpose", "format", "width"), name="articles_rendition_is_one"
            ),
        ),
        migrations.AddField(
            model_name="storycard",
            name="article",
            field=models.ForeignKey(
                on_delete=django.db.models.deletion.CASCADE,
                related_name="drawn_cards",
                to="articles.article",
            ),
        ),
        migrations.AddIndex(
            model_name="storycard",
            index=models.Index(
                condition=models.Q(("public", models.F("placed")), _negated=True),
                fields=["id"],
                name="articles_storycard_misplaced",
            ),
        ),
        migrations.AddConstraint(
            model_name="storycard",
            constraint=models.UniqueConstraint(
                condition=models.Q(("public", True)),
                fields=("article",),
                name="articles_storycard_public_is_one",
            ),
        ),
        migrations.AddConstraint(
            model_name="storycard",
            constraint=models.UniqueConstraint(
                fields=("article", "drawn_from"), name="articles_storycard_words_are_one"
            ),
        ),
        migrations.RunPython(weigh, leave_one),
        migrations.RunPython(promise_cards, migrations.RunPython.noop),
    ]
