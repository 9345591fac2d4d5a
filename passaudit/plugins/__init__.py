"""Plugins: Django apps of other packages that extend passaudit. See docs/extending.md."""
