"""Users, organizations with their plans, members, and upgrade requests."""

from organizations.models.members import (
    ADMINISTRATOR_ROLES,
    Member,
    MemberStatus,
    Role,
    member_count,
)
from organizations.models.organizations import Organization, PlanChange, validate_time_zone
from organizations.models.upgrade_requests import RequestStatus, UpgradeRequest
from organizations.models.users import User, UserManager

__all__ = [
    "ADMINISTRATOR_ROLES",
    "Member",
    "MemberStatus",
    "Organization",
    "PlanChange",
    "RequestStatus",
    "Role",
    "UpgradeRequest",
    "User",
    "UserManager",
    "member_count",
    "validate_time_zone",
]
