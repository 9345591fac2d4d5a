"""Who may sign in to this site."""

from django.contrib.auth.models import AnonymousUser

from activity.access import first_readable_organizations
from organizations.models import User


def may_enter(user: User | AnonymousUser) -> bool:
    """Whether `user` is support staff, a superuser, or an administrator of an organization.

    The plan of the organization does not matter.
    """
    if not isinstance(user, User) or not user.is_active:
        return False
    return user.is_staff_or_superuser or bool(first_readable_organizations(user, count=1))
