"""The admin pages of the log. `django.contrib.admin` discovers this package."""

from activity.admin import events  # noqa: F401 - registers
