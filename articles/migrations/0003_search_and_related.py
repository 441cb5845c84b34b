"""The search index, and what stands below a story.

The tables are for both databases. What makes them quick is each database's own: FTS5 tables that
triggers keep in step on SQLite, generated text search vectors on PostgreSQL. Stories that are
public already are indexed by the sweep, or at once by `manage.py rebuild_search`.
"""

import django.db.models.deletion
from django.db import migrations, models

COLUMNS = "headline, standfirst, topics, bylines, body"
NEW = "new.headline, new.standfirst, new.topics, new.bylines, new.body"
OLD = "old.headline, old.standfirst, old.topics, old.bylines, old.body"
ENTER = f"""
    INSERT INTO articles_search (rowid, {COLUMNS}) VALUES (new.place, {NEW});
    INSERT INTO articles_search_head (rowid, headline) VALUES (new.place, new.headline);
"""  # noqa: S608 - Names of our own, above.
# An FTS5 table that keeps no text of its own is told what to forget (SQLite FTS5, 4.4.3).
LEAVE = f"""
    INSERT INTO articles_search (articles_search, rowid, {COLUMNS})
        VALUES ('delete', old.place, {OLD});
    INSERT INTO articles_search_head (articles_search_head, rowid, headline)
        VALUES ('delete', old.place, old.headline);
"""  # noqa: S608 - As above.
WRITTEN = "headline, standfirst, topics, bylines, body, place"
SQLITE = (
    f"""CREATE VIRTUAL TABLE articles_search USING fts5(
        {COLUMNS}, content='articles_searchtext', content_rowid='place', tokenize='ascii')""",
    """CREATE VIRTUAL TABLE articles_search_head USING fts5(
        headline, content='articles_searchtext', content_rowid='place', tokenize='ascii')""",
    f"""CREATE TRIGGER articles_search_enter AFTER INSERT ON articles_searchtext
        BEGIN {ENTER} END""",
    f"""CREATE TRIGGER articles_search_leave AFTER DELETE ON articles_searchtext
        BEGIN {LEAVE} END""",
    f"""CREATE TRIGGER articles_search_change AFTER UPDATE OF {WRITTEN} ON articles_searchtext
        BEGIN {LEAVE} {ENTER} END""",
)
SQLITE_BACK = (
    "DROP TRIGGER articles_search_change",
    "DROP TRIGGER articles_search_leave",
    "DROP TRIGGER articles_search_enter",
    "DROP TABLE articles_search_head",
    "DROP TABLE articles_search",
)
# A word after each column that nobody can ask for, as no stem has both letters and digits: no
# phrase reaches from one column into the next.
PARTED = "|| ' end0column'"
POSTGRESQL = (
    f"""ALTER TABLE articles_searchtext
        ADD COLUMN head tsvector GENERATED ALWAYS AS (to_tsvector('simple', headline)) STORED,
        ADD COLUMN vector tsvector GENERATED ALWAYS AS (
            setweight(to_tsvector('simple', headline {PARTED}), 'A')
            || setweight(to_tsvector('simple', standfirst {PARTED}), 'B')
            || setweight(to_tsvector('simple', topics {PARTED}), 'B')
            || setweight(to_tsvector('simple', bylines {PARTED}), 'C')
            || setweight(to_tsvector('simple', body), 'D')
        ) STORED""",
    # A count reads many rows and few of their texts: those lie apart.
    "ALTER TABLE articles_searchtext SET (toast_tuple_target = 256)",
    # A common question reads hundreds of vectors to find the newest: unpacking takes longest.
    "ALTER TABLE articles_searchtext ALTER COLUMN vector SET STORAGE EXTERNAL",
    "CREATE INDEX articles_search_head ON articles_searchtext USING gin (head)"
    " WITH (fastupdate = off)",
    "CREATE INDEX articles_search ON articles_searchtext USING gin (vector)"
    " WITH (fastupdate = off)",
)


def make_index(apps, schema_editor):
    """What the database at hand needs to search the table. The tests call it too."""
    vendor = schema_editor.connection.vendor
    for statement in SQLITE if vendor == "sqlite" else POSTGRESQL:
        schema_editor.execute(statement, None)


def drop_index(apps, schema_editor):
    if schema_editor.connection.vendor == "sqlite":
        for statement in SQLITE_BACK:
            schema_editor.execute(statement, None)


class Migration(migrations.Migration):
    dependencies = [
        ("articles", "0002_renditions_in_formats"),
    ]

    operations = [
        migrations.CreateModel(
            name="SearchStem",
            fields=[
                ("stem", models.CharField(max_length=60, primary_key=True, serialize=False)),
                ("start", models.CharField(max_length=2)),
                ("form", models.CharField(max_length=60)),
                ("stories", models.IntegerField()),
            ],
            options={
                "indexes": [
                    models.Index(
                        models.F("start"),
                        models.OrderBy(models.F("stories"), descending=True),
                        name="articles_searchstem_start",
                    ),
                    models.Index(fields=["form"], name="articles_searchstem_form"),
                ],
            },
        ),
        migrations.CreateModel(
            name="RelatedPick",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                ("position", models.PositiveSmallIntegerField()),
                (
                    "article",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="pick_rows",
                        to="articles.article",
                    ),
                ),
                (
                    "other",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="picked_below",
                        to="articles.article",
                        verbose_name="story",
                    ),
                ),
            ],
            options={
                "ordering": ["position", "pk"],
                "constraints": [
                    models.UniqueConstraint(
                        fields=("article", "other"), name="articles_pick_is_one"
                    ),
                    models.CheckConstraint(
                        condition=models.Q(("article", models.F("other")), _negated=True),
                        name="articles_pick_is_another",
                    ),
                ],
            },
        ),
        migrations.CreateModel(
            name="RelatedRefusal",
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
                        related_name="refusal_rows",
                        to="articles.article",
                    ),
                ),
                (
                    "other",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="refused_below",
                        to="articles.article",
                    ),
                ),
            ],
            options={
                "constraints": [
                    models.UniqueConstraint(
                        fields=("article", "other"), name="articles_refusal_is_one"
                    )
                ],
            },
        ),
        migrations.CreateModel(
            name="RelatedStory",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                ("position", models.PositiveSmallIntegerField()),
                ("score", models.FloatField(default=0)),
                ("because", models.CharField(blank=True, max_length=200)),
                (
                    "article",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="related_rows",
                        to="articles.article",
                    ),
                ),
                (
                    "other",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="related_below",
                        to="articles.article",
                    ),
                ),
            ],
            options={
                "ordering": ["position"],
                "constraints": [
                    models.UniqueConstraint(
                        fields=("article", "other"), name="articles_related_is_one"
                    ),
                    models.CheckConstraint(
                        condition=models.Q(("article", models.F("other")), _negated=True),
                        name="articles_related_is_another",
                    ),
                ],
            },
        ),
        migrations.CreateModel(
            name="SearchText",
            fields=[
                ("place", models.BigIntegerField(primary_key=True, serialize=False)),
                ("headline", models.TextField()),
                ("standfirst", models.TextField()),
                ("topics", models.TextField()),
                ("bylines", models.TextField()),
                ("body", models.TextField()),
                ("text", models.TextField()),
                ("related_at", models.DateTimeField(null=True)),
                (
                    "article",
                    models.OneToOneField(
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="search_text",
                        to="articles.article",
                    ),
                ),
            ],
            options={
                "indexes": [
                    models.Index(fields=["related_at"], name="articles_searchtext_related")
                ],
            },
        ),
        migrations.RunPython(make_index, drop_index),
    ]
