"""Two people to a version: those adopted so far count as approved, by whoever adopted them, when they did."""

import django.db.models.deletion
import django.utils.timezone
from django.conf import settings
from django.db import migrations, models


def adopters_become_approvers(apps, schema_editor):
    step = apps.get_model("schemes", "VersionStep")
    for version in apps.get_model("schemes", "SchemeVersion").objects.exclude(adopted_at=None):
        at, begins = version.adopted_at, version.begins
        step.objects.create(version=version, what="approve", by_id=version.adopted_by_id, at=at, begins=begins)


def approvers_become_adopters(apps, schema_editor):
    versions = apps.get_model("schemes", "SchemeVersion").objects
    for step in apps.get_model("schemes", "VersionStep").objects.filter(what="approve").order_by("id"):
        versions.filter(pk=step.version_id).update(adopted_by=step.by_id, adopted_at=step.at)
    versions.filter(state="proposed").update(state="draft", begins="")


class Migration(migrations.Migration):
    dependencies = [
        ("schemes", "0003_problems"),
        migrations.swappable_dependency(settings.AUTH_USER_MODEL),
    ]

    operations = [
        migrations.AddField(
            model_name="schemeversion",
            name="revision",
            field=models.PositiveIntegerField(default=0),
        ),
        migrations.AlterField(
            model_name="schemeversion",
            name="state",
            field=models.CharField(
                choices=[
                    ("draft", "草案"),
                    ("proposed", "待总经理批准"),
                    ("adopted", "已批准"),
                    ("withdrawn", "已撤回"),
                ],
                default="draft",
                max_length=9,
            ),
        ),
        migrations.CreateModel(
            name="VersionStep",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                (
                    "what",
                    models.CharField(
                        choices=[
                            ("propose", "提交审批"),
                            ("take_back", "撤回提交"),
                            ("send_back", "退回"),
                            ("approve", "批准"),
                            ("withdraw", "撤回版本"),
                        ],
                        max_length=10,
                    ),
                ),
                ("at", models.DateTimeField(default=django.utils.timezone.now)),
                ("begins", models.CharField(blank=True, max_length=7)),
                ("note", models.CharField(blank=True, max_length=400)),
                (
                    "by",
                    models.ForeignKey(
                        null=True,
                        on_delete=django.db.models.deletion.SET_NULL,
                        related_name="+",
                        to=settings.AUTH_USER_MODEL,
                    ),
                ),
                (
                    "version",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="steps",
                        to="schemes.schemeversion",
                    ),
                ),
            ],
            options={
                "ordering": ("id",),
            },
        ),
        migrations.RunPython(adopters_become_approvers, approvers_become_adopters),
        migrations.RemoveField(model_name="schemeversion", name="adopted_by"),
        migrations.RemoveField(model_name="schemeversion", name="adopted_at"),
    ]
