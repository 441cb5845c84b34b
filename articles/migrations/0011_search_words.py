"""The words of public stories as they are written, beside their stems.

A stem no longer says how one of its words is spelt. The words that are written above texts are
not known of rows that are there: each public story is promised to the sweep.
"""

from django.db import migrations, models
from django.db.models.functions import Substr


def promise_all(apps, schema_editor):
    schema_editor.execute(
        "INSERT INTO articles_searchdue (article_id)"
        " SELECT id FROM articles_article WHERE state = 'published'"
    )


def spell_stems(apps, schema_editor):
    """Going back: the words are not known, so each stem stands for its own."""
    stems = apps.get_model("articles", "SearchStem").objects
    stems.update(form=models.F("stem"), start=Substr("stem", 1, 2))


class Migration(migrations.Migration):
    dependencies = [
        ("articles", "0010_promise_to_index"),
    ]

    operations = [
        migrations.CreateModel(
            name="SearchWord",
            fields=[
                ("word", models.CharField(max_length=60, primary_key=True, serialize=False)),
                ("stories", models.IntegerField()),
            ],
        ),
        # Django would make SQLite's table anew, without the triggers that keep the index.
        migrations.RunSQL(
            "ALTER TABLE articles_searchtext ADD COLUMN above text NOT NULL DEFAULT ''",
            "ALTER TABLE articles_searchtext DROP COLUMN above",
            state_operations=[
                migrations.AddField(
                    model_name="searchtext",
                    name="above",
                    field=models.TextField(db_default="", default=""),
                ),
            ],
        ),
        migrations.RemoveIndex(model_name="searchstem", name="articles_searchstem_start"),
        migrations.RemoveIndex(model_name="searchstem", name="articles_searchstem_form"),
        migrations.RunPython(migrations.RunPython.noop, spell_stems),
        # With a default, so that they can come back.
        migrations.AlterField(
            model_name="searchstem",
            name="form",
            field=models.CharField(max_length=60, default=""),
        ),
        migrations.AlterField(
            model_name="searchstem",
            name="start",
            field=models.CharField(max_length=2, default=""),
        ),
        migrations.RemoveField(model_name="searchstem", name="form"),
        migrations.RemoveField(model_name="searchstem", name="start"),
        migrations.RunPython(promise_all, migrations.RunPython.noop),
    ]
