"""The site's settings with the stock admin beside it, and static files that need no collecting."""

from passaudit.settings import *  # noqa: F403
from passaudit.settings import STORAGES

ROOT_URLCONF = "benchmarks.urls"
STORAGES = {
    **STORAGES,
    "staticfiles": {"BACKEND": "django.contrib.staticfiles.storage.StaticFilesStorage"},
}
