"""Destinations in the admin, for whoever administers an organization."""

from activity.delivery.admin.destinations import DestinationAdmin

__all__ = ["DestinationAdmin"]
