"""Acme Safe for passaudit."""
