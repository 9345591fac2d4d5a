"""The database role of the site: it owns nothing, and can only add to the log. PostgreSQL."""

from collections.abc import Iterator

from django.db.backends.base.base import BaseDatabaseWrapper

from activity.evidence.append_only import PROTECTED_TABLES

POWERS = """
    SELECT relname FROM pg_class
    WHERE oid = to_regclass(%s) AND (
        pg_has_role(relowner, 'USAGE') OR has_table_privilege(oid, 'UPDATE, DELETE, TRUNCATE')
    )
"""
MIGRATIONS = "django_migrations"  # The site reads it.


def tables_open_to_change(connection: BaseDatabaseWrapper) -> list[str]:
    """The tables of the log that the current role can change, or whose triggers it can drop."""
    if connection.vendor != "postgresql":
        return list(PROTECTED_TABLES)
    found = []
    with connection.cursor() as cursor:
        for table in PROTECTED_TABLES:
            cursor.execute(POWERS, [table])
            found += [str(name) for (name,) in cursor.fetchall()]
    return found


def statements(connection: BaseDatabaseWrapper, role: str) -> Iterator[str]:
    """SQL that creates `role` and grants what the site needs. Can run again after an upgrade."""
    quote = connection.ops.quote_name
    name, database = quote(role), quote(str(connection.settings_dict["NAME"]))
    literal = role.replace("'", "''")
    with connection.cursor() as cursor:
        cursor.execute("SELECT current_schema()")
        schema = quote(cursor.fetchone()[0])
    yield (
        f"DO $$ BEGIN IF NOT EXISTS (SELECT FROM pg_roles WHERE rolname = '{literal}') "
        f"THEN CREATE ROLE {name} LOGIN; END IF; END $$"
    )
    yield f"GRANT CONNECT ON DATABASE {database} TO {name}"
    yield f"GRANT USAGE ON SCHEMA {schema} TO {name}"
    yield f"REVOKE ALL ON ALL TABLES IN SCHEMA {schema} FROM {name}"
    for table in sorted(connection.introspection.django_table_names()):
        rights = "SELECT, INSERT" if table in PROTECTED_TABLES else "SELECT, INSERT, UPDATE, DELETE"
        yield f"GRANT {rights} ON {schema}.{quote(table)} TO {name}"
    yield f"GRANT SELECT ON {schema}.{quote(MIGRATIONS)} TO {name}"
    yield f"GRANT USAGE, SELECT ON ALL SEQUENCES IN SCHEMA {schema} TO {name}"
