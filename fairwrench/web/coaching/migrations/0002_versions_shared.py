"""Which versions of a note the person had read; what a draft said before it was shared stays hidden."""

from __future__ import annotations

from django.apps.registry import Apps
from django.db import migrations, models
from django.db.backends.base.schema import BaseDatabaseSchemaEditor


def _fill(apps: Apps, _editor: BaseDatabaseSchemaEditor) -> None:
    shared_at = apps.get_model("work", "Step").objects.filter(workflow="note", act="share")
    when = dict(shared_at.values_list("record", "at"))
    for version in apps.get_model("coaching", "NoteVersion").objects.filter(note__was_shared=True):
        version.shared = version.note_id not in when or version.at > when[version.note_id]
        version.save()


class Migration(migrations.Migration):
    dependencies = [("coaching", "0001_initial"), ("work", "0003_comments")]

    operations = [
        migrations.AddField(model_name="noteversion", name="shared", field=models.BooleanField(default=False)),
        migrations.RunPython(_fill, migrations.RunPython.noop),
    ]
