"""Settings that would refuse every upload without a word."""

from typing import Any

from django.conf import settings
from django.core.checks import CheckMessage, Error, register


@register
def check_settings(**kwargs: Any) -> list[CheckMessage]:
    if settings.UPLOAD_MAX_MIB >= 1:
        return []
    return [Error("UPLOAD_MAX_MIB must be 1 or more.", id="uploads.E001")]
