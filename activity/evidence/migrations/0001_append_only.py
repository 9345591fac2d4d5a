from django.db import migrations

from activity.evidence import append_only


def install(apps, schema_editor):
    append_only.install(schema_editor.connection)


def remove(apps, schema_editor):
    append_only.remove(schema_editor.connection)


class Migration(migrations.Migration):
    """Triggers that refuse to change or delete events and actors."""

    initial = True

    dependencies = [
        ("activity", "0001_initial"),
    ]

    operations = [
        migrations.RunPython(install, remove),
    ]
