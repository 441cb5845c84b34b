"""A link in the chain for each withdrawal; what is withdrawn now is what must be from now on."""

import hashlib
import json
from datetime import UTC

from django.db import migrations, models
from django.db.backends.base.schema import BaseDatabaseSchemaEditor
from django.db.migrations.state import StateApps

MANY = 500  # Rows written by one statement.


def link_withdrawals(apps: StateApps, schema_editor: BaseDatabaseSchemaEditor | None) -> None:
    """As `articles.chain.withdrawal_link` did when this was written."""
    stories = apps.get_model("articles", "Article").objects
    withdrawn = stories.filter(state="withdrawn", withdrawal_hash="").select_related("live")
    columns = ("withdrawn_at", "withdrawal_note", "live__chain_hash")
    rows = []
    for story in withdrawn.only(*columns).iterator(MANY):
        moment = story.withdrawn_at.astimezone(UTC).isoformat()
        facts = [moment, story.withdrawal_note, story.live.chain_hash]
        text = json.dumps(facts, ensure_ascii=False).encode()
        story.withdrawal_hash = hashlib.sha256(text).hexdigest()
        rows.append(story)
    stories.bulk_update(rows, ["withdrawal_hash"], batch_size=MANY)


class Migration(migrations.Migration):
    dependencies = [("articles", "0007_mail_choices")]

    operations = [
        migrations.AddField(
            "article",
            "withdrawal_hash",
            models.CharField(blank=True, db_default="", default="", editable=False, max_length=64),
        ),
        migrations.RunPython(link_withdrawals, migrations.RunPython.noop),
    ]
