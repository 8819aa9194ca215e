from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [
        ("settlements", "0004_why_items_wait"),
    ]

    operations = [
        migrations.AddField(
            model_name="rating",
            name="withdrawn_at",
            field=models.DateTimeField(blank=True, null=True),
        ),
    ]
