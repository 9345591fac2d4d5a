"""Checks of the deployment, for `manage.py check --deploy`."""

import stat
from pathlib import Path
from typing import Any

from django.conf import settings
from django.core.checks import CheckMessage, Tags, Warning, register  # noqa: A004


@register(Tags.security, deploy=True)
def check_env_file(**kwargs: Any) -> list[CheckMessage]:
    """`.env` holds SECRET_KEY and passwords."""
    file = Path(settings.BASE_DIR) / ".env"
    if not file.exists() or not stat.S_IMODE(file.stat().st_mode) & stat.S_IRWXO:
        return []
    message = "Everybody on this machine can read .env, which holds SECRET_KEY."
    return [Warning(message, hint="chmod 600 .env", id="passaudit.W001")]
