"""The queue of before, whose tables nobody reads any more: what waited in it waits as a job."""

from __future__ import annotations

from django.db import migrations


class Migration(migrations.Migration):
    dependencies = [("jobs", "0004_job_claim")]

    operations = [
        migrations.RunSQL("DROP TABLE IF EXISTS django_tasks_database_dbtaskresult", migrations.RunSQL.noop),
    ]
