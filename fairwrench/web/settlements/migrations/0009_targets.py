import django.db.models.deletion
from django.conf import settings
from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [
        ("settlements", "0008_sealing"),
        migrations.swappable_dependency(settings.AUTH_USER_MODEL),
    ]

    operations = [
        migrations.CreateModel(
            name="Target",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("month", models.CharField(max_length=7)),
                ("subject", models.CharField(max_length=130)),
                ("metric", models.CharField(max_length=60)),
                ("value", models.DecimalField(decimal_places=3, max_digits=18)),
                ("told_as", models.JSONField(default=list)),
                ("set_at", models.DateTimeField(auto_now=True)),
                ("withdrawn_at", models.DateTimeField(blank=True, null=True)),
                (
                    "by",
                    models.ForeignKey(
                        null=True,
                        on_delete=django.db.models.deletion.SET_NULL,
                        related_name="+",
                        to=settings.AUTH_USER_MODEL,
                    ),
                ),
            ],
            options={
                "ordering": ("month", "subject", "metric"),
                "constraints": [
                    models.UniqueConstraint(fields=("month", "subject", "metric"), name="one_target_each"),
                ],
            },
        ),
        # what was decided about ratings is kept: the key of the rating stays, and is no reference any more
        migrations.RenameModel("RatingChoice", "Choice"),
        migrations.AlterField(
            model_name="choice",
            name="rating",
            field=models.BigIntegerField(),
        ),
        migrations.RenameField("choice", "rating", "record_id"),
        migrations.AddField(
            model_name="choice",
            name="source",
            field=models.CharField(default="ratings", max_length=60),
            preserve_default=False,
        ),
        migrations.AddIndex(
            model_name="choice",
            index=models.Index(fields=["source", "record_id"], name="settlements_source_8e7300_idx"),
        ),
    ]
