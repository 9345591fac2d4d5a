"""Admin pages of destinations, for administrators of organizations."""

from activity.delivery.admin.destinations import DestinationAdmin

__all__ = ["DestinationAdmin"]
