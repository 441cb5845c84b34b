"""What public versions show with their pictures is kept, where the photo's own words stand for it."""

from django.db import migrations, models
from django.db.backends.base.schema import BaseDatabaseSchemaEditor
from django.db.migrations.state import StateApps
from django.db.models import Case, F, OuterRef, Q, Subquery, When


def keep_captions(apps: StateApps, schema_editor: BaseDatabaseSchemaEditor | None) -> None:
    """What is shown now is what was published, from now on. Harmless to repeat.

    No column is touched that the chain covers for these versions.
    """
    photos = apps.get_model("articles", "Photo").objects
    revisions = apps.get_model("articles", "Revision").objects.filter(published_at__isnull=False)

    def shown(typed: str, own: str, photo: str) -> Case:
        words = photos.filter(pk=OuterRef(photo)).values(own)[:1]
        return Case(When(~Q(**{typed: ""}), then=F(typed)), default=Subquery(words))

    revisions.filter(lead_photo__isnull=False, public_caption__isnull=True).update(
        public_caption=shown("lead_caption", "caption", "lead_photo_id"),
        public_alt=shown("lead_alt", "alt", "lead_photo_id"),
    )
    rows = apps.get_model("articles", "RevisionPhoto").objects
    rows.filter(revision__in=revisions.order_by(), public_caption__isnull=True).update(
        public_caption=shown("caption", "caption", "photo_id"),
        public_alt=shown("alt", "alt", "photo_id"),
    )


def column(length: int) -> models.CharField:
    return models.CharField(editable=False, max_length=length, null=True)


class Migration(migrations.Migration):
    dependencies = [("articles", "0008_withdrawals_in_the_chain")]

    operations = [
        migrations.AddField("revision", "public_caption", column(500)),
        migrations.AddField("revision", "public_alt", column(300)),
        migrations.AddField("revisionphoto", "public_caption", column(500)),
        migrations.AddField("revisionphoto", "public_alt", column(300)),
        migrations.RunPython(keep_captions, migrations.RunPython.noop),
    ]
