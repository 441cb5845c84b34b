"""The title's sign, and the card for pages that have no picture."""

from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [
        ("kit", "0001_initial"),
    ]

    operations = [
        migrations.AddField(
            model_name="site",
            name="card",
            field=models.CharField(blank=True, editable=False, max_length=40),
        ),
        migrations.AddField(
            model_name="site",
            name="logo",
            field=models.CharField(blank=True, editable=False, max_length=40),
        ),
    ]
