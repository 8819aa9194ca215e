import django.db.models.deletion
from django.conf import settings
from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [
        ("evidence", "0004_the_same_file_again"),
        ("settlements", "0006_corrections_decided_by_a_second"),
        migrations.swappable_dependency(settings.AUTH_USER_MODEL),
    ]

    operations = [
        migrations.CreateModel(
            name="RatingChoice",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("page_said", models.CharField(max_length=60)),
                ("file_said", models.CharField(max_length=60)),
                ("choice", models.CharField(choices=[("file", "文件"), ("page", "页面")], max_length=4)),
                ("reason", models.CharField(max_length=400)),
                ("at", models.DateTimeField(auto_now_add=True)),
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
                    "rating",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.CASCADE, related_name="choices", to="settlements.rating"
                    ),
                ),
                (
                    "upload",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.CASCADE, related_name="+", to="evidence.upload"
                    ),
                ),
            ],
            options={
                "ordering": ("-at", "-id"),
            },
        ),
    ]
