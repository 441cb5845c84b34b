"""What is called off while a worker holds it, and when the words of a mailing changed."""

import django.db.models.deletion
from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [
        ("mail", "0004_unproved"),
    ]

    operations = [
        migrations.CreateModel(
            name="Recall",
            fields=[
                (
                    "delivery",
                    models.OneToOneField(
                        on_delete=django.db.models.deletion.CASCADE,
                        primary_key=True,
                        serialize=False,
                        to="mail.delivery",
                    ),
                ),
                ("why", models.CharField(max_length=500)),
                ("at", models.DateTimeField(auto_now_add=True)),
            ],
            options={
                "verbose_name": "recall",
                "verbose_name_plural": "recalls",
            },
        ),
        migrations.AddField(
            model_name="mailing",
            name="changed_at",
            field=models.DateTimeField(null=True),
        ),
    ]
