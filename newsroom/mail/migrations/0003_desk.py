"""A person's halt of a mailing, and suppressions that one statement can count with."""

import django.db.models.deletion
from django.db import migrations, models

from newsroom.mail.addresses import digest

BATCH = 500


def tie_suppressions(apps, schema_editor):
    """Find the address of each fingerprint, as long as somebody here still has it."""
    Suppression = apps.get_model("mail", "Suppression")
    Address = apps.get_model("mail", "Address")
    untied = dict(Suppression.objects.filter(address=None).values_list("digest", "pk"))
    if not untied:
        return
    tied = []
    known = Address.objects.filter(compared__isnull=False).values_list("pk", "compared")
    for address_id, compared in known.iterator():
        pk = untied.get(digest(compared))
        if pk is not None:
            tied.append(Suppression(pk=pk, address_id=address_id))
    Suppression.objects.bulk_update(tied, ["address"], batch_size=BATCH)


class Migration(migrations.Migration):
    dependencies = [
        ("mail", "0002_bounces"),
    ]

    operations = [
        migrations.AddField(
            model_name="mailing",
            name="stopped_at",
            field=models.DateTimeField(null=True, verbose_name="stopped at"),
        ),
        migrations.AddField(
            model_name="suppression",
            name="address",
            field=models.OneToOneField(
                editable=False,
                null=True,
                on_delete=django.db.models.deletion.SET_NULL,
                related_name="suppression",
                to="mail.address",
            ),
        ),
        migrations.RunPython(tie_suppressions, migrations.RunPython.noop),
    ]
