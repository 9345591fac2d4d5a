import uuid

from django.db import migrations, models


def name_logs(apps, schema_editor):
    """Django gives all existing rows the same default."""
    heads = apps.get_model("activity", "LogHead").objects
    for pk in heads.values_list("pk", flat=True):
        heads.filter(pk=pk).update(uuid=uuid.uuid4())


class Migration(migrations.Migration):
    dependencies = [("activity", "0004_fold_event_codes")]

    operations = [
        migrations.AddField(
            "loghead", "uuid", models.UUIDField(default=uuid.uuid4, editable=False)
        ),
        migrations.AddField("loghead", "hashed", models.BigIntegerField(default=0)),
        migrations.AddField("loghead", "frontier", models.BinaryField(default=b"")),
        migrations.AddField("loghead", "salt_key", models.BinaryField(default=b"")),
        migrations.RunPython(name_logs, migrations.RunPython.noop),
    ]
