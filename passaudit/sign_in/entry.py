"""Who may enter the site."""

from django.contrib.auth.models import AnonymousUser

from activity.access import first_readable_organizations
from organizations.models import User


def may_enter(user: User | AnonymousUser) -> bool:
    """Support staff, superusers, and whoever administers an organization, on any plan."""
    if not isinstance(user, User) or not user.is_active:
        return False
    return user.is_staff_or_superuser or bool(first_readable_organizations(user, count=1))
