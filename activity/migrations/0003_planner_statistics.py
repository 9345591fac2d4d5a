"""Take every organization for an average one when PostgreSQL plans a query.

With statistics of `organization_id`, the planner takes an organization that they do not list for an
empty one, whatever its log holds by now. Then all indexes seem equally good, and it may read and
sort a whole log for one page. Without them it assumes a fixed share of the table for each.

ALTER COLUMN TYPE to the same type rewrites nothing; it discards the statistics that exist.

ANALYZE would run only after a tenth of a table has changed, that is ten million events of a
hundred million. A fixed number of changes replaces the share.
"""

from django.db import migrations
from django.db.backends.base.schema import BaseDatabaseSchemaEditor
from django.db.migrations.state import StateApps

TABLES = ["activity_event", "activity_actor"]
FORWARDS = """
    ALTER TABLE {table}
        ALTER COLUMN organization_id TYPE bigint,
        ALTER COLUMN organization_id SET STATISTICS 0,
        SET (autovacuum_analyze_scale_factor = 0, autovacuum_analyze_threshold = 100000);
"""
BACKWARDS = """
    ALTER TABLE {table}
        ALTER COLUMN organization_id SET STATISTICS -1,
        RESET (autovacuum_analyze_scale_factor, autovacuum_analyze_threshold);
"""


def run(sql: str, schema_editor: BaseDatabaseSchemaEditor) -> None:
    """Citus does not support these statements. There each server has fewer organizations."""
    if schema_editor.connection.vendor != "postgresql":
        return
    with schema_editor.connection.cursor() as cursor:
        cursor.execute("SELECT EXISTS (SELECT FROM pg_extension WHERE extname = 'citus')")
        (has_citus,) = cursor.fetchone()
    if not has_citus:
        for table in TABLES:
            schema_editor.execute(sql.format(table=table))


def forwards(apps: StateApps, schema_editor: BaseDatabaseSchemaEditor) -> None:
    run(FORWARDS, schema_editor)


def backwards(apps: StateApps, schema_editor: BaseDatabaseSchemaEditor) -> None:
    run(BACKWARDS, schema_editor)


class Migration(migrations.Migration):
    dependencies = [("activity", "0002_event_data_decoder")]

    operations = [migrations.RunPython(forwards, backwards)]
