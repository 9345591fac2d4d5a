from django.db import migrations, models


def mark_existing_logs(apps, schema_editor):
    """The ids of events that have none of their source held the actor's name up to now."""
    heads = apps.get_model("activity", "LogHead").objects
    heads.using(schema_editor.connection.alias).filter(size__gt=0).update(has_former_ids=True)


class Migration(migrations.Migration):
    dependencies = [("activity", "0005_log_tree")]

    operations = [
        migrations.AddField(
            model_name="loghead",
            name="has_former_ids",
            field=models.BooleanField(default=False),
        ),
        migrations.RunPython(mark_existing_logs, migrations.RunPython.noop, elidable=True),
    ]
