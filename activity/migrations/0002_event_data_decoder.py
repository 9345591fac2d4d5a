import activity.nesting
import django.core.serializers.json
from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("activity", "0001_initial")]

    # The column stays as it is: on SQLite, AlterField would copy the whole table.
    operations = [
        migrations.SeparateDatabaseAndState(
            state_operations=[
                migrations.AlterField(
                    model_name="event",
                    name="data",
                    field=models.JSONField(
                        decoder=activity.nesting.stored_decoder,
                        default=dict,
                        encoder=django.core.serializers.json.DjangoJSONEncoder,
                        verbose_name="more",
                    ),
                ),
            ],
        ),
    ]
