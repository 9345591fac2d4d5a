"""Errors of a database that is unreachable or overloaded, which may pass by themselves."""

from django.db import InterfaceError, OperationalError

UNDEFINED_TABLE = "42P01"  # of PostgreSQL
DATABASE_ERRORS = (OperationalError, InterfaceError)


def on_one_line(error: Exception) -> str:
    """What the database says, without line breaks."""
    return " ".join(str(error).split()) or type(error).__name__


def is_without_tables(error: Exception) -> bool:
    """Whether the database has not been migrated."""
    code = getattr(error.__cause__, "sqlstate", None)
    return code == UNDEFINED_TABLE or str(error).startswith("no such table")
