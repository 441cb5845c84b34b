"""Notices that speak of a message without proving it have an effect of their own: none."""

from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [
        ("mail", "0003_desk"),
    ]

    operations = [
        migrations.AlterField(
            model_name="bouncenotice",
            name="effect",
            field=models.CharField(
                choices=[
                    ("noted", "written down"),
                    ("suppressed", "address suppressed"),
                    ("unknown", "of no message of ours"),
                    ("unproved", "nothing done, not proved to be about this message"),
                ],
                default="noted",
                max_length=10,
                verbose_name="effect",
            ),
        ),
    ]
