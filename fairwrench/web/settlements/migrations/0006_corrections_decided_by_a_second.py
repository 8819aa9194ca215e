"""Corrections are asked for and decided by somebody else; those entered before count as decided by who entered them."""

import django.db.models.deletion
from django.conf import settings
from django.db import migrations, models


def decided_by_who_entered(apps, schema_editor):
    """What counted goes on counting."""
    corrections = apps.get_model("settlements", "Correction").objects
    corrections.update(state="approved", decided_by=models.F("by"), decided_at=models.F("at"))


class Migration(migrations.Migration):
    dependencies = [
        ("settlements", "0005_ratings_taken_back"),
        migrations.swappable_dependency(settings.AUTH_USER_MODEL),
    ]

    operations = [
        migrations.AddField("cycle", "turned_at", models.DateTimeField(blank=True, null=True)),
        migrations.AddField("correction", "effect", models.JSONField(default=dict)),
        migrations.AddField(
            "correction",
            "state",
            models.CharField(
                choices=[
                    ("asked", "待审批"),
                    ("refused", "未同意"),
                    ("approved", "已同意"),
                    ("withdrawn", "已撤回"),
                ],
                default="asked",
                max_length=9,
            ),
        ),
        migrations.AddField(
            "correction",
            "decided_by",
            models.ForeignKey(
                null=True, on_delete=django.db.models.deletion.SET_NULL, related_name="+", to=settings.AUTH_USER_MODEL
            ),
        ),
        migrations.AddField("correction", "decided_at", models.DateTimeField(blank=True, null=True)),
        migrations.AddField("correction", "note", models.CharField(blank=True, max_length=400)),
        migrations.AddField("correction", "withdrawn_at", models.DateTimeField(blank=True, null=True)),
        migrations.RunPython(decided_by_who_entered, migrations.RunPython.noop),
    ]
