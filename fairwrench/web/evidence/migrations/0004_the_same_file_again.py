from django.conf import settings
from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [
        ("evidence", "0003_refused_stores"),
        ("jobs", "0004_job_claim"),
        migrations.swappable_dependency(settings.AUTH_USER_MODEL),
    ]

    operations = [
        migrations.RemoveConstraint(
            model_name="upload",
            name="one_upload_each",
        ),
        migrations.AddConstraint(
            model_name="upload",
            constraint=models.UniqueConstraint(
                condition=models.Q(("state__in", ["set_aside", "landed"]), _negated=True),
                fields=("sha256", "month", "store"),
                name="one_upload_on_the_desk",
            ),
        ),
    ]
