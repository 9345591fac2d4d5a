"""Sign-in by django-allauth at the admin's URL: rate limits, and events in the logs."""
