"""Signing in: django-allauth behind the admin's own page, its limits, and its events."""
