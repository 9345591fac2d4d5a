"""System check: each plugin in PLUGINS is loaded."""

from typing import Any

from django.core.checks import CheckMessage, Error, register

from passaudit.plugins.loading import problems


@register
def check_plugins(**kwargs: Any) -> list[CheckMessage]:
    return [
        Error(
            f"Plugin {name}: {message}.",
            hint="Install or fix it, or remove it from PLUGINS.",
            id="plugins.E001",
        )
        for name, message in problems()
    ]
