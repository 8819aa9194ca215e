from django.db import migrations, models

#: results written at once
BATCH = 500


def fill(apps, schema_editor):
    """Say of the results there are why their items wait; what stands in their lines tells it."""
    results = apps.get_model("settlements", "Result").objects
    waiting = []
    for result in results.filter(state="incomplete").only("pk", "lines").iterator(chunk_size=BATCH):
        causes = sorted({line["cause"] for line in result.lines if line["state"] == "held" and line["cause"]})
        result.held = f",{','.join(causes)}," if causes else ""
        waiting.append(result)
        if len(waiting) == BATCH:
            results.bulk_update(waiting, ["held"])
            waiting = []
    results.bulk_update(waiting, ["held"])


class Migration(migrations.Migration):
    dependencies = [
        ("settlements", "0003_who_entered_a_rating"),
    ]

    operations = [
        migrations.AddField(
            model_name="result",
            name="held",
            field=models.CharField(blank=True, max_length=200),
        ),
        migrations.RunPython(fill, migrations.RunPython.noop),
    ]
