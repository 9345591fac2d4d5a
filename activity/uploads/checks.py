"""System check of the folder of uploads."""

import os
from pathlib import Path
from typing import Any

from django.conf import settings
from django.core.checks import CheckMessage, Error, register


@register
def check_settings(**kwargs: Any) -> list[CheckMessage]:
    found: list[CheckMessage] = []
    folder = Path(settings.UPLOADS_DIR).absolute()
    existing = next(path for path in [folder, *folder.parents] if path.exists())
    if not (existing.is_dir() and os.access(existing, os.W_OK)):
        message = f"UPLOADS_DIR is {folder}, which this user cannot write to."
        found.append(Error(message, id="uploads.E002"))
    return found
