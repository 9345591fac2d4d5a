"""The log's pages in the admin. `django.contrib.admin` discovers this package."""

from activity.admin import events  # noqa: F401 - registers
