"""System check of the database role of the site."""

from collections.abc import Sequence
from typing import Any

from django.core.checks import CheckMessage, Tags, Warning, register  # noqa: A004 - Django's name
from django.db import connections

from activity.evidence.roles import tables_open_to_change


@register(Tags.database, deploy=True)
def check_role(databases: Sequence[str] | None = None, **kwargs: Any) -> list[CheckMessage]:
    """Runs with `check --deploy --database default`."""
    return [
        Warning(
            f"The site's database role can change the log: {', '.join(tables)}.",
            hint="Run “manage.py database_roles”, and use the role that it describes.",
            id="evidence.W001",
        )
        for alias in databases or []
        if connections[alias].vendor == "postgresql"
        and (tables := tables_open_to_change(connections[alias]))
    ]
